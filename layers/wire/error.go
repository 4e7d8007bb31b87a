// Package wire defines the errors and hardware addresses that the protocol
// packages share.
package wire

import (
	"fmt"
	"strconv"
)

// A Reason is the reason why bytes could not be decoded. It is an error that
// does not allocate.
type Reason uint8

const (
	// Short means that the bytes given, or the length in an enclosing header,
	// end inside the header.
	Short Reason = iota + 1
	// Truncated means that the capture ends inside the header, but the wire did
	// not.
	Truncated
	// Malformed means that the header is inconsistent or violates its
	// specification.
	Malformed
	// TooDeep means that the packet has more than layers.MaxLayers layers.
	TooDeep
)

// Error returns the reason as text.
func (r Reason) Error() string {
	switch r {
	case Short:
		return "too short"
	case Truncated:
		return "truncated by the capture"
	case Malformed:
		return "malformed"
	case TooDeep:
		return "too many layers"
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Err returns r as an error, or nil if r is 0.
func (r Reason) Err() error {
	if r == 0 {
		return nil
	}
	return r
}

// An Error is a Reason with its location. It unwraps to the Reason, so that
// errors.Is(err, wire.Truncated) works. Lengths and offsets are in bytes.
type Error struct {
	Layer  string // the header or message that could not be decoded, such as "IPv4"
	Reason Reason // why
	Offset int    // start of the header in the packet, or of the fault in the message
	Have   int    // bytes available from Offset on
	Need   int    // minimum bytes needed, 0 if unknown
	By     string // the layer whose length field ends the bytes, "" if the bytes given end
}

// Error returns the layer, the location and the reason, as in "UDP at byte 34:
// too short (have 5, need 8, by the length of IPv4)".
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

// Fail returns the Error of a header or message at offset 0. Of at least need
// bytes, have are available. Fail ignores a need that does not exceed have.
func Fail(layer string, r Reason, have, need int) error {
	if need <= have {
		need = 0
	}
	return &Error{Layer: layer, Reason: r, Have: have, Need: need}
}
