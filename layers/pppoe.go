package layers

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/layers/wire"
)

// PPPoE header (RFC 2516 section 4): version and type, code, session, payload
// length. Code 0 is a session packet, which carries PPP. Other codes are for
// discovery packets, which carry tags.
const (
	pppoeLen         = 6
	pppoeVersionType = 0x11
	pppoeTagLen      = 4
)

// PPPoE is a view of a PPPoE packet, up to the length it states (RFC 2516
// section 4).
type PPPoE struct{ b []byte }

// ParsePPPoE checks that b begins with a PPPoE header and returns a view of it
// that aliases b. A length beyond b is not an error: see Truncated. The error
// is Short.
func ParsePPPoE(b []byte) (PPPoE, error) {
	need, size, _, r := stepPPPoE(b)
	if r != 0 {
		return PPPoE{}, fail(KindPPPoE, r, b, need)
	}
	return PPPoE{cut(b, size)}, nil
}

func stepPPPoE(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < pppoeLen {
		return pppoeLen, 0, 0, wire.Short
	}
	h := PPPoE{b}
	if b[0] == pppoeVersionType && h.Code() == 0 {
		next = KindPPP
	}
	return pppoeLen, pppoeLen + h.Len(), next, 0
}

// Code returns the packet's code: 0 session, 9 PADI, 7 PADO, 0x19 PADR, 0x65
// PADS, 0xa7 PADT.
func (h PPPoE) Code() uint8 { return h.b[1] }

// SessionID returns the session ID, 0 until assigned.
func (h PPPoE) SessionID() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Len returns the payload length stated by the header, in bytes.
func (h PPPoE) Len() int { return int(binary.BigEndian.Uint16(h.b[4:])) }

// A PPPoETag is a tag of a discovery packet (RFC 2516 appendix A). Data aliases
// the packet.
type PPPoETag struct {
	Type uint16
	Data []byte
}

// Tags returns the tags of a discovery packet (RFC 2516 appendix A), up to the
// first malformed one.
func (h PPPoE) Tags() iter.Seq[PPPoETag] {
	return func(yield func(PPPoETag) bool) {
		if h.Code() == 0 {
			return
		}
		for b := h.b[pppoeLen:]; len(b) >= pppoeTagLen; {
			end := pppoeTagLen + int(binary.BigEndian.Uint16(b[2:]))
			if end > len(b) || !yield(PPPoETag{binary.BigEndian.Uint16(b), b[pppoeTagLen:end:end]}) {
				return
			}
			b = b[end:]
		}
	}
}

// Bytes returns the header and payload.
func (h PPPoE) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h PPPoE) Payload() []byte { return h.b[pppoeLen:] }

// Truncated reports whether the header states more bytes than are available.
func (h PPPoE) Truncated() bool { return len(h.b) < pppoeLen+h.Len() }

// AppendText appends a short description to dst.
func (h PPPoE) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "code 0x%02x session 0x%04x", h.Code(), h.SessionID()), nil
}
