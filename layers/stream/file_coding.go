package stream

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"slices"
	"strings"
)

// maxCodings bounds the codings of one content that are undone.
const maxCodings = 4

// contentCodings returns the codings of a content (RFC 9110 section 8.4.1), and those
// of its transfer (RFC 9112 section 7), that are to be undone, the one that was
// applied last first, and whether that can be done.
func contentCodings(h httpFields) (codings []string, known bool) {
	var transfer []string
	known = true
	for name, list := range h.Fields() {
		switch {
		case !known:
		case bytes.EqualFold(name, []byte("Content-Encoding")):
			codings, known = appendCodings(codings, list)
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			transfer, known = appendCodings(transfer, list)
		}
	}
	codings = append(codings, transfer...)
	if !known || len(codings) > maxCodings {
		return nil, false
	}
	slices.Reverse(codings)
	return codings, true
}

// appendCodings appends the codings in a list. What scripts write there and is no
// coding changes nothing; nor does chunked, which is undone before.
func appendCodings(codings []string, list []byte) (_ []string, known bool) {
	for item := range bytes.SplitSeq(list, []byte{','}) {
		switch coding := strings.ToLower(string(bytes.TrimSpace(item))); coding {
		case "", "identity", "chunked", "none", "utf-8", "7bit", "8bit", "binary":
		case "gzip", "x-gzip", "deflate":
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

// pieceLen is the length of the pieces in which decoded content goes on.
const pieceLen = 32 << 10

// decode undoes the codings of the content.
func (b *httpBody) decode(s sink) {
	u := &s.a.unpacker
	defer u.done()
	r, err := b.decoder(s)
	for err == nil {
		if u.piece == nil || s.a.Content { // a Message keeps it until the next call
			u.piece = make([]byte, pieceLen)
		}
		var n int
		piece := u.piece
		n, err = r.Read(piece)
		b.content(s, piece[:n], b.from.Last)
	}
	switch err {
	case io.EOF:
	case errOversized:
		b.w.spoil(Oversized)
	default:
		b.w.spoil(Undecodable)
	}
}

// An unpacker has what undoing codings takes, to use again: one content is undone
// at a time.
type unpacker struct {
	packed bytes.Reader
	gzip   []*gzip.Reader // at most maxCodings
	used   int            // of gzip, for the content in work
	piece  []byte
	spare  []byte // for a content to come
}

// spareContent is the most memory that is kept for a content to come.
const spareContent = 64 << 10

func (u *unpacker) takeSpare() []byte {
	b := u.spare
	u.spare = nil
	return b
}

// giveSpare gives back memory that nobody uses any more.
func (u *unpacker) giveSpare(b []byte) {
	if cap(b) <= spareContent && cap(b) > cap(u.spare) {
		u.spare = b[:0]
	}
}

func (u *unpacker) gunzip(r io.Reader) (io.Reader, error) {
	src, ok := r.(io.ByteReader)
	if !ok {
		src = bufio.NewReader(r) // or gzip would, and read past a member
	}
	m := &members{src: src.(io.Reader)}
	if u.used == len(u.gzip) {
		z, err := gzip.NewReader(m.src)
		if err != nil {
			return nil, err
		}
		u.gzip = append(u.gzip, z)
	} else if err := u.gzip[u.used].Reset(m.src); err != nil {
		return nil, err
	}
	m.z = u.gzip[u.used]
	m.z.Multistream(false)
	u.used++
	return m, nil
}

// members reads the members of a gzip file (RFC 1952 section 2.2). What follows them
// and is no member is passed over, as browsers do.
type members struct {
	z    *gzip.Reader
	src  io.Reader // z reads no more of it than the member
	over bool
}

func (m *members) Read(p []byte) (n int, err error) {
	for n == 0 && err == nil && !m.over {
		if n, err = m.z.Read(p); err == io.EOF {
			err = nil
			m.over = m.z.Reset(m.src) != nil
			m.z.Multistream(false)
		}
	}
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// done ends the work on a content.
func (u *unpacker) done() {
	u.packed.Reset(nil)
	u.used = 0
}

// decoder returns a Reader of the content. What each coding is undone to counts for
// the bound: one bomb may hide another.
func (b *httpBody) decoder(s sink) (io.Reader, error) {
	u := &s.a.unpacker
	u.packed.Reset(b.packed)
	var r io.Reader = &u.packed
	for _, coding := range b.codings {
		d, err := u.decoderOf(coding, r)
		if err != nil {
			return nil, err
		}
		r = meter{d, s.a}
	}
	return r, nil
}

// decoderOf returns a Reader that undoes a coding. What is called deflate is the
// zlib format (RFC 9110 section 8.4.1.2), but often without its header.
func (u *unpacker) decoderOf(coding string, r io.Reader) (io.Reader, error) {
	if coding != "deflate" {
		return u.gunzip(r)
	}
	src := bufio.NewReader(r)
	const deflated = 8 // RFC 1950 section 2.2
	if h, _ := src.Peek(2); len(h) == 2 && h[0]&0xf == deflated && (int(h[0])<<8|int(h[1]))%31 == 0 {
		return zlib.NewReader(src)
	}
	return flate.NewReader(src), nil
}

var errOversized = errors.New("more than Config.MaxDecode")

// A meter counts what is read for Config.MaxDecode, and ends there.
type meter struct {
	r io.Reader
	a *Assembler
}

func (m meter) Read(p []byte) (int, error) {
	left := withDefault(m.a.MaxDecode, defaultMaxDecode) - m.a.decoded
	if left <= 0 {
		return 0, errOversized
	}
	n, err := m.r.Read(p[:min(len(p), left)])
	m.a.decoded += n
	return n, err
}
