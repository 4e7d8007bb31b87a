package layers

import (
	"encoding/binary"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
)

// Teredo encapsulation (RFC 4380 section 5.1.1): an IPv6 packet, after an
// optional authentication and an optional origin indication. Both begin with
// two bytes that cannot begin an IPv6 header.
const (
	teredoOrigin    = 0x0000
	teredoAuth      = 0x0001
	teredoOriginLen = 8
	teredoAuthLen   = 13 // without identifier and value, whose lengths it states
)

// Teredo is a view of the payload of a Teredo datagram: the optional
// indications and the IPv6 packet (RFC 4380 section 5.1.1).
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
		return hdr, hdr, KindPayload, 0 // a bubble without a packet
	}
	if b[hdr]>>4 != 6 {
		if len(b) == hdr+1 && b[hdr] == teredoOrigin {
			return 0, 0, 0, wire.Short
		}
		return 0, 0, 0, wire.Malformed
	}
	return hdr, len(b), KindIPv6, 0
}

// authLen returns the length of the authentication, 0 if absent.
func (h Teredo) authLen() int {
	if binary.BigEndian.Uint16(h.b) != teredoAuth {
		return 0
	}
	return teredoAuthLen + int(h.b[2]) + int(h.b[3])
}

// HeaderLen returns the length of the indications before the IPv6 packet, in
// bytes.
func (h Teredo) HeaderLen() int {
	n := h.authLen()
	if len(h.b) >= n+2 && binary.BigEndian.Uint16(h.b[n:]) == teredoOrigin {
		n += teredoOriginLen
	}
	return n
}

// Origin returns the address and port that the Teredo server saw. It reports
// false if there is no origin indication.
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

// Bytes returns the whole payload of the datagram.
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
