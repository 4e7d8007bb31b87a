package layers

import "github.com/sightline-go/sightline/pcap"

// Link types of the registry at https://www.tcpdump.org/linktypes.html.
const (
	linkTypeARCNET            pcap.LinkType = 7
	linkTypeSLIP              pcap.LinkType = 8
	linkTypeFDDI              pcap.LinkType = 10
	linkTypeATMRFC1483        pcap.LinkType = 100
	linkTypeWLAN              pcap.LinkType = 105
	linkTypeATMCLIP           pcap.LinkType = 106
	linkTypeFrameRelay        pcap.LinkType = 107
	linkTypeENC               pcap.LinkType = 109
	linkTypePrism             pcap.LinkType = 119
	linkTypeRadiotap          pcap.LinkType = 127
	linkTypeARCNETLinux       pcap.LinkType = 129
	linkTypeIEEE1394          pcap.LinkType = 138
	linkTypeUser2             pcap.LinkType = 149 // Apple's packet tap, before it had a number of its own
	linkTypeAVS               pcap.LinkType = 163
	linkTypeJuniperEthernet   pcap.LinkType = 178
	linkTypeJuniperPPP        pcap.LinkType = 179
	linkTypeJuniperFrameRelay pcap.LinkType = 180
	linkTypeJuniperCHDLC      pcap.LinkType = 181
	linkTypeMFR               pcap.LinkType = 182
	linkTypePPI               pcap.LinkType = 192
	linkTypeMPLS              pcap.LinkType = 219
	linkTypeIPNET             pcap.LinkType = 226
	linkTypeNFLOG             pcap.LinkType = 239
	linkTypeIPoIB             pcap.LinkType = 242
	linkTypePKTAP             pcap.LinkType = 258
	linkTypeDSA               pcap.LinkType = 284
	linkTypeEDSA              pcap.LinkType = 285
)

var linkKinds = [...]Kind{
	linkTypeARCNET:            KindARCNET,
	linkTypeSLIP:              KindSLIP,
	linkTypeFDDI:              KindFDDI,
	linkTypeATMRFC1483:        KindLLC,
	linkTypeWLAN:              KindWLAN,
	linkTypeATMCLIP:           KindIPv4,
	linkTypeFrameRelay:        KindFrameRelay,
	linkTypeENC:               KindENC,
	linkTypePrism:             KindPrism,
	linkTypeRadiotap:          KindRadiotap,
	linkTypeARCNETLinux:       KindARCNETLinux,
	linkTypeIEEE1394:          KindIEEE1394,
	linkTypeUser2:             KindPKTAP,
	linkTypeAVS:               KindPrism,
	linkTypeJuniperEthernet:   KindJuniperEthernet,
	linkTypeJuniperPPP:        KindJuniperPPP,
	linkTypeJuniperFrameRelay: KindJuniperFrameRelay,
	linkTypeJuniperCHDLC:      KindJuniperCHDLC,
	linkTypeMFR:               KindMFR,
	linkTypePPI:               KindPPI,
	linkTypeMPLS:              KindMPLS,
	linkTypeIPNET:             KindIPNET,
	linkTypeNFLOG:             KindNFLOG,
	linkTypeIPoIB:             KindIPoIB,
	linkTypePKTAP:             KindPKTAP,
	linkTypeDSA:               KindDSA,
	linkTypeEDSA:              KindEDSA,

	pcap.LinkTypeEthernet:  KindEthernet,
	pcap.LinkTypeNull:      KindNull,
	pcap.LinkTypeLoop:      KindLoop,
	pcap.LinkTypePPP:       kindHDLC,
	pcap.LinkTypePPPHDLC:   kindHDLC,
	pcap.LinkTypePPPEther:  KindPPPoE,
	pcap.LinkTypeCHDLC:     KindCHDLC,
	pcap.LinkTypeRaw:       KindIPv4,
	pcap.LinkTypeRawBSD:    KindIPv4,
	pcap.LinkTypeRawOpen:   KindIPv4,
	pcap.LinkTypeIPv4:      KindIPv4,
	pcap.LinkTypeIPv6:      KindIPv6,
	pcap.LinkTypeLinuxSLL:  KindLinuxSLL,
	pcap.LinkTypeLinuxSLL2: KindLinuxSLL2,
}

// Knows reports whether d decodes packets of link type t: of others a Packet
// has no layers.
func (d *Decoder) Knows(t pcap.LinkType) bool { return d.linkKind(t) != KindPayload }

// linkKind returns the layer that a packet of link type t begins with.
func (d *Decoder) linkKind(t pcap.LinkType) Kind {
	k := linkKind(t)
	if d.tables != 0 {
		k = d.lookup(ByLinkType(t), k)
	}
	return k
}

func linkKind(t pcap.LinkType) Kind {
	if t < pcap.LinkType(len(linkKinds)) {
		return linkKinds[t]
	}
	return KindPayload
}
