package layers

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// decodeHex decodes bytes written in hexadecimal.
func decodeHex(t testing.TB, link pcap.LinkType, s string) *Packet {
	t.Helper()
	var d Decoder
	var p Packet
	d.DecodeBytes(&p, link, unhex(t, s))
	return &p
}

func kinds(p *Packet) []Kind {
	var all []Kind
	for l := range p.Layers() {
		all = append(all, l.Kind)
	}
	return all
}

// wantKinds fails the test unless p has just these layers.
func wantKinds(t testing.TB, p *Packet, want ...Kind) {
	t.Helper()
	if got := kinds(p); !slices.Equal(got, want) {
		t.Errorf("layers %v, want %v\n%v", got, want, p)
	}
}

// linkSamples has a packet of every link type that a Decoder knows.
var linkSamples = []struct {
	link   pcap.LinkType
	packet string
	want   []Kind
}{
	{pcap.LinkTypeEthernet, "ffffffffffff 020000000001 0800" + ipv4Sample, []Kind{KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "ffffffffffff 020000000001 86dd" + ipv6Sample, []Kind{KindEthernet, KindIPv6, KindUDP}},
	{pcap.LinkTypeEthernet, ethernetSample, []Kind{KindEthernet, KindARP}},
	{pcap.LinkTypeEthernet, "ffffffffffff 020000000001 8100" + vlanSample, []Kind{KindEthernet, KindVLAN, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "ffffffffffff 020000000001 88a8 0064 8100" + vlanSample,
		[]Kind{KindEthernet, KindVLAN, KindVLAN, KindIPv4, KindUDP}},
	{pcap.LinkTypeNull, nullSample, []Kind{KindNull, KindIPv4, KindUDP}},
	{pcap.LinkTypeLoop, "00000002" + ipv4Sample, []Kind{KindLoop, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, ipv4Sample, []Kind{KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, ipv6Sample, []Kind{KindIPv6, KindUDP}},
	{pcap.LinkTypeRawBSD, ipv4Sample, []Kind{KindIPv4, KindUDP}},
	{pcap.LinkTypeRawOpen, ipv6Sample, []Kind{KindIPv6, KindUDP}},
	{pcap.LinkTypeIPv4, ipv4Sample, []Kind{KindIPv4, KindUDP}},
	{pcap.LinkTypeIPv6, ipv6Sample, []Kind{KindIPv6, KindUDP}},
	{pcap.LinkTypeLinuxSLL, linuxSLLSample, []Kind{KindLinuxSLL, KindIPv4, KindUDP}},
	{pcap.LinkTypeLinuxSLL2, linuxSLL2Sample, []Kind{KindLinuxSLL2, KindIPv4, KindUDP}},
	{pcap.LinkType(147), ipv4Sample, nil},
}

func TestDecodeLinkTypes(t *testing.T) {
	for _, c := range linkSamples {
		p := decodeHex(t, c.link, c.packet)
		wantKinds(t, p, c.want...)
		if p.Err() != nil {
			t.Errorf("%v: %v", c.link, p.Err())
		}
	}
}

// A packet of an unknown link type has no layers, and all of it is payload.
func TestDecodeUnknownLinkType(t *testing.T) {
	p := decodeHex(t, pcap.LinkType(60000), "0102")
	if p.Err() != nil || len(kinds(p)) != 0 || string(p.Payload()) != "\x01\x02" {
		t.Errorf("%v, payload %x", p, p.Payload())
	}
	if _, ok := p.Flow(); ok {
		t.Error("a flow")
	}
}

// A header that ends early was cut by the capture, by a length that encloses
// it, or contradicts itself: three different facts.
func TestDecodeReasons(t *testing.T) {
	const eth = "020000000002 020000000001 0800"
	for _, c := range []struct {
		name, packet string
		wireLen      int // 0: the packet
		want         Reason
		kind         Kind
		offset, have int
		truncated    bool
	}{
		{"whole", eth + ipv4Sample, 0, 0, 0, 0, 0, false},
		{"link header cut by the capture", eth[:17], 60, Truncated, KindEthernet, 0, 8, false},
		{"link header cut on the wire", eth[:17], 0, Short, KindEthernet, 0, 8, false},
		{"IP header cut by the capture", eth + ipv4Sample[:20], 60, Truncated, KindIPv4, 14, 10, false},
		{"UDP header cut by the capture", eth + ipv4Sample[:46], 60, Truncated, KindUDP, 34, 3, true},
		{"UDP header beyond the total length", eth + "4500001a1234400040113c5fc0000201c6336407" + udpSample, 0, Short, KindUDP, 34, 6, false},
		{"the same in a cut capture", eth + "4500001a1234400040113c5fc0000201c6336407" + udpSample, 1500, Short, KindUDP, 34, 6, false},
		{"total length beyond the packet, no snapshot length", eth + "4500001e1234400040113c5fc0000201c6336407 123400", 0, Truncated, KindUDP, 34, 3, true},
		{"payload cut by the capture", eth + ipv4Sample[:58], 45, 0, 0, 0, 0, true},
		{"IP header length of 16", eth + "44" + ipv4Sample[2:], 0, Malformed, KindIPv4, 14, 30, false},
		{"UDP length of 4", eth + "4500001e1234400040113c5fc0000201c6336407" + "1234000900040000" + "6869", 0, Malformed, KindUDP, 34, 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.packet)
			rec := pcap.Record{LinkType: pcap.LinkTypeEthernet, Data: b, WireLen: max(c.wireLen, len(b))}
			var d Decoder
			var p Packet
			d.Decode(&p, &rec)
			if p.Truncated() != c.truncated {
				t.Errorf("Truncated %v", p.Truncated())
			}
			if c.want == 0 {
				if p.Err() != nil {
					t.Error(p.Err())
				}
				return
			}
			var e *Error
			if !errors.As(p.Err(), &e) || !errors.Is(p.Err(), c.want) {
				t.Fatalf("%v, want %v", p.Err(), c.want)
			}
			if *e != (Error{c.kind, c.want, c.offset, c.have}) {
				t.Error(e)
			}
		})
	}
}

// What lies behind the length that a header states is trailer, not payload,
// and a frame check sequence belongs to no layer.
func TestDecodeTrailer(t *testing.T) {
	b := unhex(t, "020000000002 020000000001 0800"+ipv4Sample+"0000 aabbccdd")
	rec := pcap.Record{LinkType: pcap.LinkTypeEthernet, Data: b, WireLen: len(b), FCSLen: 4}
	var d Decoder
	var p Packet
	d.Decode(&p, &rec)
	if got := string(p.Payload()); got != "hi" {
		t.Errorf("payload %q", got)
	}
	eth, _ := p.Ethernet()
	if n := len(eth.Bytes()); n != len(b)-4 {
		t.Errorf("frame of %d bytes", n)
	}
}

// A capture may have cut a frame inside its check sequence, or before it.
func TestDecodeFCSCut(t *testing.T) {
	b := unhex(t, "020000000002 020000000001 0800"+ipv4Sample)
	for missing := range 6 {
		rec := pcap.Record{LinkType: pcap.LinkTypeEthernet, Data: b, WireLen: len(b) + missing, FCSLen: 4}
		var d Decoder
		var p Packet
		d.Decode(&p, &rec)
		eth, _ := p.Ethernet()
		if got, want := len(eth.Bytes()), len(b)-max(4-missing, 0); got != want {
			t.Errorf("%d bytes missing: frame of %d, want %d", missing, got, want)
		}
	}
}

// IP in IP nests until MaxLayers.
func TestDecodeTooDeep(t *testing.T) {
	hdr := "45000000 0000 4000 40 04 0000 c0000201 c6336407"
	p := decodeHex(t, pcap.LinkTypeRaw, strings.Repeat(hdr, MaxLayers))
	if len(kinds(p)) != MaxLayers || !errors.Is(p.Err(), Short) {
		t.Errorf("%d layers, %v", len(kinds(p)), p.Err())
	}
	p = decodeHex(t, pcap.LinkTypeRaw, strings.Repeat(hdr, MaxLayers+5))
	var e *Error
	if !errors.As(p.Err(), &e) || e.Reason != TooDeep || e.Offset != MaxLayers*20 {
		t.Errorf("%d layers, %v", len(kinds(p)), p.Err())
	}
}

// A Packet that is used again keeps nothing of the packet before.
func TestDecodeReuse(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range linkSamples {
		b := unhex(t, c.packet)
		d.DecodeBytes(&p, c.link, b)
		d.DecodeBytes(&p, c.link, b[:len(b)/2])
		half := p.String()
		var fresh Packet
		d.DecodeBytes(&fresh, c.link, b[:len(b)/2])
		if fresh.String() != half {
			t.Errorf("%s, fresh %s", half, fresh.String())
		}
	}
}
