package layers

import (
	"github.com/sightline-go/sightline/layers/dhcp"
	"github.com/sightline-go/sightline/layers/dns"
)

// AppendText appends one line, without line end, that names the layers of p,
// outermost first, and what stopped decoding. Its form is stable. Nothing in it
// but printable ASCII comes from the packet.
func (p *Packet) AppendText(dst []byte) ([]byte, error) {
	for i := range p.n {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, p.name(p.spans[i].kind)...)
		dst = p.appendLayer(dst, p.layer(i))
	}
	if err := p.Err(); err != nil {
		if p.n > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, '!')
		dst = append(dst, err.Error()...)
	}
	return dst, nil
}

// String returns the line that AppendText writes.
func (p *Packet) String() string {
	b, _ := p.AppendText(nil)
	return string(b)
}

// name returns the name of a layer, of this package or of a caller.
func (p *Packet) name(k Kind) string {
	if name := p.protocols[k].Name; name != "" {
		return name
	}
	return k.String()
}

// appendLayer calls the methods by name: through a table of functions dst would
// escape, and a buffer on the caller's stack with it.
func (p *Packet) appendLayer(dst []byte, l Layer) []byte {
	if l.Kind >= kindCount {
		return dst
	}
	dst = append(dst, ' ')
	switch l.Kind {
	case KindEthernet:
		dst, _ = Ethernet{l.Bytes}.AppendText(dst)
	case KindVLAN:
		dst, _ = VLAN{l.Bytes}.AppendText(dst)
	case KindITag:
		dst, _ = ITag{l.Bytes}.AppendText(dst)
	case KindVNTag:
		dst, _ = SwitchTag{l.Bytes, vnTagLen}.AppendText(dst)
	case KindETag:
		dst, _ = SwitchTag{l.Bytes, eTagLen}.AppendText(dst)
	case KindCMD:
		dst, _ = CMD{l.Bytes, false}.AppendText(dst)
	case KindCMDGRE:
		dst, _ = CMD{l.Bytes, true}.AppendText(dst)
	case KindMACsec:
		dst, _ = MACsec{l.Bytes}.AppendText(dst)
	case KindArista:
		dst, _ = Arista{l.Bytes}.AppendText(dst)
	case KindFabricPath:
		dst, _ = FabricPath{l.Bytes}.AppendText(dst)
	case KindDSA:
		dst, _ = DSA{l.Bytes, dsaLen}.AppendText(dst)
	case KindEDSA:
		dst, _ = DSA{l.Bytes, edsaLen}.AppendText(dst)
	case KindLLC:
		dst, _ = LLC{l.Bytes}.AppendText(dst)
	case KindLinuxSLL:
		dst, _ = LinuxSLL{l.Bytes}.AppendText(dst)
	case KindLinuxSLL2:
		dst, _ = LinuxSLL2{l.Bytes}.AppendText(dst)
	case KindNull, KindLoop:
		dst, _ = Null{l.Bytes}.AppendText(dst)
	case KindENC:
		dst, _ = ENC{l.Bytes}.AppendText(dst)
	case KindPPP:
		dst, _ = PPP{l.Bytes}.AppendText(dst)
	case KindPPPoE:
		dst, _ = PPPoE{l.Bytes}.AppendText(dst)
	case KindCHDLC:
		dst, _ = CHDLC{l.Bytes}.AppendText(dst)
	case KindFrameRelay:
		dst, _ = FrameRelay{l.Bytes}.AppendText(dst)
	case KindMFR:
		dst, _ = MFR{l.Bytes}.AppendText(dst)
	case KindSLIP:
		dst, _ = SLIP{l.Bytes}.AppendText(dst)
	case KindFDDI:
		dst, _ = FDDI{l.Bytes}.AppendText(dst)
	case KindARCNET:
		dst, _ = ARCNET{l.Bytes, arcnetLen}.AppendText(dst)
	case KindARCNETLinux:
		dst, _ = ARCNET{l.Bytes, arcnetLinuxLen}.AppendText(dst)
	case KindIPoIB:
		dst, _ = IPoIB{l.Bytes}.AppendText(dst)
	case KindIPNET:
		dst, _ = IPNET{l.Bytes}.AppendText(dst)
	case KindIEEE1394:
		dst, _ = IEEE1394{l.Bytes}.AppendText(dst)
	case KindRadiotap:
		dst, _ = Radiotap{l.Bytes}.AppendText(dst)
	case KindPrism:
		dst, _ = Prism{l.Bytes}.AppendText(dst)
	case KindPPI:
		dst, _ = PPI{l.Bytes}.AppendText(dst)
	case KindWLAN:
		dst, _ = WLAN{l.Bytes, 0}.AppendText(dst)
	case KindWLANPadded:
		dst, _ = WLAN{l.Bytes, wlanPad}.AppendText(dst)
	case KindAMSDU:
		dst, _ = AMSDU{l.Bytes}.AppendText(dst)
	case KindPKTAP:
		dst, _ = PKTAP{l.Bytes}.AppendText(dst)
	case KindNFLOG:
		dst, _ = NFLOG{l.Bytes}.AppendText(dst)
	case KindJuniperEthernet, KindJuniperPPP, KindJuniperFrameRelay, KindJuniperCHDLC:
		dst, _ = Juniper{l.Bytes}.AppendText(dst)
	case KindMPLS:
		dst, _ = MPLS{l.Bytes}.AppendText(dst)
	case KindControlWord:
		dst, _ = ControlWord{l.Bytes}.AppendText(dst)
	case KindARP:
		dst, _ = ARP{l.Bytes}.AppendText(dst)
	case KindIPv4:
		dst, _ = IPv4{l.Bytes}.AppendText(dst)
	case KindIPv6:
		dst, _ = IPv6{l.Bytes}.AppendText(dst)
	case KindIPv6HopByHop, KindIPv6Routing, KindIPv6Destination, KindIPv6Mobility:
		dst, _ = IPv6Ext{l.Bytes}.AppendText(dst)
	case KindIPv6Fragment:
		dst, _ = IPv6Fragment{l.Bytes}.AppendText(dst)
	case KindAH:
		dst, _ = AH{l.Bytes}.AppendText(dst)
	case KindESP:
		dst, _ = ESP{l.Bytes}.AppendText(dst)
	case KindICMPv4:
		dst, _ = ICMPv4{l.Bytes}.AppendText(dst)
	case KindICMPv6:
		dst, _ = ICMPv6{l.Bytes}.AppendText(dst)
	case KindIGMP:
		dst, _ = IGMP{l.Bytes}.AppendText(dst)
	case KindPIM:
		dst, _ = PIM{l.Bytes}.AppendText(dst)
	case KindGRE:
		dst, _ = GRE{l.Bytes}.AppendText(dst)
	case KindERSPAN:
		dst, _ = ERSPAN{l.Bytes}.AppendText(dst)
	case KindWCCP:
		dst, _ = WCCP{l.Bytes}.AppendText(dst)
	case KindNSH:
		dst, _ = NSH{l.Bytes}.AppendText(dst)
	case KindVXLAN, KindVXLANGPE:
		dst, _ = VXLAN{l.Bytes}.AppendText(dst)
	case KindGENEVE:
		dst, _ = GENEVE{l.Bytes}.AppendText(dst)
	case KindGTP:
		dst, _ = GTP{l.Bytes}.AppendText(dst)
	case KindTeredo:
		dst, _ = Teredo{l.Bytes}.AppendText(dst)
	case KindAYIYA:
		dst, _ = AYIYA{l.Bytes}.AppendText(dst)
	case KindL2TP:
		dst, _ = L2TP{l.Bytes}.AppendText(dst)
	case KindEtherIP:
		dst, _ = EtherIP{l.Bytes}.AppendText(dst)
	case KindCAPWAP:
		dst, _ = CAPWAP{l.Bytes}.AppendText(dst)
	case KindSFlow:
		dst, _ = SFlow{l.Bytes}.AppendText(dst)
	case KindTCP:
		dst, _ = TCP{l.Bytes}.AppendText(dst)
	case KindUDP:
		dst, _ = UDP{l.Bytes}.AppendText(dst)
	case KindUDPLite:
		dst, _ = UDPLite{l.Bytes}.AppendText(dst)
	case KindSCTP:
		dst, _ = SCTP{l.Bytes}.AppendText(dst)
	case KindDNS:
		m, _ := dns.ParseMessage(l.Bytes)
		dst, _ = m.AppendText(dst)
	case KindNBNS:
		m, _ := dns.ParseNBNS(l.Bytes)
		dst, _ = m.AppendText(dst)
	case KindDHCPv4:
		m, _ := dhcp.ParseV4(l.Bytes)
		dst, _ = m.AppendText(dst)
	case KindDHCPv6:
		m, _ := dhcp.ParseV6(l.Bytes)
		dst, _ = m.AppendText(dst)
	case KindNTP:
		dst, _ = NTP{l.Bytes}.AppendText(dst)
	}
	return dst
}
