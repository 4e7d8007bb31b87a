package layers

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

const kindBeacon = KindUser + 7

// beacon is a test protocol: version, length of the text, text, and then the
// layer that next selects.
func beacon(next Key) Protocol {
	return Protocol{Kind: kindBeacon, Name: "beacon", Parse: func(b []byte) (Step, error) {
		switch {
		case len(b) < 2 || len(b) < 2+int(b[1]):
			return Step{}, wire.Short
		case b[0] != 1:
			return Step{}, errors.New("unknown version")
		}
		return Step{HeaderLen: 2 + int(b[1]), Next: next}, nil
	}}
}

// decodeWith decodes a packet with the given Decoder.
func decodeWith(t testing.TB, d *Decoder, link pcap.LinkType, s string) *Packet {
	t.Helper()
	var p Packet
	d.DecodeBytes(&p, link, viewtest.Unhex(t, s))
	checkPacket(t, &p)
	return &p
}

// A protocol is decoded wherever its key occurs, and selects the next layer.
func TestRegister(t *testing.T) {
	const hello = "0103616263" // version 1, abc
	const eth = "020000000002 020000000001 "
	udp := "450000001234400040110000c0000201c6336407" + "12340009 0000 0000"
	tcp := "4500003412344000 4006 0000c0000201c6336407" + "c0000050 00000001 00000002 5018 0400 0000 0000"
	for _, c := range []struct {
		name   string
		link   pcap.LinkType
		key    Key
		packet string
		before []Kind
	}{
		{"link type", 147, ByLinkType(147), hello, nil},
		{"EtherType", 1, ByEtherType(0x88b5), eth + "88b5" + hello, []Kind{KindEthernet}},
		{"EtherType of a VLAN tag", 1, ByEtherType(0x88b5), eth + "8100 0001 88b5" + hello, []Kind{KindEthernet, KindVLAN}},
		{"protocol of GRE", 101, ByEtherType(0x88b5), "45000000 12344000 40 2f 0000c0000201c6336407 0000 88b5" + hello, []Kind{KindIPv4, KindGRE}},
		{"SNAP", 100, ByEtherType(0x88b5), "aaaa03 000000 88b5" + hello, []Kind{KindLLC}},
		{"IPv4 protocol", 101, ByIPProto(253), "45000000 12344000 40 fd 0000c0000201c6336407" + hello, []Kind{KindIPv4}},
		{"IPv6 next header", 101, ByIPProto(253), "60000000 0005 fd 40" + strings.Repeat("00", 32) + hello, []Kind{KindIPv6}},
		{"after an extension header", 101, ByIPProto(253), "60000000 000d 3c 40" + strings.Repeat("00", 32) + "fd00010400000000" + hello,
			[]Kind{KindIPv6, KindIPv6Destination}},
		{"UDP destination port", 101, ByUDPPort(9), udp + hello, []Kind{KindIPv4, KindUDP}},
		{"UDP source port", 101, ByUDPPort(0x1234), udp + hello, []Kind{KindIPv4, KindUDP}},
		{"TCP port", 101, ByTCPPort(80), tcp + hello, []Kind{KindIPv4, KindTCP}},
		{"in place of a layer", 1, ByKind(KindARP), eth + "0806" + hello, []Kind{KindEthernet}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			if err := d.Register(beacon(Key{}), c.key); err != nil {
				t.Fatal(err)
			}
			p := decodeWith(t, &d, c.link, c.packet)
			wantKinds(t, p, append(c.before, kindBeacon)...)
			if l, _ := p.Layer(kindBeacon); string(l.Header()) != "\x01\x03abc" {
				t.Errorf("header %x", l.Header())
			}
			wantKinds(t, decodeHex(t, c.link, c.packet), kinds(decodeWith(t, new(Decoder), c.link, c.packet))...)
		})
	}
}

// A Step may select a layer by any key, and that layer may be bound in turn.
func TestRegisterNext(t *testing.T) {
	for _, c := range []struct {
		next Key
		want []Kind
	}{
		{ByKind(KindIPv4), []Kind{kindBeacon, KindIPv4, KindUDP}},
		{ByEtherType(EtherTypeIPv6), []Kind{kindBeacon, KindIPv4, KindUDP}}, // the version decides
		{ByIPProto(IPProtoIPv4), []Kind{kindBeacon, KindIPv4, KindUDP}},
		{ByLinkType(pcap.LinkTypeRaw), []Kind{kindBeacon, KindIPv4, KindUDP}},
		{Key{}, []Kind{kindBeacon}},
		{ByKind(kindBeacon + 1), []Kind{kindBeacon}}, // not registered
		{ByTCPPort(80), []Kind{kindBeacon}},
	} {
		var d Decoder
		if err := d.Register(beacon(c.next), ByLinkType(147)); err != nil {
			t.Fatal(err)
		}
		wantKinds(t, decodeWith(t, &d, 147, "0103616263"+ipv4Sample), c.want...)
	}
}

// Bind replaces layers of this package.
func TestBind(t *testing.T) {
	var d Decoder
	if err := d.Bind(KindDNS, ByUDPPort(9)); err != nil {
		t.Fatal(err)
	}
	dns := "450000001234400040110000c0000201c6336407 12340009 0000 0000" + "1234 0100 0000 0000 0000 0000"
	wantKinds(t, decodeWith(t, &d, pcap.LinkTypeRaw, dns), KindIPv4, KindUDP, KindDNS)
	if err := d.Bind(KindPayload, ByUDPPort(9)); err != nil {
		t.Fatal(err)
	}
	wantKinds(t, decodeWith(t, &d, pcap.LinkTypeRaw, dns), KindIPv4, KindUDP)
	if err := d.Bind(KindIPv4, ByLinkType(147)); err != nil {
		t.Fatal(err)
	}
	wantKinds(t, decodeWith(t, &d, 147, ipv4Sample), KindIPv4, KindUDP)
	// A later fragment has no header for the protocol number to announce.
	if err := d.Bind(KindUDP, ByIPProto(253)); err != nil {
		t.Fatal(err)
	}
	wantKinds(t, decodeWith(t, &d, pcap.LinkTypeRaw, "45000000 12340001 40 fd 0000c0000201c6336407"+udpSample), KindIPv4)
}

func TestRegisterErrors(t *testing.T) {
	var d Decoder
	taken := beacon(Key{})
	if err := d.Register(taken); err != nil {
		t.Fatal(err)
	}
	known := taken
	known.Kind = KindTCP
	deaf := Protocol{Kind: KindUser + 1}
	for name, p := range map[string]Protocol{"taken": taken, "below KindUser": known, "no Parse": deaf} {
		if err := d.Register(p); err != ErrKind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.Bind(KindUser+1, ByUDPPort(1)); err != ErrKind {
		t.Error(err)
	}
	if err := d.Bind(kindCount, ByUDPPort(1)); err != ErrKind {
		t.Error(err)
	}
}

// The lengths that Parse returns are checked against the available bytes.
func TestRegisterStep(t *testing.T) {
	for _, c := range []struct {
		name string
		step Step
		err  error
		want error
	}{
		{"header beyond the bytes", Step{HeaderLen: 4}, nil, wire.Malformed},
		{"header below zero", Step{HeaderLen: -1}, nil, wire.Malformed},
		{"header beyond the length", Step{HeaderLen: 3, Len: 2}, nil, wire.Malformed},
		{"length below zero", Step{Len: -1}, nil, wire.Malformed},
		{"length beyond the bytes", Step{HeaderLen: 1, Len: 9}, nil, nil},
		{"a Reason", Step{}, wire.Short, wire.Short},
		{"no Reason", Step{}, errors.New("odd"), wire.Malformed},
		{"nothing, for ever", Step{Next: ByKind(kindBeacon)}, nil, wire.TooDeep},
	} {
		var d Decoder
		p := Protocol{Kind: kindBeacon, Parse: func(b []byte) (Step, error) { return c.step, c.err }}
		if err := d.Register(p, ByLinkType(147)); err != nil {
			t.Fatal(err)
		}
		if got := decodeWith(t, &d, 147, "010203").Err(); !errors.Is(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The text contains the name that a protocol was registered with.
func TestRegisterText(t *testing.T) {
	var d Decoder
	if err := d.Register(beacon(ByKind(KindIPv4)), ByLinkType(147)); err != nil {
		t.Fatal(err)
	}
	p := decodeWith(t, &d, 147, "0100"+ipv4Sample)
	if got, want := p.String(), "beacon, IPv4 192.0.2.1 > 198.51.100.7, UDP 4660 > 9 len 2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	p = decodeWith(t, &d, 147, "0200")
	if got, want := p.String(), "!beacon: malformed (have 2)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
