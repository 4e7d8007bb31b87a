package pcap

import "strconv"

// A LinkType says what a packet's first header is: a number of the LINKTYPE_
// registry at https://www.tcpdump.org/linktypes.html.
type LinkType uint32

// The link types that package layers decodes.
const (
	LinkTypeNull      LinkType = 0
	LinkTypeEthernet  LinkType = 1
	LinkTypePPP       LinkType = 9
	LinkTypeRawBSD    LinkType = 12 // DLT_RAW of most systems, found in files all the same
	LinkTypeRawOpen   LinkType = 14 // DLT_RAW of OpenBSD, found in files all the same
	LinkTypePPPHDLC   LinkType = 50
	LinkTypePPPEther  LinkType = 51
	LinkTypeRaw       LinkType = 101
	LinkTypeCHDLC     LinkType = 104
	LinkTypeLoop      LinkType = 108
	LinkTypeLinuxSLL  LinkType = 113
	LinkTypeIPv4      LinkType = 228
	LinkTypeIPv6      LinkType = 229
	LinkTypeLinuxSLL2 LinkType = 276
)

// String returns the registry's name without the LINKTYPE_ prefix, or
// "LINKTYPE_n" for a number that has none here.
func (t LinkType) String() string {
	switch t {
	case LinkTypeNull:
		return "NULL"
	case LinkTypeEthernet:
		return "ETHERNET"
	case LinkTypePPP:
		return "PPP"
	case LinkTypeRawBSD, LinkTypeRawOpen, LinkTypeRaw:
		return "RAW"
	case LinkTypePPPHDLC:
		return "PPP_HDLC"
	case LinkTypePPPEther:
		return "PPP_ETHER"
	case LinkTypeCHDLC:
		return "C_HDLC"
	case LinkTypeLoop:
		return "LOOP"
	case LinkTypeLinuxSLL:
		return "LINUX_SLL"
	case LinkTypeIPv4:
		return "IPV4"
	case LinkTypeIPv6:
		return "IPV6"
	case LinkTypeLinuxSLL2:
		return "LINUX_SLL2"
	}
	return "LINKTYPE_" + strconv.FormatUint(uint64(t), 10)
}
