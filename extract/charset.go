package extract

import (
	"golang.org/x/net/html/charset"
)

// decodeCharset is the default of stream.Config.Charset: it knows the charsets of
// the WHATWG's Encoding Standard.
func decodeCharset(label string, b []byte) ([]byte, bool) {
	e, name := charset.Lookup(label)
	if e == nil || name == "replacement" { // its decoder discards the text
		return nil, false
	}
	out, err := e.NewDecoder().Bytes(b)
	return out, err == nil
}
