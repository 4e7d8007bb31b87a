package layers

import "iter"

// An Option is an option of an IPv4 or TCP header or a DHCPv4 message, which
// calls its kind code. Data excludes kind and length, and aliases the packet.
type Option struct {
	Kind uint8
	Data []byte
}

// The two one-byte options of IPv4 (RFC 791 section 3.1) and TCP (RFC 9293
// section 3.2).
const (
	optionEnd = 0
	optionNop = 1
)

// options returns the options in b, up to the end-of-list option or the first
// malformed one.
func options(b []byte) iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for len(b) > 0 {
			o, n := nextOption(b)
			if n == 0 || !yield(o) {
				return
			}
			b = b[n:]
		}
	}
}

// nextOption returns the option at the start of b and its length, 0 if there is
// none.
func nextOption(b []byte) (Option, int) {
	switch b[0] {
	case optionEnd:
		return Option{}, 0
	case optionNop:
		return Option{Kind: optionNop}, 1
	}
	if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
		return Option{}, 0
	}
	return Option{b[0], b[2:b[1]:b[1]]}, int(b[1])
}
