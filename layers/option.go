package layers

import "iter"

// An Option is one option of an IPv4 or TCP header, or of a DHCPv4 message, where
// its kind is called code. Data excludes kind and length, and aliases the packet.
type Option struct {
	Kind uint8
	Data []byte
}

// The two options of one byte, which IPv4 (RFC 791 section 3.1) and TCP (RFC
// 9293 section 3.2) share.
const (
	optionEnd = 0
	optionNop = 1
)

// options returns the options in b, up to the end-of-list option, the end of
// b, or the first option that is malformed.
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

// nextOption returns the option that b begins with and its length, 0 when
// there is none.
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
