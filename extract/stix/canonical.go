package stix

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendJSON appends the JSON form of a property's value: a string, bool, int64,
// []string, or an Object. The form is that of RFC 8785 but for the order of
// properties, which is theirs.
func appendJSON(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendString(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case []string:
		for i, s := range v {
			dst = appendString(append(dst, "[,"[min(i, 1)]), s)
		}
		return append(dst, ']')
	case Object:
		return appendObject(dst, v)
	}
	return append(dst, "null"...)
}

func appendObject(dst []byte, o Object) []byte {
	dst = append(dst, '{')
	for i, p := range o {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(append(appendString(dst, p.Name), ':'), p.Value)
	}
	return append(dst, '}')
}

// canonical returns o with its properties in the order of RFC 8785, at all depths.
// Names are ASCII, so the order of bytes is that of UTF-16 code units.
func canonical(o Object) Object {
	o = slices.Clone(o)
	for i := range o {
		if inner, ok := o[i].Value.(Object); ok {
			o[i].Value = canonical(inner)
		}
	}
	slices.SortFunc(o, func(a, b Property) int { return cmp.Compare(a.Name, b.Name) })
	return o
}

const hexDigits = "0123456789abcdef"

// appendString appends a string literal (RFC 8785 section 3.2.2.2). It replaces
// invalid UTF-8 by U+FFFD.
func appendString(dst []byte, s string) []byte {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\b':
			dst = append(dst, `\b`...)
		case c == '\t':
			dst = append(dst, `\t`...)
		case c == '\n':
			dst = append(dst, `\n`...)
		case c == '\f':
			dst = append(dst, `\f`...)
		case c == '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, `\u00`...)
			dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(dst, '"')
}
