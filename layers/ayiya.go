package layers

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/layers/wire"
)

// AYIYA header (draft-massar-v6ops-ayiya-02 section 3): length and type of the
// identity, length and method of the signature, authentication method and
// operation, next header, time, identity, signature.
const (
	ayiyaMinLen  = 8
	ayiyaForward = 1
)

// AYIYA is a view of an AYIYA packet (draft-massar-v6ops-ayiya-02 section 3).
type AYIYA struct{ b []byte }

// ParseAYIYA checks that b begins with an AYIYA header and returns a view of
// the packet that aliases b. The error is Short.
func ParseAYIYA(b []byte) (AYIYA, error) {
	if need, _, _, r := stepAYIYA(b); r != 0 {
		return AYIYA{}, fail(KindAYIYA, r, b, need)
	}
	return AYIYA{cut(b, len(b))}, nil
}

func stepAYIYA(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ayiyaMinLen {
		return ayiyaMinLen, 0, 0, wire.Short
	}
	h := AYIYA{b}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	if h.Operation() == ayiyaForward {
		next = h.NextHeader().kind()
	}
	return hdr, len(b), next, 0
}

// HeaderLen returns the length of the header with identity and signature, in
// bytes.
func (h AYIYA) HeaderLen() int { return ayiyaMinLen + 1<<(h.b[0]>>4) + int(h.b[1]>>4)*4 }

// Operation returns the operation code. 1 means forward.
func (h AYIYA) Operation() uint8 { return h.b[2] & 0x0f }

// NextHeader returns the protocol of the payload.
func (h AYIYA) NextHeader() IPProto { return IPProto(h.b[3]) }

// Epoch returns the send time in seconds since 1970.
func (h AYIYA) Epoch() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Identity returns the sender's identity, usually an IPv6 address.
func (h AYIYA) Identity() []byte { return cut(h.b[ayiyaMinLen:], 1<<(h.b[0]>>4)) }

// Bytes returns the header and payload.
func (h AYIYA) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h AYIYA) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h AYIYA) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "operation %d %v", h.Operation(), h.NextHeader()), nil
}
