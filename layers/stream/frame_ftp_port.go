package stream

import (
	"bytes"
	"strconv"
)

// portOfPORT returns the port in h1,h2,h3,h4,p1,p2 (RFC 959 section 4.1.2), or
// 0.
func portOfPORT(arg []byte) uint16 {
	fields := bytes.Split(arg, []byte{','})
	if len(fields) != 6 {
		return 0
	}
	hi, err1 := strconv.ParseUint(string(bytes.TrimSpace(fields[4])), 10, 8)
	lo, err2 := strconv.ParseUint(string(bytes.TrimSpace(fields[5])), 10, 8)
	if err1 != nil || err2 != nil {
		return 0
	}
	return uint16(hi<<8 | lo)
}

// portOfPASV returns the port in a 227 reply: the last two of six numbers. The
// parentheses around them are customary, but not required (RFC 1123 section
// 4.1.2.6). Some servers write spaces after the commas.
func portOfPASV(text []byte) uint16 {
	for len(text) > 0 {
		start := bytes.IndexAny(text, "0123456789")
		if start < 0 {
			return 0
		}
		if port := portOfPORT(sixNumbers(text[start:])); port != 0 {
			return port
		}
		text = text[start:]
		text = text[len(text)-len(bytes.TrimLeft(text, "0123456789")):]
	}
	return 0
}

// sixNumbers returns the six numbers at the beginning of b, with the commas and
// spaces between them, or nil.
func sixNumbers(b []byte) []byte {
	off := 0
	for n := 1; ; n++ {
		digits := off
		for off < len(b) && off < digits+3 && '0' <= b[off] && b[off] <= '9' {
			off++
		}
		switch {
		case off == digits:
			return nil
		case n == 6:
			return b[:off]
		}
		off += len(b[off:]) - len(bytes.TrimLeft(b[off:], " "))
		if off == len(b) || b[off] != ',' {
			return nil
		}
		off++
		off += len(b[off:]) - len(bytes.TrimLeft(b[off:], " "))
	}
}

// portOfEPRT returns the port in |1|132.235.1.2|6275| (RFC 2428 section 2). The
// first character is the delimiter.
func portOfEPRT(arg []byte) uint16 {
	if len(arg) == 0 {
		return 0
	}
	fields := bytes.Split(arg, arg[:1])
	if len(fields) != 5 {
		return 0
	}
	port, _ := strconv.ParseUint(string(fields[3]), 10, 16)
	return uint16(port)
}

// portOfEPSV returns the port in a 229 reply: (|||6446|) (RFC 2428 section 3).
// Any delimiter may take the place of "|". Some servers omit the parentheses, or
// fill in the protocol and the address.
func portOfEPSV(text []byte) uint16 {
	if _, inside, ok := bytes.Cut(text, []byte{'('}); ok {
		inside, _, _ = bytes.Cut(inside, []byte{')'})
		if port := portOfEPRT(bytes.TrimSpace(inside)); port != 0 {
			return port
		}
	}
	for i := range max(len(text)-3, 0) {
		if d := text[i]; d > ' ' && !isAlnum(d) && text[i+1] == d && text[i+2] == d {
			digits := text[i+3 : min(i+3+len("65535"), len(text))]
			digits = digits[:len(digits)-len(bytes.TrimLeft(digits, "0123456789"))]
			if port, err := strconv.ParseUint(string(digits), 10, 16); err == nil && port != 0 {
				return uint16(port)
			}
		}
	}
	return 0
}

func isAlnum(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' }
