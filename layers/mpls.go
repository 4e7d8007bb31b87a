package layers

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// MPLS label stack entry (RFC 3032 section 2.1): 20-bit label, 3-bit traffic
// class, bottom of stack, time to live.
const (
	mplsLen    = 4
	mplsBottom = 1 << 8
)

// MPLS is a view of a complete label stack and its payload (RFC 3032 section
// 2.1). [ParseMPLS] and [Packet.MPLS] return one.
type MPLS struct{ b []byte }

// ParseMPLS checks that b begins with a label stack that has a bottom and
// returns a view of it that aliases b. The error is Short, or TooDeep for a
// stack of more than 64 KiB.
func ParseMPLS(b []byte) (MPLS, error) {
	if need, _, _, r := stepMPLS(b); r != 0 {
		return MPLS{}, fail(KindMPLS, r, b, need)
	}
	return MPLS{cut(b, len(b))}, nil
}

func stepMPLS(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	for bottom := false; !bottom; hdr += mplsLen {
		if len(b) < hdr+mplsLen {
			return hdr + mplsLen, 0, 0, wire.Short
		}
		if hdr > maxHeaderLen-mplsLen {
			return 0, 0, 0, wire.TooDeep
		}
		bottom = binary.BigEndian.Uint32(b[hdr:])&mplsBottom != 0
	}
	return hdr, len(b), pseudowireKind(b[hdr:]), 0
}

// An MPLSLabel is an entry of a label stack (RFC 3032 section 2.1).
type MPLSLabel struct {
	Label uint32 // 20 bits
	Class uint8  // traffic class (RFC 5462), 3 bits
	TTL   uint8
}

// Labels returns the entries, top first.
func (h MPLS) Labels() iter.Seq[MPLSLabel] {
	return func(yield func(MPLSLabel) bool) {
		for b := h.b; ; b = b[mplsLen:] {
			e := binary.BigEndian.Uint32(b)
			if !yield(MPLSLabel{e >> 12, uint8(e >> 9 & 7), uint8(e)}) || e&mplsBottom != 0 {
				return
			}
		}
	}
}

// HeaderLen returns the length of the stack in bytes.
func (h MPLS) HeaderLen() int {
	n := 0
	for range h.Labels() {
		n += mplsLen
	}
	return n
}

// Bytes returns the stack and payload.
func (h MPLS) Bytes() []byte { return h.b }

// Payload returns the bytes after the stack.
func (h MPLS) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h MPLS) AppendText(dst []byte) ([]byte, error) {
	sep := "label "
	for l := range h.Labels() {
		dst = append(dst, sep...)
		dst = strconv.AppendUint(dst, uint64(l.Label), 10)
		sep = "/"
	}
	return dst, nil
}
