package layers

import "fmt"

// An EtherType says what an Ethernet frame carries (IEEE 802 numbers, IANA
// registry "ieee-802-numbers").
type EtherType uint16

// The EtherTypes that a Decoder knows.
const (
	EtherTypeIPv4  EtherType = 0x0800
	EtherTypeARP   EtherType = 0x0806
	EtherTypeVLAN  EtherType = 0x8100 // IEEE 802.1Q C-tag
	EtherTypeIPv6  EtherType = 0x86dd
	EtherTypeQinQ  EtherType = 0x88a8 // IEEE 802.1Q S-tag, formerly 802.1ad
	EtherTypeQinQ1 EtherType = 0x9100 // the S-tag of equipment older than 802.1ad
)

// String returns the type's name, or its number in hexadecimal.
func (t EtherType) String() string {
	switch t {
	case EtherTypeIPv4:
		return "IPv4"
	case EtherTypeARP:
		return "ARP"
	case EtherTypeVLAN:
		return "802.1Q"
	case EtherTypeIPv6:
		return "IPv6"
	case EtherTypeQinQ:
		return "802.1ad"
	case EtherTypeQinQ1:
		return "802.1 QinQ"
	}
	return fmt.Sprintf("0x%04x", uint16(t))
}

// kind returns the layer that t announces.
func (t EtherType) kind() Kind {
	switch t {
	case EtherTypeIPv4:
		return KindIPv4
	case EtherTypeIPv6:
		return KindIPv6
	case EtherTypeARP:
		return KindARP
	case EtherTypeVLAN, EtherTypeQinQ, EtherTypeQinQ1:
		return KindVLAN
	}
	return KindPayload
}
