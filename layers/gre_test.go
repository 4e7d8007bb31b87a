package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A header with checksum, key and sequence number (RFC 2784 section 2.1, RFC 2890 section 2) before IPv4.
const greSample = "b000 0800 1234 0000 00000064 00000007" + ipv4Sample

func TestGRE(t *testing.T) {
	h, err := ParseGRE(viewtest.Unhex(t, greSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 16
		Version 0
		EtherType IPv4
		Checksum 4660 true
		Key 100 true
		Seq 7 true
		Ack 0 false
		Payload `+ipv4Sample+`
		Text IPv4 key 0x00000064`)
}

// Version 1 (RFC 2637 section 4.1) has the payload length in the key, and an
// acknowledgment number.
func TestGREVersion1(t *testing.T) {
	h, err := ParseGRE(viewtest.Unhex(t, "3081 880b 0004 0002 00000007 00000006 ff03c021 ffff"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 16
		Version 1
		Key 262146 true
		Seq 7 true
		Ack 6 true
		Payload ff03c021`)
}

func TestGREPayload(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    []Kind
	}{
		{"nothing set", "0000 0800" + ipv4Sample, []Kind{KindIPv4, KindUDP}},
		{"source route", "4000 0800 0000 0000 0800 04 04 c0000201 0000 00 00" + ipv4Sample, []Kind{KindIPv4, KindUDP}},
		{"PPTP", "3001 880b 0022 0002 00000007 ff030021" + ipv4Sample, []Kind{KindPPP, KindIPv4, KindUDP}},
		{"PPTP acknowledgment", "2081 880b 0000 0002 00000007", nil},
		{"Ethernet", "2000 6558 00000001" + ethernetSample, []Kind{KindEthernet, KindARP}},
		{"MikroTik", "2001 6400 003c 0700" + ethernetSample, []Kind{KindEthernet, KindARP}},
		{"MikroTik keepalive", "2001 6400 0000 0700", nil},
		{"ERSPAN I", "0000 88be" + ethernetSample, []Kind{KindEthernet, KindARP}},
		{"ERSPAN II", "1000 88be 00000001 1001 0002 00000000" + ethernetSample, []Kind{KindERSPAN, KindEthernet, KindARP}},
		{"ERSPAN III", "1000 22eb 00000001" + erspanSample, []Kind{KindERSPAN, KindEthernet, KindIPv4, KindUDP}},
		{"frame relay", "0000 6559" + frameRelaySample, []Kind{KindFrameRelay, KindIPv4, KindUDP}},
		{"WCCP", "0000 883e 00010002" + ipv4Sample, []Kind{KindWCCP, KindIPv4, KindUDP}},
		{"WCCP 1", "0000 883e" + ipv4Sample, []Kind{KindIPv4, KindUDP}},
		{"access point", "0000 8200" + wlanSample, []Kind{KindWLAN, KindLLC, KindIPv4, KindUDP}},
	} {
		t.Log(c.name)
		p := decodeHex(t, pcap.LinkTypeRaw, "4500 0000 0000 4000 40 2f 0000 c0000201 c6336407"+c.b)
		wantKinds(t, p, append([]Kind{KindIPv4, KindGRE}, c.want...)...)
	}
}

// Version 2 does not exist, and a source route without an end is too short.
func TestParseGRE(t *testing.T) {
	if _, err := ParseGRE(viewtest.Unhex(t, "0002 0800 00000000")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
	if _, err := ParseGRE(viewtest.Unhex(t, "4000 0800 0000 0000 0800 00 04 c0000201")); !errors.Is(err, wire.Short) {
		t.Error(err)
	}
}
