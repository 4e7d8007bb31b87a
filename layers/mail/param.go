package mail

import (
	"bytes"
	"io"
	"iter"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Params is a view of a field's body that has a value and parameters behind
// it, such as Content-Type (RFC 2045 section 5.1) and Content-Disposition (RFC
// 2183 section 2; in HTTP RFC 6266 section 4): value; name=value; ...
type Params struct{ b []byte }

// ParseParams returns a view of a field's body. It takes whatever senders
// write: values with spaces in them that should be quoted, or quotes that never
// end.
func ParseParams(body []byte) Params { return Params{body} }

// Value returns what is before the first parameter, empty when the field begins with
// that.
func (p Params) Value() []byte {
	v, _ := p.split()
	return text.TrimSpace(v)
}

// split returns value and parameters. Some servers leave the value out, and send
// filename=x.exe alone; browsers and Python's email take that.
func (p Params) split() (value, params []byte) {
	if _, equals := paramLen(p.b); equals >= 0 {
		if name := text.TrimSpace(p.b[:equals]); len(name) > 0 && text.TokenLen(name) == len(name) {
			return nil, p.b
		}
	}
	value, params, _ = bytes.Cut(p.b, []byte{';'})
	return value, params
}

// All returns the parameters in their order: the name, and the value as it was
// sent but for quotes around it. Inside quotes a backslash stands for itself
// unless a quote or a backslash follows: programs put Windows paths there.
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

// paramLen returns the length of the parameter that b begins with, up to a
// semicolon outside of quotes, and where its equals sign is, -1 for none.
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

// maxContinuations bounds the pieces that a parameter may come in.
const maxContinuations = 100

// Get returns the value of a parameter, in any case, decoded: put together from
// its continuations and their charset (RFC 2231), or from encoded words, which
// RFC 2047 forbids here and senders use. A charset that is not known leaves the
// bytes as they are. It is "" when there is no such parameter.
func (p Params) Get(name string) string {
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
		return joinContinuations(parts[:count], escaped[:count])
	}
	return Text(unquotePairs(plain))
}

// AppendText appends value and parameters to dst as they were sent. Nothing in it
// but printable ASCII comes from the sender.
func (p Params) AppendText(dst []byte) ([]byte, error) {
	return text.AppendEscaped(dst, p.b), nil
}

// String returns what AppendText appends.
func (p Params) String() string { b, _ := p.AppendText(nil); return string(b) }

// continuation reports whether a parameter is name, or a piece of it: name*,
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

// joinContinuations puts the pieces up to the first that is missing together.
// The first begins with charset and language when it is escaped.
func joinContinuations(parts [][]byte, escaped []bool) string {
	var charset, text []byte
	for i, v := range parts {
		if v == nil {
			break
		}
		if i == 0 && escaped[0] {
			if c, rest, ok := bytes.Cut(v, []byte{'\''}); ok {
				charset = c
				_, v, _ = bytes.Cut(rest, []byte{'\''})
			}
		}
		if escaped[i] {
			text = appendPercent(text, v)
		} else {
			text = append(text, unquotePairs(v)...)
		}
	}
	if s, ok := decodeCharset(string(charset), text); ok {
		return s
	}
	return string(text)
}

// appendPercent appends b with %XX decoded.
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

// unquotePairs returns b without the backslash of quoted-pairs, and without the
// line ends of folding.
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

// Text returns a field's body as text: unfolded, and with its encoded words
// decoded (RFC 2047). The charsets known are UTF-8, US-ASCII, ISO-8859-1 and
// Windows-1252; a body with words in another stays encoded.
func Text(body []byte) string {
	text := string(appendUnfolded(nil, body))
	if !strings.Contains(text, "=?") {
		return text
	}
	d := mime.WordDecoder{CharsetReader: charsetReader}
	if s, err := d.DecodeHeader(text); err == nil {
		return s
	}
	return text
}

// charsetReader gives package mime a charset that it does not know itself.
func charsetReader(charset string, r io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s, ok := decodeCharset(charset, b)
	if !ok {
		return nil, wire.Malformed
	}
	return strings.NewReader(s), nil
}

// decodeCharset returns text of a charset as UTF-8, and whether it is known. Behind
// the charset of an encoded word may be a language (RFC 2231 section 5).
func decodeCharset(charset string, text []byte) (string, bool) {
	charset, _, _ = strings.Cut(charset, "*")
	switch strings.ToLower(charset) {
	case "utf-8", "utf8", "us-ascii", "":
		return string(text), true
	case "iso-8859-1":
		return fromLatin1(text, nil), true
	case "windows-1252", "cp1252":
		return fromLatin1(text, &windows1252), true
	}
	return "", false
}

// windows1252 is what the bytes 0x80 to 0x9f are in that charset (IANA registry
// "character-sets"); 0 where they are nothing.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// fromLatin1 returns text as UTF-8. high replaces the bytes 0x80 to 0x9f.
func fromLatin1(text []byte, high *[32]rune) string {
	var out []byte
	for _, c := range text {
		r := rune(c)
		if high != nil && 0x80 <= c && c < 0xa0 {
			if r = high[c-0x80]; r == 0 {
				r = utf8.RuneError
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}
