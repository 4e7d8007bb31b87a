package layers

import "fmt"

// An EtherType identifies the payload of an Ethernet frame (IEEE 802 numbers,
// IANA registry "ieee-802-numbers").
type EtherType uint16

// The EtherTypes known to a Decoder.
const (
	EtherTypeIPv4          EtherType = 0x0800
	EtherTypeARP           EtherType = 0x0806
	EtherTypeERSPAN3       EtherType = 0x22eb // in GRE
	EtherTypeTEB           EtherType = 0x6558 // transparent Ethernet bridging, in GRE and similar tunnels
	EtherTypeRARP          EtherType = 0x8035
	EtherTypeVLAN          EtherType = 0x8100 // IEEE 802.1Q C-tag
	EtherTypeIPv6          EtherType = 0x86dd
	EtherTypePPP           EtherType = 0x880b // in GRE
	EtherTypeMPLS          EtherType = 0x8847
	EtherTypeMPLSMulticast EtherType = 0x8848
	EtherTypePPPoEDisc     EtherType = 0x8863 // discovery
	EtherTypePPPoE         EtherType = 0x8864 // session
	EtherTypeQinQ          EtherType = 0x88a8 // IEEE 802.1Q S-tag, formerly 802.1ad
	EtherTypeERSPAN        EtherType = 0x88be // in GRE
	EtherTypeMACsec        EtherType = 0x88e5 // IEEE 802.1AE
	EtherTypeITag          EtherType = 0x88e7 // IEEE 802.1Q I-tag, formerly 802.1ah
	EtherTypeFabricPath    EtherType = 0x8903 // Cisco
	EtherTypeCMD           EtherType = 0x8909 // Cisco metadata
	EtherTypeVNTag         EtherType = 0x8926 // Cisco
	EtherTypeETag          EtherType = 0x893f // IEEE 802.1BR
	EtherTypeNSH           EtherType = 0x894f
	EtherTypeQinQ1         EtherType = 0x9100 // S-tag of equipment older than 802.1ad
	EtherTypeQinQ2         EtherType = 0x9200 // likewise
	EtherTypeQinQ3         EtherType = 0x9300 // likewise
	EtherTypeArista        EtherType = 0xd28b
)

// EtherTypes whose headers have no exported view.
const (
	etherTypeTRILL EtherType = 0x22f3
	etherTypeHSR   EtherType = 0x892f // IEC 62439-3
	etherTypeTTag  EtherType = 0x8988 // Cisco's timestamp tag
	etherTypeRTag  EtherType = 0xf1c1 // IEEE 802.1CB
)

var etherTypeNames = map[EtherType]string{
	EtherTypeIPv4:          "IPv4",
	EtherTypeARP:           "ARP",
	EtherTypeERSPAN3:       "ERSPAN III",
	EtherTypeTEB:           "Ethernet",
	etherTypeTRILL:         "TRILL",
	EtherTypeRARP:          "RARP",
	EtherTypeVLAN:          "802.1Q",
	EtherTypeIPv6:          "IPv6",
	EtherTypePPP:           "PPP",
	EtherTypeMPLS:          "MPLS",
	EtherTypeMPLSMulticast: "MPLS multicast",
	EtherTypePPPoEDisc:     "PPPoE discovery",
	EtherTypePPPoE:         "PPPoE",
	EtherTypeQinQ:          "802.1ad",
	EtherTypeERSPAN:        "ERSPAN",
	EtherTypeMACsec:        "MACsec",
	EtherTypeITag:          "802.1ah",
	EtherTypeFabricPath:    "FabricPath",
	EtherTypeCMD:           "Cisco metadata",
	EtherTypeVNTag:         "VN-Tag",
	EtherTypeETag:          "802.1BR",
	EtherTypeNSH:           "NSH",
	EtherTypeQinQ1:         "802.1 QinQ",
	EtherTypeQinQ2:         "802.1 QinQ",
	EtherTypeQinQ3:         "802.1 QinQ",
	etherTypeHSR:           "HSR",
	etherTypeTTag:          "Cisco timestamp",
	EtherTypeArista:        "Arista",
	etherTypeRTag:          "802.1CB",
}

// String returns the type's name, or its number in hexadecimal.
func (t EtherType) String() string {
	if name, ok := etherTypeNames[t]; ok {
		return name
	}
	return fmt.Sprintf("0x%04x", uint16(t))
}

func (t EtherType) kind() Kind {
	switch t {
	case EtherTypeIPv4:
		return KindIPv4
	case EtherTypeIPv6:
		return KindIPv6
	}
	return t.rareKind()
}

func (t EtherType) rareKind() Kind {
	switch t {
	case EtherTypeARP, EtherTypeRARP:
		return KindARP
	case EtherTypeVLAN, EtherTypeQinQ, EtherTypeQinQ1, EtherTypeQinQ2, EtherTypeQinQ3:
		return KindVLAN
	case EtherTypeMPLS, EtherTypeMPLSMulticast:
		return KindMPLS
	case EtherTypePPPoE, EtherTypePPPoEDisc:
		return KindPPPoE
	case EtherTypePPP:
		return KindPPP
	case EtherTypeTEB:
		return KindEthernet
	case EtherTypeITag:
		return KindITag
	case EtherTypeVNTag:
		return KindVNTag
	case EtherTypeETag:
		return KindETag
	case EtherTypeFabricPath:
		return KindFabricPath
	case EtherTypeCMD:
		return KindCMD
	case EtherTypeArista:
		return KindArista
	case EtherTypeMACsec:
		return KindMACsec
	case EtherTypeNSH:
		return KindNSH
	case etherTypeHSR:
		return KindHSR
	case etherTypeRTag:
		return KindRTag
	case etherTypeTTag:
		return KindTTag
	case etherTypeTRILL:
		return KindTRILL
	}
	return KindPayload
}
