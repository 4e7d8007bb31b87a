package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Time stamp, flags and rate (https://www.radiotap.org/fields/defined); the frame ends with its check sequence.
const radiotapSample = "0000 1a00 07000080 00000000 00000000 0807060504030201 10 04" +
	wlanSample + "11223344"

func TestRadiotap(t *testing.T) {
	h, err := ParseRadiotap(viewtest.Unhex(t, radiotapSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 26
		Present 2147483655
		Flags 16 true
		Text present 0x80000007`)
}

// The flags may announce no check sequence, or a padded 802.11 header, or be
// absent.
func TestRadiotapFlags(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
	}{
		{"check sequence", radiotapSample, []Kind{KindRadiotap, KindWLAN, KindLLC, KindIPv4, KindUDP}},
		{"no flags", "0000 0800 00000000" + wlanSample, []Kind{KindRadiotap, KindWLAN, KindLLC, KindIPv4, KindUDP}},
		{"padding", "0000 0900 02000000 20" + wlanPaddedSample, []Kind{KindRadiotap, KindWLANPadded, KindLLC, KindIPv4, KindUDP}},
		{"flags beyond the header", "0000 0800 02000000" + wlanSample, []Kind{KindRadiotap, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeIEEE802_11Radiotap, c.b)
		wantKinds(t, p, c.want...)
		if string(p.Payload()) != "hi" {
			t.Errorf("payload %x", p.Payload())
		}
	}
	if _, err := ParseRadiotap(viewtest.Unhex(t, "0000 0700 00000000")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}

// A snapshot length removes the check sequence first.
func TestRadiotapCut(t *testing.T) {
	b := viewtest.Unhex(t, "0000 0900 02000000 10"+wlanSample)
	rec := pcap.Record{LinkType: pcap.LinkTypeIEEE802_11Radiotap, Data: b, WireLen: len(b) + 4}
	var d Decoder
	var p Packet
	d.Decode(&p, &rec)
	if string(p.Payload()) != "hi" {
		t.Errorf("payload %x", p.Payload())
	}
}
