package misp

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The errors that those of Normalize wrap.
var (
	ErrType  = errors.New("unknown attribute type")
	ErrValue = errors.New("value rejected by MISP")
)

// maxValue is the most bytes of a value in MISP's database.
const maxValue = 65535

// maxPasses limits how many times Normalize applies the server's rules to a value.
const maxPasses = 8

// Normalize returns value in the form in which a MISP server stores it for attributes
// of type t, or an error that says why the server rejects it. The error wraps ErrType
// or ErrValue.
//
// Normalize performs the server's steps: trim white space, refang ("hxxp", "[.]"),
// convert the value to the form of its type, and validate it. A character beyond the
// basic multilingual plane becomes "?", as it does in MISP's database.
//
// A server stores the result unchanged: a value that the server would change again
// ("[[.]]" loses one pair of brackets at a time) is normalised until it no longer
// changes, or rejected. Invalid UTF-8 is rejected too, as JSON cannot represent it.
// Normalize accepts fewer date formats than a server; use FormatTime.
//
// If the value is in the server's form already, Normalize returns it without
// allocation for most types.
func Normalize(t Type, value string) (string, error) {
	r, ok := rules[t]
	if !ok {
		return "", fmt.Errorf("misp: %w %.64q", ErrType, t)
	}
	if !utf8.ValidString(value) {
		return "", refuse(t, value, "not valid UTF-8")
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
	return "", refuse(t, value, "a server changes it every time")
}

// refuse returns an error that wraps ErrValue and quotes the beginning of value.
func refuse(t Type, value, why string) error {
	return fmt.Errorf("misp: %w: %s %.80q: %s", ErrValue, t, value, why)
}

// store returns the value that a server stores for v, or why it rejects it.
func (r rule) store(t Type, v string) (stored, why string) {
	v, why = r.form(bmp(refang(t, trim(v))))
	switch {
	case why != "":
	case trim(v) == "":
		why = "empty"
	case isControls(v):
		why = "only control characters"
	case t.Composite() && !isPair(v):
		why = "not two parts separated by one |"
	case len(v) > maxValue:
		why = "longer than 65535 bytes"
	}
	return v, why
}

// trim removes the characters that PHP's trim does.
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

// refang reverses the defanging of a value, for the types for which a server does so.
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

// bmp replaces the characters beyond the basic multilingual plane, which take four
// bytes in UTF-8.
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

// isControls reports whether s has no other characters than control characters.
func isControls(s string) bool {
	for _, c := range []byte(s) {
		if c >= ' ' && c != 0x7f {
			return false
		}
	}
	return true
}

// isPair reports whether s has exactly one "|", and neither part consists of control
// characters.
func isPair(s string) bool {
	a, b, ok := strings.Cut(s, "|")
	return ok && !strings.Contains(b, "|") && (a == "" || !isControls(a)) && (b == "" || !isControls(b))
}

// lower converts ASCII letters to lower case.
func lower(s string) string { return mapASCII(s, 'A', 'Z', 'a'-'A') }

// upper converts ASCII letters to upper case.
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

// only reports whether s is not empty and in returns true for each of its bytes.
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
