package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A QoS data frame (IEEE 802.11-2020 clause 9.3.2.1) from a station to the network.
const wlanSample = "8801 0000 02000000000a 020000000001 020000000002 1000 0000" + llcSample

// The same with the bytes of frame control swapped, as in CAPWAP of Cisco.
const wlanSwappedSample = "0188 0000 02000000000a 020000000001 020000000002 1000 0000" + llcSample

func TestWLANSwapped(t *testing.T) {
	h, err := parseWLANSwapped(viewtest.Unhex(t, wlanSwappedSample))
	if err != nil {
		t.Fatal(err)
	}
	other, _ := ParseWLAN(viewtest.Unhex(t, wlanSample))
	if h.String() != other.String() || h.HeaderLen() != 26 || h.Flags() != wlanToDS || !h.IsData() || h.Protected() {
		t.Errorf("%v, header %d, flags %x", h, h.HeaderLen(), h.Flags())
	}
	if addr, ok := h.BSSID(); !ok || addr != h.Receiver() {
		t.Errorf("BSSID %v", addr)
	}
}

func TestWLAN(t *testing.T) {
	h, err := ParseWLAN(viewtest.Unhex(t, wlanSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 26
		Type 2
		Subtype 8
		Flags 1
		IsData true
		Protected false
		IsAMSDU false
		Receiver 02:00:00:00:00:0a
		Transmitter 02:00:00:00:00:01 true
		BSSID 02:00:00:00:00:0a true
		Subframes
		Payload aaaa030000000800`+ipv4Sample+`
		Text type 2 subtype 8 02:00:00:00:00:01 > 02:00:00:00:00:0a`)
}

func TestWLANForms(t *testing.T) {
	const addrs = "02000000000a 020000000001 020000000002 "
	for _, c := range []struct {
		name, b string
		hdr     int
		next    []Kind
	}{
		{"data", "0800 0000" + addrs + "1000" + llcSample, 24, []Kind{KindLLC, KindIPv4, KindUDP}},
		{"between access points", "0803 0000" + addrs + "1000 020000000003" + llcSample, 30, []Kind{KindLLC, KindIPv4, KindUDP}},
		{"high throughput control", "8881 0000" + addrs + "1000 0000 00000000" + llcSample, 30, []Kind{KindLLC, KindIPv4, KindUDP}},
		{"encrypted", "0841 0000" + addrs + "1000 0011223344", 24, nil},
		{"a fragment", "0805 0000" + addrs + "1000" + llcSample, 24, nil},
		{"a later fragment", "0801 0000" + addrs + "1100" + llcSample, 24, nil},
		{"null function", "4801 0000" + addrs + "1000", 24, nil},
		{"beacon", "8000 0000" + addrs + "1000 00", 24, nil},
		{"extension", "2c00 0000 02000000000a", 10, nil},
		{"acknowledgment", "d400 0000 02000000000a", 10, nil},
	} {
		h, err := ParseWLAN(viewtest.Unhex(t, c.b))
		if err != nil || h.HeaderLen() != c.hdr {
			t.Errorf("%s: header of %d bytes, %v", c.name, h.HeaderLen(), err)
		}
		viewtest.Touch(t, h)
		wantKinds(t, decodeHex(t, pcap.LinkTypeIEEE802_11, c.b), append([]Kind{KindWLAN}, c.next...)...)
	}
}

// The header of a captured frame may be padded to four bytes.
const wlanPaddedSample = "8801 0000 02000000000a 020000000001 020000000002 1000 0000 0000" + llcSample

func TestWLANPadded(t *testing.T) {
	h, err := ParseWLANPadded(viewtest.Unhex(t, wlanPaddedSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 28
		Payload aaaa030000000800`+ipv4Sample+``)
}

// A Packet decodes the first subframe.
const wlanAMSDUSample = "8801 0000 02000000000a 020000000001 020000000002 1000 8000" + amsduSample + amsduSample

// All subframes but the last are padded to four bytes (clause 9.3.2.2).
func TestWLANSubframes(t *testing.T) {
	const hdr, subframe = "8801 0000 02000000000a 020000000001 020000000002 1000 8000", "020000000002 020000000001 0003 424203"
	for _, c := range []struct {
		b    string
		want int
	}{
		{hdr + subframe + "000000" + subframe, 2},
		{hdr + subframe + "000000" + subframe + "0000", 2},
		{hdr + subframe + "000000" + subframe[:30], 1},
		{hdr, 0},
	} {
		h, err := ParseWLAN(viewtest.Unhex(t, c.b))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for b := range h.Subframes() {
			if string(b) != string(viewtest.Unhex(t, subframe)) {
				t.Errorf("%x", b)
			}
			n++
		}
		if n != c.want {
			t.Errorf("%s: %d subframes, want %d", c.b, n, c.want)
		}
	}
	wantKinds(t, decodeHex(t, pcap.LinkTypeIEEE802_11, wlanAMSDUSample), KindWLAN, KindAMSDU, KindLLC, KindIPv4, KindUDP)
}
