package misp

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// What Normalize's errors wrap.
var (
	ErrType  = errors.New("unknown attribute type")
	ErrValue = errors.New("value that MISP refuses")
)

// maxValue is the most bytes of a value that MISP's database holds.
const maxValue = 65535

// maxPasses is how often a server may see a value and change it.
const maxPasses = 8

// Normalize returns value in the form in which a MISP server stores it for
// attributes of type t, or an error that says why the server refuses it, which
// wraps ErrType or ErrValue. It does what the server does, in its order: trim
// white space, undo what made the value harmless ("hxxp", "[.]"), bring it into
// the form of its type, and check that. A character beyond the basic
// multilingual plane becomes "?", as it does in MISP's database.
//
// What Normalize returns, a server stores unchanged: a value that the server
// would change again ("[[.]]" loses one pair of brackets at a time) goes through
// until it stays, and is refused if it does not. Refused is also what is no
// UTF-8, as JSON cannot carry it. Of dates Normalize knows fewer forms than a
// server; FormatTime makes the best one.
//
// A value that is in its form already is returned as it is, in most types
// without allocation.
func Normalize(t Type, value string) (string, error) {
	r, ok := rules[t]
	if !ok {
		return "", fmt.Errorf("misp: %w %.64q", ErrType, t)
	}
	if !utf8.ValidString(value) {
		return "", refuse(t, value, "it is no UTF-8")
	}
	v := value
	for range maxPasses {
		stored, why := r.store(t, v)
		switch {
		case why != "":
			return "", refuse(t, value, why)
		case stored == v:
			return v, nil
		}
		v = stored
	}
	return "", refuse(t, value, "a server changes it each time")
}

// refuse makes the error for a value, of which it shows the beginning.
func refuse(t Type, value, why string) error {
	return fmt.Errorf("misp: %w: %s %.80q: %s", ErrValue, t, value, why)
}

// store returns what a server stores for v, or why it refuses it.
func (r rule) store(t Type, v string) (stored, why string) {
	v, why = r.form(bmp(refang(t, trim(v))))
	switch {
	case why != "":
	case trim(v) == "":
		why = "it is empty"
	case isControls(v):
		why = "it has control characters only"
	case t.Composite() && !isPair(v):
		why = "it is not two parts with one | between them"
	case len(v) > maxValue:
		why = "it has more than 65535 bytes"
	}
	return v, why
}

// trim removes what PHP's trim removes.
func trim(s string) string {
	if s != "" && s[0] > ' ' && s[len(s)-1] > ' ' {
		return s
	}
	return strings.Trim(s, " \t\n\r\x00\v")
}

var (
	dots    = strings.NewReplacer("[.]", ".", "[dot]", ".", "(dot)", ".")
	schemes = strings.NewReplacer("[hxxp://]", "http://")
	colons  = strings.NewReplacer("[:]", ":")
	ats     = strings.NewReplacer("[@]", "@", "[at]", "@")
)

// refang undoes what people do to make a value harmless, for the types for which
// a server does so.
func refang(t Type, s string) string {
	switch t {
	case URL, Link:
		s = refangScheme(s)
	case IPSrc, IPDst, Domain, DomainIP, Hostname, Email, EmailSrc, EmailDst:
	default:
		return s
	}
	if !strings.ContainsAny(s, "[(") {
		return s
	}
	s = dots.Replace(s)
	switch t {
	case URL, Link:
		return colons.Replace(schemes.Replace(s))
	case Email, EmailSrc, EmailDst:
		return ats.Replace(s)
	}
	return s
}

func refangScheme(s string) string {
	for _, p := range [...]string{"hxxp", "hxtp", "htxp", "meow", "h[tt]p"} {
		if len(s) >= len(p) && strings.EqualFold(s[:len(p)], p) {
			return "http" + s[len(p):]
		}
	}
	return s
}

// bmp replaces the characters that take four bytes.
func bmp(s string) string {
	for i := range len(s) {
		if s[i] >= 0xf0 {
			return strings.Map(narrow, s)
		}
	}
	return s
}

func narrow(r rune) rune {
	if r > 0xffff {
		return '?'
	}
	return r
}

// isControls reports whether s is of control characters only.
func isControls(s string) bool {
	for _, c := range []byte(s) {
		if c >= ' ' && c != 0x7f {
			return false
		}
	}
	return true
}

// isPair reports whether s has one "|" and no part of control characters only.
func isPair(s string) bool {
	a, b, ok := strings.Cut(s, "|")
	return ok && !strings.Contains(b, "|") && (a == "" || !isControls(a)) && (b == "" || !isControls(b))
}

// lower turns ASCII letters into lower case, and no others.
func lower(s string) string { return mapASCII(s, 'A', 'Z', 'a'-'A') }

// upper is its opposite.
func upper(s string) string { return mapASCII(s, 'a', 'z', -('a' - 'A')) }

// mapASCII adds shift to the bytes from first to last.
func mapASCII(s string, first, last byte, shift int) string {
	for i := range len(s) {
		if first <= s[i] && s[i] <= last {
			b := []byte(s)
			for ; i < len(b); i++ {
				if first <= b[i] && b[i] <= last {
					b[i] = byte(int(b[i]) + shift)
				}
			}
			return string(b)
		}
	}
	return s
}

// only reports whether s is not empty and every byte of it is in a set.
func only(s string, in func(c byte) bool) bool {
	for i := range len(s) {
		if !in(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isAlnum(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
