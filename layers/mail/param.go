package mail

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
)

// Params is a view of a field body with a value and parameters, such as
// Content-Type (RFC 2045 section 5.1) and Content-Disposition (RFC 2183 section
// 2; in HTTP RFC 6266 section 4): value; name=value; ...
type Params struct{ b []byte }

// ParseParams returns a view of a field's body. It accepts anything, including
// unquoted values with spaces and unterminated quotes.
func ParseParams(body []byte) Params { return Params{body} }

// Value returns the text before the first parameter, empty if the field begins
// with a parameter.
func (p Params) Value() []byte {
	v, _ := p.split()
	return text.TrimSpace(v)
}

// split returns value and parameters. Some servers omit the value and send only
// filename=x.exe, which browsers and Python's email package accept.
func (p Params) split() (value, params []byte) {
	if _, equals := paramLen(p.b); equals >= 0 {
		if name := text.TrimSpace(p.b[:equals]); len(name) > 0 && text.TokenLen(name) == len(name) {
			return nil, p.b
		}
	}
	value, params, _ = bytes.Cut(p.b, []byte{';'})
	return value, params
}

// All returns the parameters in order: names, and values as sent but without
// quotes. Inside quotes a backslash escapes only a quote or a backslash,
// because programs put Windows paths there.
func (p Params) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		_, b := p.split()
		for len(b) > 0 {
			n, equals := paramLen(b)
			if equals >= 0 {
				name, value := text.TrimSpace(b[:equals]), text.TrimSpace(b[equals+1:n])
				if len(value) > 0 && value[0] == '"' {
					value = bytes.TrimSuffix(value[1:], []byte{'"'})
				}
				if len(name) > 0 && !yield(name, value) {
					return
				}
			}
			b = b[min(n+1, len(b)):]
		}
	}
}

// paramLen returns the length of the parameter at the start of b, up to a
// semicolon outside of quotes, and the offset of its equals sign, or -1.
func paramLen(b []byte) (n, equals int) {
	equals = -1
	quoted, begun := false, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\' && quoted && i+1 < len(b) && (b[i+1] == '"' || b[i+1] == '\\'):
			i++
		case c == '"' && equals >= 0 && !begun:
			quoted, begun = true, true
		case c == '"' && quoted:
			quoted = false
		case c == ';' && !quoted:
			return i, equals
		case c == '=' && equals < 0:
			equals = i
		case equals >= 0 && !text.IsSpace(c) && c != '\r' && c != '\n':
			begun = true
		}
	}
	return len(b), equals
}

// maxContinuations limits the parts of a parameter.
const maxContinuations = 100

// Get returns the decoded value of a parameter, ignoring the case of its name:
// joined and decoded from its continuations and charset (RFC 2231), or from
// encoded words, which RFC 2047 forbids here but senders use. A value in an
// unknown charset is not converted. Get returns "" if the parameter is absent.
func (p Params) Get(name string) string { return Charset(nil).Param(p, name) }

// Param is [Params.Get], with the charsets that c knows.
func (c Charset) Param(p Params, name string) string {
	var plain []byte
	var parts [maxContinuations][]byte
	var escaped [maxContinuations]bool
	count, found := 0, false
	for n, value := range p.All() {
		i, esc, ok := continuation(n, name)
		switch {
		case !ok:
		case i < 0 && plain == nil:
			plain = value
		case i >= 0 && parts[i] == nil:
			parts[i], escaped[i], found = value, esc, true
			count = max(count, i+1)
		}
	}
	if found && parts[0] != nil {
		return joinContinuations(parts[:count], escaped[:count], c)
	}
	return c.Text(unquotePairs(plain))
}

// AppendText appends the body as sent to dst, in printable ASCII.
func (p Params) AppendText(dst []byte) ([]byte, error) {
	return text.AppendEscaped(dst, p.b), nil
}

// String returns the text that AppendText appends.
func (p Params) String() string { b, _ := p.AppendText(nil); return string(b) }

// continuation reports whether parameter n is name or a part of it: name*,
// name*0, name*0* (RFC 2231 sections 3 and 4). The index is -1 for name itself.
func continuation(n []byte, name string) (index int, escaped, ok bool) {
	if len(n) < len(name) || !text.EqualFold(n[:len(name)], name) {
		return 0, false, false
	}
	n = n[len(name):]
	if len(n) == 0 {
		return -1, false, true
	}
	if n[0] != '*' {
		return 0, false, false
	}
	digits, star := bytes.CutSuffix(n[1:], []byte{'*'})
	if len(n) == 1 {
		return 0, true, true
	}
	i, err := strconv.Atoi(string(digits))
	return i, star, err == nil && 0 <= i && i < maxContinuations
}

// joinContinuations joins the parts up to the first missing one. The first part
// begins with charset and language if it is escaped.
func joinContinuations(parts [][]byte, escaped []bool, c Charset) string {
	var charset, text []byte
	for i, v := range parts {
		if v == nil {
			break
		}
		if i == 0 && escaped[0] {
			if label, rest, ok := bytes.Cut(v, []byte{'\''}); ok {
				charset = label
				_, v, _ = bytes.Cut(rest, []byte{'\''})
			}
		}
		if escaped[i] {
			text = appendPercent(text, v)
		} else {
			text = append(text, unquotePairs(v)...)
		}
	}
	if s, ok := c.decode(string(charset), text); ok {
		return s
	}
	return string(text)
}

func appendPercent(dst, b []byte) []byte {
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) {
			if v, err := strconv.ParseUint(string(b[i+1:i+3]), 16, 8); err == nil {
				dst = append(dst, byte(v))
				i += 2
				continue
			}
		}
		dst = append(dst, b[i])
	}
	return dst
}

// unquotePairs removes the backslashes of quoted-pairs and the line ends of
// folding.
func unquotePairs(b []byte) []byte {
	if bytes.IndexByte(b, '\\') < 0 && bytes.IndexByte(b, '\n') < 0 {
		return b
	}
	var out []byte
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) && (b[i+1] == '"' || b[i+1] == '\\') {
			i++
		} else if b[i] == '\r' || b[i] == '\n' {
			continue
		}
		out = append(out, b[i])
	}
	return out
}
