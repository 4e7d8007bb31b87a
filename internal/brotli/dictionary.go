package brotli

import _ "embed"

// dictionary holds the words of RFC 7932 appendix A, the shortest first. Program
// internal/gen/brotli writes the file.
//
//go:embed dictionary.bin
var dictionary string

const (
	shortestWord = 4
	longestWord  = 24

	// changedWord is the most bytes that a transform makes of a word.
	changedWord = longestWord + 16
)

// wordBits is NDBITS of RFC 7932 section 8: how many bits number the words of a
// length.
var wordBits = [longestWord + 1]uint8{4: 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5}

// wordsAt is DOFFSET of RFC 7932 section 8: where the words of a length begin.
var wordsAt = [longestWord + 1]int{
	5: 4096, 9216, 21504, 35840, 44032, 53248, 63488, 74752, 87040, 93696, 100864, 104704, 106752, 108928, 113536,
	115968, 118528, 119872, 121280, 122016,
}

// appendWord appends a word of a length, changed by a transform, as number says
// (RFC 7932 section 8). It reports whether there is one.
func appendWord(dst []byte, number, length int) ([]byte, bool) {
	if length < shortestWord || length > longestWord {
		return dst, false
	}
	index, which := number&(1<<wordBits[length]-1), number>>wordBits[length]
	if which >= len(transforms) {
		return dst, false
	}
	at := wordsAt[length] + index*length
	word := dictionary[at : at+length]
	t := &transforms[which]
	dst = append(dst, t.prefix...)
	switch c := t.change; {
	case c >= omitLast:
		dst = append(dst, word[:max(length-int(c-omitLast)-1, 0)]...)
	case c >= omitFirst:
		dst = append(dst, word[min(int(c-omitFirst)+1, length):]...)
	default:
		dst = append(dst, word...)
		upper(dst[len(dst)-length:], c)
	}
	return append(dst, t.suffix...), true
}

// upper changes the first letter, or all, in the simple way of RFC 7932 section 8.
func upper(word []byte, c change) {
	for c != identity && len(word) > 0 {
		size := 1
		switch first := word[0]; {
		case first >= 'a' && first <= 'z':
			word[0] ^= 0x20
		case first >= 0xe0:
			size = 3
		case first >= 0xc0:
			size = 2
		}
		if size == 2 && len(word) > 1 {
			word[1] ^= 0x20
		} else if size == 3 && len(word) > 2 {
			word[2] ^= 5
		}
		if word = word[min(size, len(word)):]; c == upperFirst {
			return
		}
	}
}
