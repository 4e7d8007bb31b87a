package stream

import (
	"iter"
	"strings"
)

// maxPath limits how many protocols a Path holds. If more carried a message,
// the innermost replaces the last.
const maxPath = 15

// A Path lists the carriers of a message, outermost first: TCP; TCP, CONNECT;
// UDP, QUIC. Paths can be compared with ==. The zero Path is empty.
type Path struct {
	// The protocols, one byte each, and their number in the last byte. A framer
	// is passed two words in registers; an array it would not be.
	low, high uint64
}

const pathLen = 8 * (maxPath - 8) // the shift of the length in high

// pathOf returns the path of one protocol.
func pathOf(p Proto) Path { return Path{uint64(p), 1 << pathLen} }

// with returns p with an innermost protocol added.
func (p Path) with(q Proto) Path {
	n := p.Len()
	if n == maxPath {
		n--
		p.high &^= 0xff << (8 * (n - 8))
	} else {
		p.high += 1 << pathLen
	}
	if n < 8 {
		p.low |= uint64(q) << (8 * n)
	} else {
		p.high |= uint64(q) << (8 * (n - 8))
	}
	return p
}

// Len returns the number of protocols in the path.
func (p Path) Len() int { return int(p.high >> pathLen) }

// At returns the protocol at index i, 0 being the outermost. It panics if i is
// not in [0, Len).
func (p Path) At(i int) Proto {
	if i < 0 || i >= p.Len() {
		panic("stream: no such protocol in the Path")
	}
	if i < 8 {
		return Proto(p.low >> (8 * i))
	}
	return Proto(p.high >> (8 * (i - 8)))
}

// All returns an iterator over the protocols, outermost first.
func (p Path) All() iter.Seq[Proto] {
	return func(yield func(Proto) bool) {
		for i := range p.Len() {
			if !yield(p.At(i)) {
				return
			}
		}
	}
}

// Innermost returns the last protocol, or Unknown if the path is empty.
func (p Path) Innermost() Proto {
	if n := p.Len(); n > 0 {
		return p.At(n - 1)
	}
	return Unknown
}

// Has reports whether q is in the path.
func (p Path) Has(q Proto) bool {
	for have := range p.All() {
		if have == q {
			return true
		}
	}
	return false
}

// String returns the names of the protocols, outermost first: "TCP > CONNECT".
func (p Path) String() string {
	names := make([]string, 0, maxPath)
	for q := range p.All() {
		names = append(names, q.String())
	}
	return strings.Join(names, " > ")
}
