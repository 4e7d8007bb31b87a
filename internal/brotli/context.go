package brotli

// A contextTable gives the context of a literal by the two bytes before it: both
// numbers together (RFC 7932 section 7.1).
type contextTable struct{ last, before [256]uint8 }

// contextTables are those of the modes LSB6, MSB6, UTF8 and Signed.
var contextTables = makeContextTables()

func makeContextTables() (t [4]contextTable) {
	for i := range 256 {
		c := uint8(i)
		t[0].last[i] = c & 0x3f
		t[1].last[i] = c >> 2
		t[2].last[i], t[2].before[i] = utf8Last(c), utf8Before(c)
		t[3].last[i], t[3].before[i] = magnitude(c)<<3, magnitude(c)
	}
	return t
}

// asciiKinds has a letter for each ASCII character: its number in Lut0 of RFC 7932
// section 7.1, a quarter of it, from A.
const asciiKinds = "AAAAAAAAABBAABAAAAAAAAAAAAAAAAAACDEDDFDEGHDDIDJDLLLLLLLLLLIIGKHD" +
	"DMNNNMNNNMNNNNNMNNNNNMNNNNNGDHDDDOPPPOPPPOPPPPPOPPPPPOPPPPPGDHDA"

// utf8Last is Lut0.
func utf8Last(c uint8) uint8 {
	switch {
	case c < 0x80:
		return (asciiKinds[c] - 'A') * 4
	case c < 0xc0:
		return c & 1
	}
	return 2 + c&1
}

// utf8Before is Lut1.
func utf8Before(c uint8) uint8 {
	switch {
	case c >= 'a' && c <= 'z':
		return 3
	case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 0xe0:
		return 2
	case c > ' ' && c < 0x7f:
		return 1
	}
	return 0
}

// magnitude is Lut2.
func magnitude(c uint8) uint8 {
	for i, least := range [...]uint8{0xff, 0xf0, 0xc0, 0x80, 0x40, 0x10, 0x01} {
		if c >= least {
			return uint8(7 - i)
		}
	}
	return 0
}
