// Package huffman decodes the integers and strings of RFC 7541 section 5, which HTTP/2
// (HPACK) and HTTP/3 (QPACK) share, and the Huffman code of its appendix B.
package huffman

import "errors"

// ErrInvalid is returned for bytes that no encoder writes: they contain EOS, or
// their padding is a byte or longer or has a zero bit (RFC 7541 section 5.2).
var ErrInvalid = errors.New("invalid Huffman code")

// codes lists the symbols by the length of their codes. The code is canonical: the
// codes of one length are consecutive numbers, in the order of their symbols.
var codes = [...]struct {
	bits    uint8
	first   uint32
	symbols string
}{
	{5, 0x0, "012aceiost"},
	{6, 0x14, " %-./3456789=A_bdfghlmnpru"},
	{7, 0x5c, ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"},
	{8, 0xf8, "&*,;XZ"},
	{10, 0x3f8, "!\"()?"},
	{11, 0x7fa, "'+|"},
	{12, 0xffa, "#>"},
	{13, 0x1ff8, "\x00$@[]~"},
	{14, 0x3ffc, "^}"},
	{15, 0x7ffc, "<`{"},
	{19, 0x7fff0, "\\\xc3\xd0"},
	{20, 0xfffe6, "\x80\x82\x83\xa2\xb8\xc2\xe0\xe2"},
	{21, 0x1fffdc, "\x99\xa1\xa7\xac\xb0\xb1\xb3\xd1\xd8\xd9\xe3\xe5\xe6"},
	{22, 0x3fffd2, "\x81\x84\x85\x86\x88\x92\x9a\x9c\xa0\xa3\xa4\xa9\xaa\xad\xb2\xb5\xb9\xba\xbb\xbd\xbe\xc4\xc6\xe4\xe8\xe9"},
	{23, 0x7fffd8, "\x01\x87\x89\x8a\x8b\x8c\x8d\x8f\x93\x95\x96\x97\x98\x9b\x9d\x9e\xa5\xa6\xa8\xae\xaf\xb4\xb6\xb7\xbc\xbf\xc5\xe7\xef"},
	{24, 0xffffea, "\x09\x8e\x90\x91\x94\x9f\xab\xce\xd7\xe1\xec\xed"},
	{25, 0x1ffffec, "\xc7\xcf\xea\xeb"},
	{26, 0x3ffffe0, "\xc0\xc1\xc8\xc9\xca\xcd\xd2\xd5\xda\xdb\xee\xf0\xf2\xf3\xff"},
	{27, 0x7ffffde, "\xcb\xcc\xd3\xd4\xd6\xdd\xde\xdf\xf1\xf4\xf5\xf6\xf7\xf8\xfa\xfb\xfc\xfd\xfe"},
	{28, 0xfffffe2, "\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\xdc\xf9"},
	{30, 0x3ffffffc, "\x0a\x0d\x16"},
}

// Decode appends the decoded form of src to dst. It is at most 8/5 as long as src.
// On error the result has the symbols before it.
func Decode(dst, src []byte) ([]byte, error) {
	var window uint64 // its most significant bits are the next ones of src
	have := 0
	for {
		for have <= 56 && len(src) > 0 {
			window |= uint64(src[0]) << (56 - have)
			have += 8
			src = src[1:]
		}
		symbol, bits := next(uint32(window >> 32))
		if bits == 0 || bits > have {
			return dst, padding(window, have)
		}
		dst = append(dst, symbol)
		window <<= bits
		have -= bits
	}
}

// next returns the first symbol of the code in w, and the length of its code, or 0 if
// w begins with EOS.
func next(w uint32) (symbol byte, bits int) {
	for i := range codes {
		c := &codes[i]
		if n := int(w>>(32-c.bits)) - int(c.first); n < len(c.symbols) {
			return c.symbols[n], int(c.bits)
		}
	}
	return 0, 0
}

// padding checks the bits after the last code.
func padding(window uint64, have int) error {
	if ones := ^uint64(0) << (64 - have); have >= 8 || window&ones != ones {
		return ErrInvalid
	}
	return nil
}
