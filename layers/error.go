package layers

import "fmt"

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
	// TooDeep: the packet has more layers than MaxLayers.
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

// err returns r as an error, nil when r is 0.
func (r Reason) err() error {
	if r == 0 {
		return nil
	}
	return r
}

// An Error is a Reason with its place in the packet.
// errors.Is(err, layers.Truncated) and the like work.
type Error struct {
	Kind   Kind   // the layer that could not be decoded
	Reason Reason // why
	Offset int    // where that layer starts in the packet, in bytes
	Have   int    // bytes that are there from Offset on
}

// Error says what failed, where and why.
func (e *Error) Error() string {
	return fmt.Sprintf("layers: %v at byte %d: %v (%d bytes there)", e.Kind, e.Offset, e.Reason, e.Have)
}

// Unwrap returns the Reason.
func (e *Error) Unwrap() error { return e.Reason }
