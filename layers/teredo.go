package layers

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// Teredo encapsulation (RFC 4380 section 5.1.1): an IPv6 packet, maybe behind
// an authentication and an origin indication. Each begins with two bytes that
// no IPv6 header begins with.
const (
	teredoOrigin    = 0x0000
	teredoAuth      = 0x0001
	teredoOriginLen = 8
	teredoAuthLen   = 13 // besides identifier and value, whose lengths it has
)

// Teredo is a view of what stands before an IPv6 packet in a Teredo datagram,
// which may be nothing, and of that packet (RFC 4380 section 5.1.1).
// ParseTeredo makes it.
type Teredo struct{ b []byte }

// ParseTeredo checks that b is the payload of a Teredo datagram and returns a
// view of it that aliases b. The error is Short or Malformed.
func ParseTeredo(b []byte) (Teredo, error) {
	if need, _, _, r := stepTeredo(b); r != 0 {
		return Teredo{}, fail(KindTeredo, r, b, need)
	}
	return Teredo{cut(b, len(b))}, nil
}

func stepTeredo(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < 2 {
		return 2, 0, 0, wire.Short
	}
	if len(b) < teredoAuthLen && binary.BigEndian.Uint16(b) == teredoAuth {
		return 0, 0, 0, wire.Short
	}
	hdr = Teredo{b}.HeaderLen()
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	if len(b) == hdr {
		return hdr, hdr, KindPayload, 0 // a bubble without packet
	}
	if b[hdr]>>4 != 6 {
		if len(b) == hdr+1 && b[hdr] == teredoOrigin {
			return 0, 0, 0, wire.Short
		}
		return 0, 0, 0, wire.Malformed
	}
	return hdr, len(b), KindIPv6, 0
}

// authLen returns the length of the authentication, 0 when there is none.
func (h Teredo) authLen() int {
	if binary.BigEndian.Uint16(h.b) != teredoAuth {
		return 0
	}
	return teredoAuthLen + int(h.b[2]) + int(h.b[3])
}

// HeaderLen returns the length of what stands before the IPv6 packet, in bytes.
func (h Teredo) HeaderLen() int {
	n := h.authLen()
	if len(h.b) >= n+2 && binary.BigEndian.Uint16(h.b[n:]) == teredoOrigin {
		n += teredoOriginLen
	}
	return n
}

// Origin returns the address and port that a Teredo server has seen, and false
// if there is no origin indication.
func (h Teredo) Origin() (from netip.AddrPort, ok bool) {
	n := h.authLen()
	if h.HeaderLen() == n {
		return netip.AddrPort{}, false
	}
	b := h.b[n:] // both are obfuscated by inverting every bit
	addr := binary.BigEndian.Uint32(b[4:]) ^ 0xffffffff
	var a4 [4]byte
	binary.BigEndian.PutUint32(a4[:], addr)
	return netip.AddrPortFrom(netip.AddrFrom4(a4), binary.BigEndian.Uint16(b[2:])^0xffff), true
}

// Bytes returns all of the datagram's payload.
func (h Teredo) Bytes() []byte { return h.b }

// Payload returns the IPv6 packet.
func (h Teredo) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h Teredo) AppendText(dst []byte) ([]byte, error) {
	if from, ok := h.Origin(); ok {
		return from.AppendTo(append(dst, "origin "...)), nil
	}
	return append(dst, "no origin"...), nil
}
