package layers

import "github.com/sightline-go/sightline/pcap"

// linkKind returns the layer that a packet of link type t begins with.
func (d *Decoder) linkKind(t pcap.LinkType) Kind {
	k := linkKind(t)
	if d.tables != 0 {
		k = d.lookup(ByLinkType(t), k)
	}
	return k
}

func linkKind(t pcap.LinkType) Kind {
	switch t {
	case pcap.LinkTypeEthernet:
		return KindEthernet
	case pcap.LinkTypeNull:
		return KindNull
	case pcap.LinkTypeLoop:
		return KindLoop
	case pcap.LinkTypeRaw, pcap.LinkTypeRawBSD, pcap.LinkTypeRawOpen, pcap.LinkTypeIPv4:
		return KindIPv4
	case pcap.LinkTypeIPv6:
		return KindIPv6
	case pcap.LinkTypeLinuxSLL:
		return KindLinuxSLL
	case pcap.LinkTypeLinuxSLL2:
		return KindLinuxSLL2
	}
	return KindPayload
}
