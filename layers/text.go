package layers

// AppendText appends one line, without line end, that names the layers of p,
// outermost first, and what stopped decoding. Its form is stable. Nothing in it
// but printable ASCII comes from the packet.
func (p *Packet) AppendText(dst []byte) ([]byte, error) {
	for i := range p.n {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, p.spans[i].kind.String()...)
		dst = append(dst, ' ')
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

func (p *Packet) appendLayer(dst []byte, l Layer) []byte {
	switch l.Kind {
	case KindEthernet:
		dst, _ = Ethernet{l.Bytes}.AppendText(dst)
	case KindVLAN:
		dst, _ = VLAN{l.Bytes}.AppendText(dst)
	case KindLinuxSLL:
		dst, _ = LinuxSLL{l.Bytes}.AppendText(dst)
	case KindLinuxSLL2:
		dst, _ = LinuxSLL2{l.Bytes}.AppendText(dst)
	case KindNull, KindLoop:
		dst, _ = Null{l.Bytes}.AppendText(dst)
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
	case KindICMPv4:
		dst, _ = ICMPv4{l.Bytes}.AppendText(dst)
	case KindICMPv6:
		dst, _ = ICMPv6{l.Bytes}.AppendText(dst)
	case KindTCP:
		dst, _ = TCP{l.Bytes}.AppendText(dst)
	case KindUDP:
		dst, _ = UDP{l.Bytes}.AppendText(dst)
	case KindDNS:
		dst, _ = DNS{l.Bytes}.AppendText(dst)
	case KindNBNS:
		dst, _ = NBNS{DNS{l.Bytes}}.AppendText(dst)
	case KindDHCPv4:
		dst, _ = DHCPv4{l.Bytes}.AppendText(dst)
	case KindDHCPv6:
		dst, _ = DHCPv6{l.Bytes}.AppendText(dst)
	case KindNTP:
		dst, _ = NTP{l.Bytes}.AppendText(dst)
	}
	return dst
}
