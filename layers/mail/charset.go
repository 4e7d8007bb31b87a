package mail

import (
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/sightline-go/sightline/layers/wire"
)

// A Charset converts text in the charset with that label (IANA registry
// "character-sets") to UTF-8, and reports whether it knows the charset. It is
// asked for charsets other than UTF-8, US-ASCII, ISO-8859-1 and Windows-1252. A
// nil Charset knows no others.
type Charset func(label string, b []byte) ([]byte, bool)

// Text returns a field's body as text: unfolded, and with encoded words decoded
// (RFC 2047). It knows the charsets UTF-8, US-ASCII, ISO-8859-1 and
// Windows-1252. A body with words in another charset is only unfolded.
func Text(body []byte) string { return Charset(nil).Text(body) }

// Text is the function Text, with the charsets that c knows.
func (c Charset) Text(body []byte) string {
	text := string(appendUnfolded(nil, body))
	if !strings.Contains(text, "=?") {
		return text
	}
	d := mime.WordDecoder{CharsetReader: c.reader}
	if s, err := d.DecodeHeader(text); err == nil {
		return s
	}
	return text
}

// reader decodes the charsets that package mime does not know.
func (c Charset) reader(charset string, r io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	s, ok := c.decode(charset, b)
	if !ok {
		return nil, wire.Malformed
	}
	return strings.NewReader(s), nil
}

// decode converts text in a charset to UTF-8, and reports whether the charset is
// known. A language may follow the charset of an encoded word (RFC 2231 section
// 5).
func (c Charset) decode(charset string, text []byte) (string, bool) {
	charset, _, _ = strings.Cut(charset, "*")
	switch strings.ToLower(charset) {
	case "utf-8", "utf8", "us-ascii", "":
		return string(text), true
	case "iso-8859-1":
		return fromLatin1(text, nil), true
	case "windows-1252", "cp1252":
		return fromLatin1(text, &windows1252), true
	}
	if c == nil {
		return "", false
	}
	b, ok := c(charset, text)
	return string(b), ok
}

// windows1252 maps the bytes 0x80 to 0x9f of that charset (IANA registry
// "character-sets"), 0 if undefined.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// fromLatin1 converts text to UTF-8, with high as the map of bytes 0x80 to
// 0x9f.
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
