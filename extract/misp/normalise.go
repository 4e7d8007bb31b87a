package misp

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// What Normalize's errors wrap.
var (
	ErrType  = errors.New("unknown attribute type")
	ErrValue = errors.New("value that MISP refuses")
)

// maxValue is the most bytes of a value that MISP's database holds.
const maxValue = 65535

// Normalize returns value in the form in which a MISP server stores it for
// attributes of type t, or an error that says why the server refuses it, which
// wraps ErrType or ErrValue. What is not UTF-8 is refused, as JSON cannot
// carry it. A character beyond the basic multilingual plane becomes "?", as it
// does in MISP's database.
func Normalize(t Type, value string) (string, error) {
	r, ok := ruleOf(t)
	if !ok {
		return "", fmt.Errorf("misp: %w %q", ErrType, t)
	}
	if !utf8.ValidString(value) {
		return "", refuse(t, value, "it is no UTF-8")
	}
	v, err := r.normalise(refang(t, trim(value)))
	switch {
	case err != nil:
		return "", refuse(t, value, err.Error())
	case strings.Trim(v, controls) == "":
		return "", refuse(t, value, "it is empty")
	case len(v) > maxValue:
		return "", refuse(t, value[:64], "it has more than 65535 bytes")
	}
	return bmp(v), nil
}

func refuse(t Type, value, why string) error {
	return fmt.Errorf("misp: %w: %s %q: %s", ErrValue, t, value, why)
}

// trim removes what PHP's trim removes.
func trim(s string) string { return strings.Trim(s, " \t\n\r\x00\v") }

const controls = "\x00\x01\x02\x03\x04\x05\x06\x07\b\t\n\v\f\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"

// bmp replaces the characters that take four bytes.
func bmp(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return '?'
		}
		return r
	}, s)
}

var (
	dots   = strings.NewReplacer("[.]", ".", "[dot]", ".", "(dot)", ".")
	schema = strings.NewReplacer("[hxxp://]", "http://", "[:]", ":")
)

// refang undoes what people do to make a value harmless, as the server does.
func refang(t Type, s string) string {
	switch t {
	case UserAgent:
		return s
	case URL:
		for _, p := range []string{"hxxp", "hxtp", "htxp", "meow", "h[tt]p"} {
			if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
				s = "http" + s[len(p):]
				break
			}
		}
		return schema.Replace(dots.Replace(s))
	}
	return dots.Replace(s)
}

func oneLine(s string) (string, error) {
	if strings.Contains(s, "\n") {
		return "", errors.New("it has a line end")
	}
	return s, nil
}

func normaliseURL(s string) (string, error) { return oneLine(s) }

// normaliseAddr takes an address, or a prefix of one.
func normaliseAddr(s string) (string, error) {
	text, length, isPrefix := strings.Cut(s, "/")
	a, err := addr(text)
	if err != nil || !isPrefix {
		return a, err
	}
	bits := 32
	if strings.Contains(a, ":") {
		bits = 128
	}
	n, err := strconv.ParseUint(length, 10, 8)
	if err != nil || int(n) > bits {
		return "", errors.New("its prefix length is wrong")
	}
	if int(n) == bits {
		return a, nil
	}
	return a + "/" + length, nil
}

// addr returns an address in normal form. The server leaves an IPv6 address
// that begins with a colon as it is.
func addr(s string) (string, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return "", errors.New("it is no IP address")
	}
	if strings.HasPrefix(s, ":") {
		return s, nil
	}
	return a.String(), nil
}

func normaliseHostname(s string) (string, error) {
	s = lower(s)
	if !isHostname(s) {
		return "", errors.New("it is no host name")
	}
	return s, nil
}

func normaliseDomain(s string) (string, error) {
	s = lower(strings.Trim(s, "."))
	if isHostname(s) {
		return s, nil
	}
	ascii, err := idna.Lookup.ToASCII(s)
	if err != nil || !isHostname(ascii) {
		return "", errors.New("it is no domain name")
	}
	return ascii, nil
}

func normaliseDomainIP(s string) (string, error) {
	parts := strings.Split(s, "|")
	if len(parts) < 2 {
		return "", errors.New("it is no domain and address with | between them")
	}
	d, err := normaliseDomain(parts[0])
	if err != nil {
		return "", err
	}
	a, err := normaliseAddr(parts[1])
	if err != nil || strings.Contains(a, "/") {
		return "", errors.New("its second part is no IP address")
	}
	return d + "|" + a, nil
}

// isHostname applies the server's pattern: letters, digits, dots, hyphens and
// underscores, and a last label of at least two characters without underscore.
func isHostname(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 1 || len(s)-dot-1 < 2 || strings.Contains(s[dot:], "_") {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '.', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// lower turns ASCII letters into lower case, and no others.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
