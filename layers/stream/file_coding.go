package stream

import (
	"bytes"
	"io"
	"slices"
	"strings"
)

// maxCodings limits how many encodings of one body are decoded.
const maxCodings = 2

// contentCodings returns the content codings (RFC 9110 section 8.4.1) and
// transfer codings (RFC 9112 section 7) to decode, the last applied first, and
// whether all of them are supported.
func contentCodings(h httpFields) (codings []string, known bool) {
	var transfer []string
	known = true
	add := func(name, list []byte) {
		switch {
		case !known:
		case bytes.EqualFold(name, []byte("Content-Encoding")):
			codings, known = appendCodings(codings, list)
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			transfer, known = appendCodings(transfer, list)
		}
	}
	for name, value := range h.Fields() {
		line, rest := cutReturn(value)
		add(name, line)
		for len(rest) > 0 {
			if name, line, rest = cutReturnField(rest); name != nil {
				add(name, line)
			}
		}
	}
	codings = append(codings, transfer...)
	if !known || len(codings) > maxCodings {
		return nil, false
	}
	slices.Reverse(codings)
	return codings, true
}

// appendCodings appends the codings in a list. It ignores chunked, which is
// already decoded, and values that scripts send and that are not codings.
func appendCodings(codings []string, list []byte) (_ []string, known bool) {
	for item := range bytes.SplitSeq(list, []byte{','}) {
		if mentionsChunked(item) {
			continue
		}
		item, _, _ = bytes.Cut(item, []byte{';'})
		switch coding := strings.ToLower(string(bytes.Trim(item, " \t\r\n\v\f\x00\""))); coding {
		case "", "identity", "none", "utf-8", "7bit", "8bit", "binary":
		case "gzip", "x-gzip", "deflate", "x-deflate":
			codings = append(codings, strings.TrimPrefix(coding, "x-"))
		case "br", "zstd":
			codings = append(codings, coding)
		default:
			return nil, false
		}
		if len(codings) > maxCodings {
			return nil, false
		}
	}
	return codings, true
}

// pieceLen is the length of the pieces in which decoded content is written.
const pieceLen = 32 << 10

// decode decodes the body. If that fails at once, the body is the content, as
// many senders label content that they do not encode.
func (b *httpBody) decode(s sink) {
	u := s.a.unpack()
	defer u.done()
	r := b.decoder(s)
	before := b.w.file.Size
	var err error
	for err == nil {
		if u.piece == nil {
			u.piece = make([]byte, pieceLen)
		}
		var n int
		n, err = fill(u.piece, r)
		data := u.piece[:n]
		if s.a.Content || b.reader != nil { // a Message refers to it until the next call
			data = slices.Clone(data)
		}
		b.content(s, data, b.from.Last)
	}
	if u.exhausted { // a decoder may treat the error as the end of its input
		err = errOversized
	}
	switch {
	case u.stopped:
		b.w.spoil(Unfinished)
	case err == errOversized:
		b.w.spoil(Oversized)
	case err != io.EOF && b.w.file.Size == before:
		if unsupported(err) {
			b.w.spoil(Encoded)
		} else {
			b.w.spoil(Mislabelled)
		}
		b.content(s, b.packed, b.from.Last)
	case err != io.EOF:
		b.w.spoil(Undecodable)
	default:
		b.w.spoil(u.flaw())
	}
}

// A Scratch is memory to decode files with. It grows up to 40 MiB for each of two
// codings. Its zero value is ready to use.
type Scratch struct{ unpacker unpacker }

// unpack returns what decodes the bodies of a.
func (a *Assembler) unpack() *unpacker {
	if a.Scratch != nil {
		return &a.Scratch.unpacker
	}
	return &a.own.unpacker
}

// An unpacker holds the decoders and memory that bodies reuse: one body is
// decoded at a time.
type unpacker struct {
	stopped   bool        // the current body
	exhausted bool        // the current body reached a limit
	inflaters []*inflater // at most maxCodings
	used      int         // of inflaters, by the current body
	piece     []byte
	spare     []byte // for a later body
}

// spareContent limits the memory that is kept for a later body.
const spareContent = 64 << 10

func (u *unpacker) takeSpare() []byte {
	b := u.spare
	u.spare = nil
	return b
}

// giveSpare takes back memory that is no longer used.
func (u *unpacker) giveSpare(b []byte) {
	if cap(b) <= spareContent && cap(b) > cap(u.spare) {
		u.spare = b[:0]
	}
}

func (u *unpacker) done() {
	for _, z := range u.inflaters[:u.used] {
		z.release()
	}
	u.used, u.stopped, u.exhausted = 0, false, false
}

// decoder returns a Reader of the decoded body. The output of every coding
// counts against the limit: the outer one may expand to little, an inner one to
// a lot.
func (b *httpBody) decoder(s sink) io.Reader {
	u := s.a.unpack()
	var r io.Reader
	for i, coding := range b.codings {
		z := u.inflater()
		if i == 0 {
			z.src.resetBody(b.packed, s.a)
		} else {
			z.src.resetReader(r)
		}
		z.reset(coding)
		r = stopper{s.metered(z, coding, i == len(b.codings)-1), s.a}
	}
	return r
}

// inflater returns one for a coding.
func (u *unpacker) inflater() *inflater {
	if u.used == len(u.inflaters) {
		u.inflaters = append(u.inflaters, new(inflater))
	}
	u.used++
	return u.inflaters[u.used-1]
}

// flaw returns what is wrong with a body that was decoded to its end.
func (u *unpacker) flaw() Completeness {
	state := Complete
	for _, z := range u.inflaters[:u.used] {
		if z.format == formatPlain {
			return Mislabelled
		}
		if z.unverified {
			state = Unverified
		}
	}
	return state
}
