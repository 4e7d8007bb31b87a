package layers

import "strconv"

//go:generate go run ../internal/gen/kinds

// A Kind identifies a layer type. Values from KindUser on are available to
// callers.
type Kind uint8

const (
	// KindUser is the first Kind available to callers.
	KindUser Kind = 128

	// kindHDLC is the payload of a PPP link, which may be Cisco HDLC instead of
	// PPP.
	kindHDLC Kind = KindUser - 1
)

// String returns the layer's name.
func (k Kind) String() string {
	if k < kindCount {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}
