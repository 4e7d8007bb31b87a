// Package wire holds what the packages of single protocols share: why bytes do
// not decode, and hardware addresses.
package wire

import (
	"fmt"
	"strconv"
)

// A Reason says why bytes could not be decoded. It is an error, and costs no
// allocation to return.
type Reason uint8

const (
	// Short: the bytes given, or the length that an enclosing header states,
	// end inside the header.
	Short Reason = iota + 1
	// Truncated: the capture ends inside the header; on the wire it was longer.
	Truncated
	// Malformed: the header contradicts itself or its specification.
	Malformed
	// TooDeep: the packet has more layers than layers.MaxLayers.
	TooDeep
)

// Error returns the reason in a few words.
func (r Reason) Error() string {
	switch r {
	case Short:
		return "too short"
	case Truncated:
		return "cut by the capture"
	case Malformed:
		return "malformed"
	case TooDeep:
		return "too many layers"
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Err returns r as an error, nil when r is 0.
func (r Reason) Err() error {
	if r == 0 {
		return nil
	}
	return r
}

// An Error is a Reason with its place. errors.Is(err, wire.Truncated) and the
// like work. Lengths and offsets are in bytes.
type Error struct {
	Layer  string // the header or message that could not be decoded, such as "IPv4"
	Reason Reason // why
	Offset int    // where it starts in the packet, or where in the message the fault is
	Have   int    // how many bytes there are from Offset on
	Need   int    // how many it needs at least; 0: not known
	By     string // the layer whose length field says that there are no more; "": the bytes given end there
}

// Error says what failed, where and why, as in
// "UDP at byte 34: too short (have 5, need 8, by the length of IPv4)".
func (e *Error) Error() string {
	b := append([]byte(nil), e.Layer...)
	if e.Offset > 0 {
		b = strconv.AppendInt(append(b, " at byte "...), int64(e.Offset), 10)
	}
	b = append(append(b, ": "...), e.Reason.Error()...)
	b = strconv.AppendInt(append(b, " (have "...), int64(e.Have), 10)
	if e.Need > 0 {
		b = strconv.AppendInt(append(b, ", need "...), int64(e.Need), 10)
	}
	if e.By != "" {
		b = append(append(b, ", by the length of "...), e.By...)
	}
	return string(append(b, ')'))
}

// Unwrap returns the Reason.
func (e *Error) Unwrap() error { return e.Reason }

// Fail returns the Error of a header or message that begins at offset 0 and of
// which have bytes are there. It needs at least need bytes; that is left out
// where it is not more than have.
func Fail(layer string, r Reason, have, need int) error {
	if need <= have {
		need = 0
	}
	return &Error{Layer: layer, Reason: r, Have: have, Need: need}
}
