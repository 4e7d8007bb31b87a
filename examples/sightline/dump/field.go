package dump

import (
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
)

// A form says how a field's bytes are printed.
type form int

const (
	number form = iota
	mac
	addr
)

// A field is the position of a key's value in a header.
type field struct {
	key      key
	form     form
	at, size int // in bytes
	shift    int // right shift of a number
	mask     uint64
	unit     uint64 // factor of a number; 0 means 1
}

const all = ^uint64(0)

var ethernetFields = []field{
	{key: ethDst, form: mac, at: 0, size: 6},
	{key: ethSrc, form: mac, at: 6, size: 6},
}

var vlanFields = []field{
	{key: vlanPriority, at: 0, size: 2, shift: 13, mask: all},
	{key: vlanID, at: 0, size: 2, mask: 0xfff},
}

var ipv4Fields = []field{
	{key: ipVersion, at: 0, size: 1, shift: 4, mask: all},
	{key: ipHdrLen, at: 0, size: 1, mask: 0xf, unit: 4},
	{key: ipDSField, at: 1, size: 1, mask: all},
	{key: ipLen, at: 2, size: 2, mask: all},
	{key: ipID, at: 4, size: 2, mask: all},
	{key: ipFlags, at: 6, size: 2, shift: 13, mask: all},
	{key: ipFragOffset, at: 6, size: 2, mask: 0x1fff},
	{key: ipTTL, at: 8, size: 1, mask: all},
	{key: ipProto, at: 9, size: 1, mask: all},
	{key: ipSrc, form: addr, at: 12, size: 4},
	{key: ipDst, form: addr, at: 16, size: 4},
}

// Numbers of ipv4Fields up to and including the invalid field.
const (
	upToVersion = 1
	upToHdrLen  = 2
	upToLen     = 4
)

var ipv6Fields = []field{
	{key: ipVersion, at: 0, size: 1, shift: 4, mask: all},
	{key: ipv6TClass, at: 0, size: 4, shift: 20, mask: 0xff},
	{key: ipv6Flow, at: 0, size: 4, mask: 0xfffff},
	{key: ipv6PLen, at: 4, size: 2, mask: all},
	{key: ipv6Next, at: 6, size: 1, mask: all},
	{key: ipv6HopLimit, at: 7, size: 1, mask: all},
	{key: ipv6Src, form: addr, at: 8, size: 16},
	{key: ipv6Dst, form: addr, at: 24, size: 16},
}

var icmpv4Fields = []field{
	{key: icmpType, at: 0, size: 1, mask: all},
	{key: icmpCode, at: 1, size: 1, mask: all},
}

var icmpv6Fields = []field{
	{key: icmpv6Type, at: 0, size: 1, mask: all},
	{key: icmpv6Code, at: 1, size: 1, mask: all},
}

var tcpFields = []field{
	{key: tcpSrcPort, at: 0, size: 2, mask: all},
	{key: tcpDstPort, at: 2, size: 2, mask: all},
	{key: tcpSeq, at: 4, size: 4, mask: all},
	{key: tcpAck, at: 8, size: 4, mask: all},
	{key: tcpHdrLen, at: 12, size: 1, shift: 4, mask: all, unit: 4},
	{key: tcpFlags, at: 12, size: 2, mask: 0xfff},
	{key: tcpWindow, at: 14, size: 2, mask: all},
}

// tcpUpToHdrLen lists the fields before and including an invalid header length.
var tcpUpToHdrLen = []field{tcpFields[0], tcpFields[1], tcpFields[2], tcpFields[4]}

var udpFields = []field{
	{key: udpSrcPort, at: 0, size: 2, mask: all},
	{key: udpDstPort, at: 2, size: 2, mask: all},
	{key: udpLength, at: 4, size: 2, mask: all},
}

var sllFields = []field{
	{key: sllPktType, at: 0, size: 2, mask: all},
}

var sll2Fields = []field{
	{key: sllPktType, at: 10, size: 1, mask: all},
}

var (
	pppoeFields  = []field{{key: pppoeSession, at: 2, size: 2, mask: all}}
	sctpFields   = []field{{key: sctpSrcPort, at: 0, size: 2, mask: all}, {key: sctpDstPort, at: 2, size: 2, mask: all}}
	greFields    = []field{{key: greProto, at: 2, size: 2, mask: all}}
	vxlanFields  = []field{{key: vxlanVNI, at: 4, size: 3, mask: all}}
	geneveFields = []field{{key: geneveVNI, at: 4, size: 3, mask: all}}
	gtpFields    = []field{{key: gtpTEID, at: 4, size: 4, mask: all}}
)

// fieldsOf returns the fields at fixed positions in a layer.
func fieldsOf(k layers.Kind) []field {
	switch k {
	case layers.KindEthernet:
		return ethernetFields
	case layers.KindVLAN:
		return vlanFields
	case layers.KindIPv4:
		return ipv4Fields
	case layers.KindIPv6:
		return ipv6Fields
	case layers.KindICMPv4:
		return icmpv4Fields
	case layers.KindICMPv6:
		return icmpv6Fields
	case layers.KindTCP:
		return tcpFields
	case layers.KindUDP, layers.KindUDPLite:
		return udpFields
	case layers.KindSCTP:
		return sctpFields
	case layers.KindPPPoE:
		return pppoeFields
	case layers.KindGRE:
		return greFields
	case layers.KindVXLAN, layers.KindVXLANGPE:
		return vxlanFields
	case layers.KindGENEVE:
		return geneveFields
	case layers.KindLinuxSLL:
		return sllFields
	case layers.KindLinuxSLL2:
		return sll2Fields
	}
	return nil
}

// put adds the fields that b holds completely.
func (o *object) put(fields []field, b []byte) {
	for _, f := range fields {
		if f.at+f.size > len(b) {
			continue
		}
		v := b[f.at : f.at+f.size]
		switch f.form {
		case mac:
			o.mac(f.key, wire.MAC(v))
		case addr:
			a, _ := netip.AddrFromSlice(v)
			o.addr(f.key, a)
		default:
			o.number(f.key, max(f.unit, 1)*(bigEndian(v)>>f.shift&f.mask))
		}
	}
}

func bigEndian(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}
