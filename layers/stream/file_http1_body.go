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

// An httpBody is the body of a message (RFC 9110 section 6.4) on its way to a
// file. It begins with its first byte: an empty body is no file.
type httpBody struct {
	from    Message  // Proto, FromClient and Request of its parts
	codings []string // of the content that are to be undone, the last first
	state   Completeness
	name    string
	typ     string

	w      *fileWriter
	packed []byte      // what has come of a content with codings
	form   *mimeReader // takes the files out of a form, nil for any other body
	cost   int         // what it counts for, beyond packed and its file
}

// bodyCost is what an httpBody takes beyond what it refers to.
const bodyCost = 512

// newHTTPBody returns the body behind a head, h being that of the message.
func newHTTPBody(s sink, from Message, h httpFields, target []byte) *httpBody {
	b := &httpBody{
		from: from, typ: cut(mediaType(h.Get("Content-Type")), maxType),
		name: cut(fileName(h.Get("Content-Disposition"), target), maxName),
	}
	b.cost = bodyCost + len(from.Request) + len(b.name) + len(b.typ)
	s.a.hold(b.cost)
	codings, known := contentCodings(h)
	if !known || len(codings) > 0 && s.a.Hash == HashNone && !s.a.Content { // or nobody looks at it
		codings, b.state = nil, Encoded
	}
	b.codings = codings
	return b
}

// httpFields is what requests and responses share.
type httpFields interface {
	Get(name string) []byte
	Fields() iter.Seq2[[]byte, []byte]
}

// write takes the next bytes of the content.
func (b *httpBody) write(s sink, data []byte, at Ref) {
	if b.w == nil {
		b.begin(s, at)
	}
	b.from.Last = at
	switch {
	case len(b.codings) == 0:
		b.content(s, data, at)
	case len(b.packed)+len(data) > withDefault(s.a.MaxDecode, defaultMaxDecode):
		b.giveUp(s, Oversized)
		b.w.file.Size += int64(len(data))
	default:
		before := cap(b.packed)
		if b.packed == nil {
			b.packed = s.a.unpacker.takeSpare()
		}
		b.packed = append(b.packed, data...)
		s.a.hold(cap(b.packed) - before)
	}
}

// begin begins the file, and the form that it may be.
func (b *httpBody) begin(s sink, at Ref) {
	b.from.First = at
	b.w = s.beginFile(b.from, b.name, b.typ)
	b.w.spoil(b.state)
	if b.form != nil {
		b.form.begin(s, b.from, b.w.file)
	}
}

// content passes on content without coding.
func (b *httpBody) content(s sink, data []byte, at Ref) {
	b.w.write(s, data, at)
	if b.form != nil {
		b.form.write(s, data, at)
	}
}

// giveUp says that a content with a coding will not be decoded.
func (b *httpBody) giveUp(s sink, why Completeness) {
	b.w.spoil(why)
	b.w.file.Size += int64(len(b.packed))
	b.codings = nil
	b.endForm(s)
	b.unpack(s)
}

// endForm ends the form. Only its last delimiter says that all of it came.
func (b *httpBody) endForm(s sink) {
	if b.form != nil {
		b.form.end(s, false)
		b.form = nil
	}
}

// lose notes that bytes are missing.
func (b *httpBody) lose(s sink) {
	switch {
	case b.w == nil:
		b.state = Holed
	case len(b.codings) > 0:
		b.giveUp(s, Holed)
	default:
		b.w.spoil(Holed)
		if b.form != nil {
			b.form.gap(s)
		}
	}
}

// end ends the body; state says why it is not whole, if it is not.
func (b *httpBody) end(s sink, state Completeness) {
	if b.w != nil {
		b.w.spoil(state)
		if len(b.codings) > 0 {
			b.decode(s)
		}
		b.endForm(s)
		b.w.end(s, b.from.Last)
	}
	b.free(s)
}

func (b *httpBody) free(s sink) {
	b.unpack(s)
	s.a.hold(-b.cost)
	b.cost = 0
}

// unpack drops what has come of a content with codings.
func (b *httpBody) unpack(s sink) {
	s.a.hold(-cap(b.packed))
	s.a.unpacker.giveSpare(b.packed)
	b.packed = nil
}

// rangeIsWhole reports whether a Content-Range (RFC 9110 section 14.4) is that of all
// there is, as of a client that asks for bytes=0-. length is that of the content, -1
// when it is not stated.
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

// fileName returns the name that a Content-Disposition (RFC 6266) gives, else
// the last part of the target's path.
func fileName(disposition, target []byte) string {
	if name := mail.ParseParams(disposition).Get("filename"); name != "" {
		return name
	}
	path, _, _ := strings.Cut(string(target), "?")
	if _, rest, absolute := strings.Cut(path, "://"); absolute && path[0] != '/' {
		_, path, _ = strings.Cut(rest, "/") // behind the host
	}
	path = path[strings.LastIndexByte(path, '/')+1:]
	if name, err := url.PathUnescape(path); err == nil {
		return name
	}
	return path
}
