package layers

import "fmt"

// A shim is a view of a header of kind, of which a Decoder reads only what leads
// to the payload.
type shim struct {
	b    []byte
	kind Kind
}

// parseShim returns the Parse function of a kind whose view is a shim.
func parseShim(kind Kind) func([]byte) (shim, error) {
	return func(b []byte) (shim, error) {
		need, size, _, r := step(kind, b)
		if r != 0 {
			return shim{}, fail(kind, r, b, need)
		}
		return shim{cut(b, size), kind}, nil
	}
}

// headerLen returns the length of the header in bytes.
func (h shim) headerLen() int { hdr, _, _, _ := step(h.kind, h.b); return hdr }

// Bytes returns the header and payload.
func (h shim) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h shim) Payload() []byte { return h.b[h.headerLen():] }

// AppendText appends a short description to dst.
func (h shim) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "header %d", h.headerLen()), nil
}
