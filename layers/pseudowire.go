package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// A label stack does not state the type of its payload. The first four bits
// distinguish IP from the rest (RFC 4928 section 3): 0 is a control word (RFC
// 4385 section 3), 1 an associated channel (RFC 5586), and anything else an
// Ethernet pseudowire without control word (RFC 4448). Ethernet addresses may
// begin with 0 too.
const controlWordLen = 4

// pseudowireKind returns the kind of b, the payload of a label stack.
func pseudowireKind(b []byte) Kind {
	if len(b) == 0 {
		return KindPayload
	}
	switch b[0] >> 4 {
	case 4:
		return KindIPv4
	case 6:
		return KindIPv6
	case 1:
		return KindPayload
	case 0:
		if looksLikeEthernet(b[min(controlWordLen, len(b)):]) || !looksLikeEthernet(b) {
			return KindControlWord
		}
	}
	return KindEthernet
}

// looksLikeEthernet reports whether b has a known EtherType where Ethernet has
// it.
func looksLikeEthernet(b []byte) bool {
	return len(b) >= ethernetLen && Ethernet{b}.EtherType().kind() != KindPayload
}

// ControlWord is a view of a pseudowire control word and its Ethernet frame
// (RFC 4385 section 3).
type ControlWord struct{ b []byte }

// ParseControlWord checks that b begins with a control word and returns a view
// of it that aliases b. The error is Short.
func ParseControlWord(b []byte) (ControlWord, error) {
	if len(b) < controlWordLen {
		return ControlWord{}, fail(KindControlWord, wire.Short, b, controlWordLen)
	}
	return ControlWord{cut(b, len(b))}, nil
}

func stepControlWord(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < controlWordLen {
		return controlWordLen, 0, 0, wire.Short
	}
	return controlWordLen, len(b), KindEthernet, 0
}

// Seq returns the sequence number, 0 if unused.
func (h ControlWord) Seq() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Bytes returns the control word and payload.
func (h ControlWord) Bytes() []byte { return h.b }

// Payload returns the frame.
func (h ControlWord) Payload() []byte { return h.b[controlWordLen:] }

// AppendText appends a short description to dst.
func (h ControlWord) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "seq %d", h.Seq()), nil
}
