package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// Frame relay header (ITU-T Q.922 clause 3): an address of two to four bytes,
// the last with its lowest bit set. Then comes either a control field for
// unnumbered information, an optional padding byte and an NLPID (RFC 2427
// section 3), or Cisco's EtherType.
const (
	frAddressMin = 2
	frAddressMax = 4
	frControl    = 0x03
	frPad        = 0x00
)

// The network layer protocol identifiers (ISO/IEC TR 9577, RFC 2427 section 3,
// RFC 1973) known to a Decoder.
const (
	nlpidSNAP = 0x80
	nlpidIPv6 = 0x8e
	nlpidIPv4 = 0xcc
	nlpidPPP  = 0xcf
)

// FrameRelay is a view of a frame relay frame, without check sequence (ITU-T
// Q.922 clause 3, RFC 2427 section 3).
type FrameRelay struct{ b []byte }

// ParseFrameRelay checks that b begins with a frame relay header and returns a
// view of it that aliases b. The error is Short or Malformed.
func ParseFrameRelay(b []byte) (FrameRelay, error) {
	if need, _, _, r := stepFrameRelay(b); r != 0 {
		return FrameRelay{}, fail(KindFrameRelay, r, b, need)
	}
	return FrameRelay{cut(b, len(b))}, nil
}

func stepFrameRelay(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	addr, r := frameRelayAddress(b)
	if r != 0 || len(b) < addr+2 {
		return 0, 0, 0, max(r, wire.Short)
	}
	size = len(b)
	if b[addr] != frControl {
		return addr + 2, size, EtherType(binary.BigEndian.Uint16(b[addr:])).kind(), 0
	}
	hdr = addr + 1
	if b[hdr] == frPad {
		hdr++
	}
	if hdr == len(b) {
		return 0, 0, 0, wire.Short
	}
	hdr++
	switch b[hdr-1] {
	case nlpidIPv4:
		next = KindIPv4
	case nlpidIPv6:
		next = KindIPv6
	case nlpidPPP:
		next = KindPPP
	case nlpidSNAP:
		if len(b) < hdr+5 {
			return hdr + 5, 0, 0, wire.Short
		}
		oui := binary.BigEndian.Uint32(b[hdr-1:]) & 0xffffff
		next, size = snapKind(oui, EtherType(binary.BigEndian.Uint16(b[hdr+3:])), size)
		hdr += 5
	}
	return hdr, max(size, hdr), next, 0
}

// frameRelayAddress returns the length of the address that b begins with.
func frameRelayAddress(b []byte) (n int, r wire.Reason) {
	for n < frAddressMax {
		if n == len(b) {
			return 0, wire.Short
		}
		n++
		if b[n-1]&1 != 0 {
			break
		}
	}
	if n < frAddressMin || b[n-1]&1 == 0 {
		return 0, wire.Malformed
	}
	return n, 0
}

// HeaderLen returns the length of the header in bytes: the address, and either
// the control field with NLPID and its extension, or the EtherType.
func (h FrameRelay) HeaderLen() int {
	n, _, _, _ := stepFrameRelay(h.b)
	return n
}

// DLCI returns the data link connection identifier: 10 bits in a two-byte
// address, 16 in three bytes, 23 in four.
func (h FrameRelay) DLCI() uint32 {
	n, _ := frameRelayAddress(h.b)
	dlci := uint32(h.b[0]>>2)<<4 | uint32(h.b[1]>>4)
	if n > 3 {
		dlci = dlci<<7 | uint32(h.b[2]>>1)
	}
	if n > 2 {
		dlci = dlci<<6 | uint32(h.b[n-1]>>2)
	}
	return dlci
}

// Bytes returns the header and payload.
func (h FrameRelay) Bytes() []byte { return h.b }

// Payload returns the frame's payload.
func (h FrameRelay) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h FrameRelay) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "dlci %d", h.DLCI()), nil
}
