package layers

import (
	"iter"
	"net/netip"
)

// ICMPv6 types of neighbor discovery (RFC 4861 section 4). Its messages have
// fixed fields and then options, each with a type, a length in 8-byte units and
// data.
const (
	ICMPv6RouterSolicitation    = 133
	ICMPv6RouterAdvertisement   = 134
	ICMPv6NeighborSolicitation  = 135
	ICMPv6NeighborAdvertisement = 136
	ICMPv6Redirect              = 137

	ndpUnit = 8
)

// Types of neighbor discovery options (IANA registry "icmpv6-parameters").
const (
	NDPSourceLinkAddr = 1
	NDPTargetLinkAddr = 2
	NDPPrefix         = 3
	NDPRedirected     = 4
	NDPMTU            = 5
	NDPRDNSS          = 25 // RFC 8106
	NDPDNSSL          = 31 // RFC 8106
)

// NDPOptions returns the options of a neighbor discovery message, up to the
// first malformed or truncated one. It yields nothing for other messages. Data
// excludes type and length.
func (h ICMPv6) NDPOptions() iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for b := h.ndpOptions(); len(b) >= 2; {
			n := int(b[1]) * ndpUnit
			if n == 0 || n > len(b) || !yield(Option{b[0], b[2:n:n]}) {
				return
			}
			b = b[n:]
		}
	}
}

// ndpOptions returns the bytes after a message's fixed fields.
func (h ICMPv6) ndpOptions() []byte {
	off := 0
	switch h.Type() {
	case ICMPv6RouterSolicitation:
		off = 8
	case ICMPv6RouterAdvertisement:
		off = 16
	case ICMPv6NeighborSolicitation, ICMPv6NeighborAdvertisement:
		off = 24
	case ICMPv6Redirect:
		off = 40
	}
	if off == 0 || off > len(h.b) {
		return nil
	}
	return h.b[off:]
}

// NDPTarget returns the target address of a neighbor solicitation, neighbor
// advertisement or redirect. It returns the zero Addr for other messages.
func (h ICMPv6) NDPTarget() netip.Addr {
	switch h.Type() {
	case ICMPv6NeighborSolicitation, ICMPv6NeighborAdvertisement, ICMPv6Redirect:
		return h.addr(8)
	}
	return netip.Addr{}
}

// addr returns the address at off, or the zero Addr if truncated.
func (h ICMPv6) addr(off int) netip.Addr {
	if len(h.b) < off+16 {
		return netip.Addr{}
	}
	return netip.AddrFrom16([16]byte(h.b[off:]))
}
