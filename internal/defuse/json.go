package defuse

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// JSON returns a Writer of JSON to w. In strings, it escapes the characters
// that Terminal escapes and JSON allows, such as C1 control characters, without
// changing the value. A character must not be split between two writes.
func JSON(w io.Writer) io.Writer { return jsonWriter{w} }

type jsonWriter struct{ io.Writer }

func (j jsonWriter) Write(p []byte) (int, error) {
	written := 0
	for i := 0; i < len(p); {
		if p[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(p[i:])
		if acts(r) {
			if _, err := j.Writer.Write(p[written:i]); err != nil {
				return written, err
			}
			if _, err := fmt.Fprintf(j.Writer, `\u%04x`, r); err != nil {
				return written, err
			}
			written = i + n
		}
		i += n
	}
	n, err := j.Writer.Write(p[written:])
	return written + n, err
}
