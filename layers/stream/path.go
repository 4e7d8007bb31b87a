package stream

import (
	"iter"
	"strings"
)

// maxPath limits how many protocols a Path holds. Where more carried a message,
// the innermost takes the place of the last.
const maxPath = 15

// A Path says what carried a message, outermost first: TCP; TCP, CONNECT; UDP,
// QUIC. Paths can be compared with ==. The zero Path is empty.
type Path struct {
	n      uint8
	protos [maxPath]Proto
}

// pathOf returns the path of one protocol.
func pathOf(p Proto) Path { return Path{n: 1, protos: [maxPath]Proto{p}} }

// with returns p with an innermost protocol added.
func (p Path) with(q Proto) Path {
	p.n = min(p.n+1, maxPath)
	p.protos[p.n-1] = q
	return p
}

// Len returns how many protocols carried the message.
func (p Path) Len() int { return int(p.n) }

// At returns one of them, 0 being the outermost. It panics if i is not in
// [0, Len).
func (p Path) At(i int) Proto { return p.protos[:p.n][i] }

// All returns an iterator over them, outermost first.
func (p Path) All() iter.Seq[Proto] {
	return func(yield func(Proto) bool) {
		for _, q := range p.protos[:p.n] {
			if !yield(q) {
				return
			}
		}
	}
}

// Innermost returns the last of them, Unknown when there is none.
func (p Path) Innermost() Proto {
	if p.n == 0 {
		return Unknown
	}
	return p.protos[p.n-1]
}

// Has reports whether q is one of them.
func (p Path) Has(q Proto) bool {
	for _, have := range p.protos[:p.n] {
		if have == q {
			return true
		}
	}
	return false
}

// String returns their names, outermost first: "TCP > CONNECT".
func (p Path) String() string {
	names := make([]string, 0, maxPath)
	for q := range p.All() {
		names = append(names, q.String())
	}
	return strings.Join(names, " > ")
}
