package layers

import "strconv"

//go:generate go run ../internal/gen/kinds

// A Kind names a layer. Values from KindUser up are free for callers.
type Kind uint8

const (
	// KindUser is the first Kind that is free for callers.
	KindUser Kind = 128

	// kindHDLC is what PPP links carry: PPP, or Cisco HDLC in its place.
	kindHDLC Kind = KindUser - 1
)

// String returns the layer's name.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}
