package layers

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// decodeHex decodes bytes written in hexadecimal.
func decodeHex(t testing.TB, link pcap.LinkType, s string) *Packet {
	t.Helper()
	var d Decoder
	var p Packet
	d.DecodeBytes(&p, link, viewtest.Unhex(t, s))
	return &p
}

func kinds(p *Packet) []Kind {
	var all []Kind
	for l := range p.Layers() {
		all = append(all, l.Kind)
	}
	return all
}

// wantKinds fails the test unless p has exactly these layers.
func wantKinds(t testing.TB, p *Packet, want ...Kind) {
	t.Helper()
	if got := kinds(p); !slices.Equal(got, want) {
		t.Errorf("layers %v, want %v\n%v", got, want, p)
	}
}

// linkSamples has a packet of every link type known to a Decoder, and of every
// layer.
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
	{pcap.LinkTypeARCNETBSD, arcnetSample, []Kind{KindARCNET, KindIPv4, KindUDP}},
	{pcap.LinkTypeSLIP, slipSample, []Kind{KindSLIP, KindIPv4, KindUDP}},
	{pcap.LinkTypePPP, pppSample, []Kind{KindPPP, KindIPv4, KindUDP}},
	{pcap.LinkTypeFDDI, fddiSample, []Kind{KindFDDI, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypePPPHDLC, chdlcSample, []Kind{KindCHDLC, KindIPv4, KindUDP}},
	{pcap.LinkTypePPPEther, pppoeSample, []Kind{KindPPPoE, KindPPP, KindIPv4, KindUDP}},
	{pcap.LinkTypeATMRFC1483, llcSample, []Kind{KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeCHDLC, chdlcSample, []Kind{KindCHDLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeIEEE802_11, wlanSample, []Kind{KindWLAN, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeATMCLIP, ipv4Sample, []Kind{KindIPv4, KindUDP}},
	{pcap.LinkTypeFRelay, frameRelaySample, []Kind{KindFrameRelay, KindIPv4, KindUDP}},
	{pcap.LinkTypeENC, encSample, []Kind{KindENC, KindIPv4, KindUDP}},
	{pcap.LinkTypeIEEE802_11Prism, prismSample, []Kind{KindPrism, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeIEEE802_11AVS, prismSample, []Kind{KindPrism, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeIEEE802_11Radiotap, radiotapSample, []Kind{KindRadiotap, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeARCNETLinux, arcnetLinuxSample, []Kind{KindARCNETLinux, KindIPv4, KindUDP}},
	{pcap.LinkTypeAppleIPOverIEEE1394, ieee1394Sample, []Kind{KindIEEE1394, KindIPv4, KindUDP}},
	{pcap.LinkTypeJuniperEther, juniperSample, []Kind{KindJuniperEthernet, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeMFR, mfrSample, []Kind{KindMFR, KindFrameRelay, KindIPv4, KindUDP}},
	{pcap.LinkTypePPI, ppiSample, []Kind{KindPPI, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeMPLS, mplsSample, []Kind{KindMPLS, KindIPv4, KindUDP}},
	{pcap.LinkTypeIPNet, ipnetSample, []Kind{KindIPNET, KindIPv4, KindUDP}},
	{pcap.LinkTypeNFLOG, nflogSample, []Kind{KindNFLOG, KindIPv4, KindUDP}},
	{pcap.LinkTypeIPoIB, ipoibSample, []Kind{KindIPoIB, KindIPv4, KindUDP}},
	{pcap.LinkTypePKTAP, pktapSample, []Kind{KindPKTAP, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeUser2, pktapSample, []Kind{KindPKTAP, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeDSATagDSA, dsaSample, []Kind{KindDSA, KindIPv4, KindUDP}},
	{pcap.LinkTypeDSATagEDSA, edsaSample, []Kind{KindEDSA, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 88e7" + iTagSample, []Kind{KindEthernet, KindITag, KindEthernet, KindARP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 8926" + vnTagSample, []Kind{KindEthernet, KindVNTag, KindVLAN, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 893f" + eTagSample, []Kind{KindEthernet, KindETag, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 8909" + cmdSample, []Kind{KindEthernet, KindCMD, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 88e5" + macsecSample, []Kind{KindEthernet, KindMACsec, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 2f 0000 c0000201 c6336407 0000 8909" + cmdGRESample, []Kind{KindIPv4, KindGRE, KindCMDGRE, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 d28b" + aristaSample, []Kind{KindEthernet, KindArista, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 8903" + fabricPathSample, []Kind{KindEthernet, KindFabricPath, KindEthernet, KindARP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 8847" + mplsSample, []Kind{KindEthernet, KindMPLS, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 8864" + pppoeSample, []Kind{KindEthernet, KindPPPoE, KindPPP, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 894f" + nshSample, []Kind{KindEthernet, KindNSH, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 0026" + llcSample, []Kind{KindEthernet, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 9100 0064 0800" + ipv4Sample, []Kind{KindEthernet, KindVLAN, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 2f 0000 c0000201 c6336407" + greSample, []Kind{KindIPv4, KindGRE, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 32 0000 c0000201 c6336407" + espSample, []Kind{KindIPv4, KindESP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 33 0000 c0000201 c6336407" + ahSample, []Kind{KindIPv4, KindAH, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 61 0000 c0000201 c6336407" + etherIPSample, []Kind{KindIPv4, KindEtherIP, KindEthernet, KindARP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 67 0000 c0000201 c6336407" + pimSample, []Kind{KindIPv4, KindPIM, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 02 0000 c0000201 c6336407" + igmpSample, []Kind{KindIPv4, KindIGMP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 84 0000 c0000201 c6336407" + sctpSample, []Kind{KindIPv4, KindSCTP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 88 0000 c0000201 c6336407" + udpLiteSample, []Kind{KindIPv4, KindUDPLite}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 89 0000 c0000201 c6336407" + mplsSample, []Kind{KindIPv4, KindMPLS, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 8f 0000 c0000201 c6336407" + ethernetSample, []Kind{KindIPv4, KindEthernet, KindARP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 91 0000 c0000201 c6336407" + nshSample, []Kind{KindIPv4, KindNSH, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 04 0000 c0000201 c6336407" + ipv4Sample, []Kind{KindIPv4, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 29 0000 c0000201 c6336407" + ipv6Sample, []Kind{KindIPv4, KindIPv6, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 5e 0000 c0000201 c6336407" + ipv4Sample, []Kind{KindIPv4, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00006a5 0000 0000" + l2tpSample, []Kind{KindIPv4, KindUDP, KindL2TP, KindPPP, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c0000868 0000 0000" + gtpSample, []Kind{KindIPv4, KindUDP, KindGTP, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c0000dd8 0000 0000" + teredoSample, []Kind{KindIPv4, KindUDP, KindTeredo, KindIPv6, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c0001292 0000 0000" + greSample, []Kind{KindIPv4, KindUDP, KindGRE, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00012b5 0000 0000" + vxlanSample, []Kind{KindIPv4, KindUDP, KindVXLAN, KindEthernet, KindARP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00012b6 0000 0000" + vxlanSample, []Kind{KindIPv4, KindUDP, KindVXLANGPE, KindEthernet, KindARP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00013d0 0000 0000" + ayiyaSample, []Kind{KindIPv4, KindUDP, KindAYIYA, KindIPv6, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c000147f 0000 0000" + capwapSample, []Kind{KindIPv4, KindUDP, KindCAPWAP, KindWLAN, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00017c1 0000 0000" + geneveSample, []Kind{KindIPv4, KindUDP, KindGENEVE, KindEthernet, KindARP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00018c7 0000 0000" + sflowSample, []Kind{KindIPv4, KindUDP, KindSFlow}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00019eb 0000 0000" + mplsSample, []Kind{KindIPv4, KindUDP, KindMPLS, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 73 0000 c0000201 c6336407" + l2tpIPSample, []Kind{KindIPv4, KindL2TPIP, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c000147f 0000 0000 00 10 4300 0000 0000" + wlanSwappedSample,
		[]Kind{KindIPv4, KindUDP, KindCAPWAP, KindWLANSwapped, KindLLC, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c00010f5 0000 0000" + lispSample, []Kind{KindIPv4, KindUDP, KindLISP, KindIPv4, KindUDP}},
	{pcap.LinkTypeRaw, "45000000 00004000 40 11 0000 c0000201 c6336407 c0009090 0000 0000" + tzspSample, []Kind{KindIPv4, KindUDP, KindTZSP, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 892f" + hsrSample, []Kind{KindEthernet, KindHSR, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 f1c1" + rTagSample, []Kind{KindEthernet, KindRTag, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 8988" + tTagSample, []Kind{KindEthernet, KindTTag, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "020000000002 020000000001 22f3" + trillSample, []Kind{KindEthernet, KindTRILL, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypeEthernet, "01000c000000 00000c112233 003c" + islSample + "00000000", []Kind{KindEthernet, KindISL, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkTypePFLog, pflogSample, []Kind{KindPFLOG, KindIPv4, KindUDP}},
	{pcap.LinkTypeERF, erfSample, []Kind{KindERF, KindEthernet, KindIPv4, KindUDP}},
	{pcap.LinkType(147), ipv4Sample, nil},
}

func TestDecodeLinkTypes(t *testing.T) {
	var d Decoder
	for _, c := range linkSamples {
		if d.Knows(c.link) != (c.want != nil) {
			t.Errorf("Knows(%v) is %v", c.link, d.Knows(c.link))
		}
		p := decodeHex(t, c.link, c.packet)
		wantKinds(t, p, c.want...)
		if p.Err() != nil {
			t.Errorf("%v: %v", c.link, p.Err())
		}
	}
}

// A packet of an unknown link type has no layers; all of it is payload.
func TestDecodeUnknownLinkType(t *testing.T) {
	p := decodeHex(t, pcap.LinkType(60000), "0102")
	if p.Err() != nil || len(kinds(p)) != 0 || string(p.Payload()) != "\x01\x02" {
		t.Errorf("%v, payload %x", p, p.Payload())
	}
	if _, ok := p.Flow(); ok {
		t.Error("a flow")
	}
}

// A header that ends early was truncated by the capture, or by an enclosing
// length, or is inconsistent. Errors distinguish the three.
func TestDecodeReasons(t *testing.T) {
	const eth = "020000000002 020000000001 0800"
	for _, c := range []struct {
		name, packet string
		wireLen      int // 0: length of the packet
		want         wire.Reason
		kind         Kind
		offset, have int
		truncated    bool
	}{
		{"whole", eth + ipv4Sample, 0, 0, 0, 0, 0, false},
		{"link header truncated by the capture", eth[:17], 60, wire.Truncated, KindEthernet, 0, 8, false},
		{"link header cut on the wire", eth[:17], 0, wire.Short, KindEthernet, 0, 8, false},
		{"IP header truncated by the capture", eth + ipv4Sample[:20], 60, wire.Truncated, KindIPv4, 14, 10, false},
		{"UDP header truncated by the capture", eth + ipv4Sample[:46], 60, wire.Truncated, KindUDP, 34, 3, true},
		{"UDP header beyond the total length", eth + "4500001a1234400040113c5fc0000201c6336407" + udpSample, 0, wire.Short, KindUDP, 34, 6, false},
		{"the same in a cut capture", eth + "4500001a1234400040113c5fc0000201c6336407" + udpSample, 1500, wire.Short, KindUDP, 34, 6, false},
		{"total length beyond the packet, which is whole", eth + "4500001e1234400040113c5fc0000201c6336407 123400", 0, wire.Short, KindUDP, 34, 3, true},
		{"payload truncated by the capture", eth + ipv4Sample[:58], 45, 0, 0, 0, 0, true},
		{"IP header length of 16", eth + "44" + ipv4Sample[2:], 0, wire.Malformed, KindIPv4, 14, 30, false},
		{"UDP length of 4", eth + "4500001e1234400040113c5fc0000201c6336407" + "1234000900040000" + "6869", 0, wire.Malformed, KindUDP, 34, 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := viewtest.Unhex(t, c.packet)
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
			var e *wire.Error
			if !errors.As(p.Err(), &e) || !errors.Is(p.Err(), c.want) {
				t.Fatalf("%v, want %v", p.Err(), c.want)
			}
			if e.Layer != c.kind.String() || e.Offset != c.offset || e.Have != c.have {
				t.Errorf("%+v", e)
			}
		})
	}
}

// Without a record, a length field beyond the bytes means that they are
// truncated.
func TestDecodeBytesReason(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, "4500001e1234400040113c5fc0000201c6336407 123400")
	if !errors.Is(p.Err(), wire.Truncated) {
		t.Error(p.Err())
	}
	p = decodeHex(t, pcap.LinkTypeRaw, "450000171234400040113c5fc0000201c6336407 123400")
	if !errors.Is(p.Err(), wire.Short) {
		t.Error(p.Err())
	}
}

// Bytes after the length that a header states are a trailer, not payload, and a
// frame check sequence belongs to no layer.
func TestDecodeTrailer(t *testing.T) {
	b := viewtest.Unhex(t, "020000000002 020000000001 0800"+ipv4Sample+"0000 aabbccdd")
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

// A capture may truncate a frame inside or before its check sequence.
func TestDecodeFCSCut(t *testing.T) {
	b := viewtest.Unhex(t, "020000000002 020000000001 0800"+ipv4Sample)
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

// IP in IP nests up to MaxLayers.
func TestDecodeTooDeep(t *testing.T) {
	hdr := "45000000 0000 4000 40 04 0000 c0000201 c6336407"
	p := decodeHex(t, pcap.LinkTypeRaw, strings.Repeat(hdr, MaxLayers))
	if len(kinds(p)) != MaxLayers || p.Err() != nil {
		t.Errorf("%d layers, %v", len(kinds(p)), p.Err())
	}
	p = decodeHex(t, pcap.LinkTypeRaw, strings.Repeat(hdr, MaxLayers+5))
	var e *wire.Error
	if !errors.As(p.Err(), &e) || e.Reason != wire.TooDeep || e.Offset != MaxLayers*20 {
		t.Errorf("%d layers, %v", len(kinds(p)), p.Err())
	}
}

// A reused Packet keeps nothing of the previous packet.
func TestDecodeReuse(t *testing.T) {
	var d Decoder
	var p Packet
	for _, c := range linkSamples {
		b := viewtest.Unhex(t, c.packet)
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
