package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/tls"
)

// seekLen limits the unrecognised bytes of a side that are searched for what
// may follow them.
const seekLen = 16 << 10

// dropped describes the unrecognised bytes of a side that were dropped.
type dropped struct {
	some bool // since the beginning, or the last gap
	torn bool // after a gap
	last byte
	size int
}

// mayBegin reports whether the next bytes of a side may begin any protocol.
func (f *probe) mayBegin(side int) bool { return f.middle || !f.dropped[side].some }

// keepAlive reports whether the first byte of data is the garbage that a
// keep-alive may carry (RFC 9293 section 3.8.4). The rest begins a protocol.
func (f *probe) keepAlive(side int, data []byte) bool {
	d := &f.dropped[side]
	if data[0] != 0 || d.size > 0 || len(data) == 1 {
		return false
	}
	d.size++
	return true
}

// drop drops unrecognised bytes, the first of the kept ones followed by p.
func (f *probe) drop(s sink, p *piece, data []byte) {
	if n := len(data); n > 0 {
		d := &f.dropped[p.side]
		d.some, d.last, d.size = true, data[n-1], d.size+n
		f.cut(s, p, n)
	}
}

// A hit is what seek found at an offset. If it found nothing, the offset is the
// length of the data. If v is undecided, more bytes are needed.
type hit struct {
	at    int
	proto Proto
	role  role
	v     verdict
}

// seek looks for what may follow unrecognised bytes, in data[from:]. A prelude
// that is not in the table of protocols may precede TLS, such as the greeting of
// MySQL or XMPP's STARTTLS; lines of text an SSH identification (RFC 4253
// section 4.2); and an unknown proxy's header an HTTP request of the client, unless
// bytes are missing, perhaps of another request.
func (f *probe) seek(side int, data []byte, from int, client, onlyTLS bool) hit {
	d := &f.dropped[side]
	to := max(min(len(data), seekLen-d.size), 0)
	from = min(from, to)
	h := seekTLS(data, from, to)
	if !onlyTLS {
		before := d.last
		if from > 0 {
			before = data[from-1]
		} else if !d.some {
			before = '\n'
		}
		if text := seekText(data, from, min(h.at, to), before, client && !f.middle && !d.torn); text.v != refused {
			return text
		}
	}
	return h
}

// seekText looks for an SSH identification that begins a line, and if wanted for an
// HTTP request after a byte that is not printable. Both begin in
// data[from:to], which before precedes.
func seekText(data []byte, from, to int, before byte, request bool) hit {
	preceding := func(i int) byte {
		if i > from {
			return data[i-1]
		}
		return before
	}
	h := hit{at: len(data)}
	for i := from; i < to; i++ {
		n := bytes.IndexByte(data[i:to], 'S')
		if n < 0 {
			break
		}
		i += n
		if v := prefix(data[i:], "SSH-"); v != refused && preceding(i) == '\n' {
			h, to = hit{i, SSH, either, v}, i
		}
	}
	for next := from; request && next < to; {
		i, end := cutMethod(data, next)
		if i < min(end, to) && !isPrintable(preceding(i)) {
			if v := beginsRequest(data[i:]); v != refused {
				return hit{i, HTTP1, fromClient, v}
			}
		}
		next = end + 1
	}
	return h
}

// cutMethod returns where the next space in data[from:] is, or its end, and where
// the bytes before that begin which may be an HTTP method.
func cutMethod(data []byte, from int) (begin, end int) {
	end = len(data)
	if n := bytes.IndexByte(data[from:], ' '); n >= 0 {
		end = from + n
	}
	for begin = end; begin > from; begin-- {
		if c := data[begin-1]; c-'A' > 'Z'-'A' && c != '-' && c != '_' {
			break
		}
	}
	return begin, end
}

func isPrintable(c byte) bool { return ' ' <= c && c <= '~' }

// beginsRequest is stricter than recogniseHTTP: a target follows the method.
func beginsRequest(b []byte) (v verdict) {
	for _, m := range httpMethods {
		if m[0] != b[0] || prefix(b, m) == refused {
			continue
		}
		rest := b[min(len(b), len(m)):]
		for _, target := range []string{" /", " * HTTP", " http://", " https://"} {
			v = max(v, prefix(rest, target))
		}
	}
	return v
}

// seekTLS looks for a record that begins a handshake, in data[from:to].
func seekTLS(data []byte, from, to int) hit {
	for n := from; n < to; n++ {
		i := bytes.IndexByte(data[n:to], byte(tls.ContentHandshake))
		if i < 0 {
			break
		}
		n += i
		if v := beginsHandshake(data[n:]); v != refused {
			role, _ := recogniseHandshake(data[n:])
			return hit{n, TLS, role, v}
		}
	}
	return hit{at: len(data)}
}

// beginsHandshake is stricter than recogniseTLS, because it is asked about every
// position in data that may be anything.
func beginsHandshake(b []byte) verdict {
	const whole = tlsRecordLen + tlsHandshakeLen + 3
	var h [whole]byte
	n := copy(h[:], b)
	record, size := binary.BigEndian.Uint16(h[3:]), binary.BigEndian.Uint16(h[7:])
	body, version := h[tlsRecordLen+tlsHandshakeLen:], h[tlsRecordLen+tlsHandshakeLen]
	switch {
	case h[0] != byte(tls.ContentHandshake), n > 1 && h[1] != 3, h[2] > 4, n > 4 && (record == 0 || record > tlsMaxRecord), n > 6 && h[6] != 0:
		return refused
	case n <= tlsRecordLen+tlsHandshakeLen:
		return undecidedIf(n <= tlsRecordLen || startsHandshake(h[tlsRecordLen]))
	case isHello(h[tlsRecordLen]):
		const draft = 0x7f // of TLS 1.3
		return decidedIf(size >= 34 && (version == 3 || version == draft))
	case n < whole:
		return undecidedIf(startsHandshake(h[tlsRecordLen]))
	}
	return decidedIf(startsHandshake(h[tlsRecordLen]) && isCertificateList(size, body))
}

// startsHandshake reports whether a message may be the first of a side: a hello,
// or a Certificate, if the hello was not captured.
func startsHandshake(typ byte) bool { return isHello(typ) || typ == byte(tls.TypeCertificate) }

// isCertificateList reports whether body, of a message of size bytes, begins
// with the length of a list that fills the rest (RFC 5246 section 7.4.2).
func isCertificateList(size uint16, body []byte) bool {
	return body[0] == 0 && size > 3 && binary.BigEndian.Uint16(body[1:]) == size-3
}
