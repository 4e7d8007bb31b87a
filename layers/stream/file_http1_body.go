package stream

import (
	"bytes"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/layers/mail"
)

// An httpBody is the body of a message (RFC 9110 section 6.4), which is written
// to a file. The file begins with its first byte: an empty body makes no file.
type httpBody struct {
	from    Message  // Proto, FromClient and Request of its messages; Request is also that of a request's own body
	codings []string // to decode, the last applied first
	state   Completeness
	name    string
	typ     string

	w      *fileWriter
	packed []byte      // what has arrived of an encoded body
	form   *mimeReader // extracts the files of a form, nil for any other body
	reader bodyReader  // splits it into messages, nil for any other body
	cost   int         // bytes counted as held, beyond packed and the file
	over   bool        // the rest cannot be decoded: bytes before it are missing
}

// bodyCost is what an httpBody counts as held, beyond what it refers to.
const bodyCost = 512

// newHTTPBody returns the body that follows a head, whose fields are h. target is
// that of the request for a response, whose body it names. It does not name the
// body of a request (RFC 9110 section 8.3).
func newHTTPBody(s sink, from Message, h httpFields, target []byte) *httpBody {
	b := &httpBody{
		from: from, typ: cut(mediaType(h.Get("Content-Type")), maxType),
		name: cut(fileName(h.Get("Content-Disposition"), target, s.a.Charset), maxName),
	}
	b.cost = bodyCost + len(from.Request) + len(b.name) + len(b.typ)
	s.a.hold(b.cost)
	codings, known := contentCodings(h)
	b.reader = newBodyReader(s, from, h, b.typ)
	if !known || len(codings) > 0 && s.a.Hash == HashNone && !s.a.Content && b.reader == nil { // or the decoded body would not be used
		codings, b.state = nil, Encoded
	}
	b.codings = codings
	return b
}

// httpFields is implemented by requests and responses.
type httpFields interface {
	Bytes() []byte
	Get(name string) []byte
	Fields() iter.Seq2[[]byte, []byte]
}

func (b *httpBody) write(s sink, data []byte, at Ref) {
	if b.w == nil {
		b.begin(s, at)
	}
	b.from.Last = at
	switch {
	case b.over:
	case len(b.codings) == 0:
		b.content(s, data, at)
	case len(b.packed)+len(data) > withDefault(s.a.MaxDecode, defaultMaxDecode):
		b.skipDecoding(s, Oversized)
		b.w.file.Size += int64(len(data))
	default:
		before := cap(b.packed)
		if b.packed == nil {
			b.packed = s.a.unpack().takeSpare()
		}
		b.packed = append(b.packed, data...)
		s.a.hold(cap(b.packed) - before)
	}
}

// begin begins the file, and the form in it.
func (b *httpBody) begin(s sink, at Ref) {
	b.from.First = at
	from := b.from
	if from.FromClient {
		from.Request = nil
	}
	b.w = s.beginFile(from, b.name, b.typ)
	b.w.spoil(b.state)
	if b.form != nil {
		b.form.begin(s, from, b.w.file)
	}
}

// content writes decoded content.
func (b *httpBody) content(s sink, data []byte, at Ref) {
	b.w.write(s, data, at)
	if b.form != nil {
		b.form.write(s, data, at)
	}
	if b.reader != nil {
		b.reader.write(s, data, at)
	}
}

// skipDecoding records that an encoded body will not be decoded.
func (b *httpBody) skipDecoding(s sink, why Completeness) {
	b.w.spoil(why)
	b.w.file.Size += int64(len(b.packed))
	b.codings = nil
	b.endForm(s)
	b.unpack(s)
}

// endForm ends the form. A form is complete only with its last delimiter.
func (b *httpBody) endForm(s sink) {
	if b.form != nil {
		b.form.end(s, false)
		b.form = nil
	}
}

// spoil records that the body is not complete.
func (b *httpBody) spoil(why Completeness) {
	if b.w != nil {
		b.w.spoil(why)
	} else if b.state == Complete {
		b.state = why
	}
}

// lose records that n bytes are missing; 0: an unknown number.
func (b *httpBody) lose(s sink, n int) {
	switch {
	case b.w == nil:
		b.state = Holed
	case len(b.codings) > 0:
		b.w.spoil(Holed)
		b.decode(s) // what precedes the gap
		b.codings, b.over = nil, true
		b.endForm(s)
		b.unpack(s)
		n = 0
	default:
		b.w.spoil(Holed)
		if b.form != nil {
			b.form.gap(s)
		}
	}
	if b.reader != nil && !b.over {
		b.reader.lose(s, n)
	}
}

// end ends the body. state is Complete, or says why the body is not.
func (b *httpBody) end(s sink, state Completeness) {
	if b.w != nil {
		b.w.spoil(state)
		if len(b.codings) > 0 {
			b.decode(s)
		}
		b.endForm(s)
		if b.reader != nil {
			b.w.file.Holds = b.reader.holds(b.w.file.State)
		}
		b.w.end(s, b.from.Last)
		if b.reader != nil {
			b.reader.end(s, b.from, b.w.file.State)
		}
	}
	b.free(s)
}

func (b *httpBody) free(s sink) {
	b.unpack(s)
	if b.reader != nil {
		b.reader.drop(s)
	}
	s.a.hold(-b.cost)
	b.cost = 0
}

func (b *httpBody) unpack(s sink) {
	s.a.hold(-cap(b.packed))
	s.a.unpack().giveSpare(b.packed)
	b.packed = nil
}

// rangeIsWhole reports whether a Content-Range (RFC 9110 section 14.4) covers
// the whole file, as it does after a request for bytes=0-. length is the length
// of the body, or -1 if unknown.
func rangeIsWhole(field []byte, length int64) bool {
	unit, rest, _ := bytes.Cut(bytes.TrimSpace(field), []byte{' '})
	sent, complete, _ := bytes.Cut(bytes.TrimSpace(rest), []byte{'/'})
	first, last, _ := bytes.Cut(sent, []byte{'-'})
	from, err1 := strconv.ParseUint(string(first), 10, 63)
	to, err2 := strconv.ParseUint(string(last), 10, 63)
	all, err3 := strconv.ParseUint(string(complete), 10, 63)
	return bytes.EqualFold(unit, []byte("bytes")) && errors.Join(err1, err2, err3) == nil &&
		from == 0 && to+1 == all && (length < 0 || uint64(length) == all)
}

// mediaType returns a Content-Type without its parameters.
func mediaType(field []byte) string {
	typ, _, _ := bytes.Cut(field, []byte{';'})
	return strings.ToLower(string(bytes.TrimSpace(typ)))
}

// fileName returns the filename of a Content-Disposition (RFC 6266), or else
// the last segment of the target's path.
func fileName(disposition, target []byte, c mail.Charset) string {
	if name := c.Param(mail.ParseParams(disposition), "filename"); name != "" {
		return name
	}
	path, _, _ := strings.Cut(string(target), "?")
	if _, rest, absolute := strings.Cut(path, "://"); absolute && path[0] != '/' {
		_, path, _ = strings.Cut(rest, "/") // after the host
	}
	path = path[strings.LastIndexByte(path, '/')+1:]
	if name, err := url.PathUnescape(path); err == nil {
		return name
	}
	return path
}
