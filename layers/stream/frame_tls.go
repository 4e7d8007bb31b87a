package stream

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/tls"
)

// TLS records (RFC 8446 section 5.1) and handshake messages (section 4).
const (
	tlsRecordLen    = 5
	tlsHandshakeLen = 4
	tlsMaxRecord    = 1<<14 + 2048 // RFC 5246 section 6.2.3
)

// A tlsFramer extracts the handshake messages from TLS records, until each side
// starts to encrypt. That is mostly right after change_cipher_spec. In TLS 1.3,
// where change_cipher_spec means nothing, a cleartext hello may follow a
// HelloRetryRequest (RFC 8446 appendix D.4).
type tlsFramer struct {
	side  [2]tlsSide
	depth int        // tunnels around it
	open  *tlsOpener // nil if no secrets are known
}

type tlsSide struct {
	header  buffer // of a record
	size    int    // of the current record
	left    int    // bytes of it that have not arrived
	typ     tls.ContentType
	changed bool   // after change_cipher_spec
	spoke   bool   // a handshake message arrived
	hand    buffer // a handshake message
	done    bool   // the rest is skipped
	torn    bool   // after a gap in cleartext: a piece may begin a hello or a certificate
	sealed  bool   // records are protected with known keys
}

func newTLS(_ Path, depth int) framer { return &tlsFramer{depth: depth} }

func (f *tlsFramer) lost(s sink, side, n int) {
	t := &f.side[side]
	if f.lostSealed(s, side, n) {
		return
	}
	t.torn = !t.done && !t.changed || t.torn
	t.stop(s)
}

func (f *tlsFramer) push(s sink, p piece) {
	t := &f.side[p.side]
	if t.torn {
		_, v := recogniseTLS(p.data, s.c.Flow)
		switch {
		case v == decided:
			t.torn, t.done, t.left = false, false, 0
			f.unseal(s, p.side)
		case !t.sealed:
			return
		}
	}
	for len(p.data) > 0 && !t.done {
		if t.left == 0 && f.sealed(s, &p) {
			if !f.openNext(s, &p) {
				return
			}
			continue
		}
		if t.left == 0 && !t.record(s, &p) {
			return
		}
		n := min(t.left, len(p.data))
		t.left -= n
		body := p
		body.data, p.data = p.data[:n], p.data[n:]
		if t.typ == tls.ContentHandshake {
			t.messages(s, &body, f.opener(s), false)
		}
	}
}

func (t *tlsSide) record(s sink, p *piece) bool {
	h, ok := t.header.fill(s, p, tlsRecordLen)
	if !ok {
		return false
	}
	t.typ, t.size = tls.ContentType(h[0]), int(binary.BigEndian.Uint16(h[3:]))
	t.left = t.size
	t.header.done(s, p, tlsRecordLen)
	switch t.typ {
	case tls.ContentHandshake, tls.ContentAlert:
		t.done = t.size > tlsMaxRecord
	case tls.ContentChangeCipherSpec:
		t.done, t.changed = t.size != 1, true
	default:
		t.done = true
	}
	if t.done {
		t.stop(s)
	}
	return !t.done
}

// handshake reads the messages in a record's body. They may span records.
func (t *tlsSide) handshake(s sink, p *piece) { t.messages(s, p, nil, false) }

// messages is like handshake. If o is not nil, it sees the messages, too. opened
// means that the record was protected.
func (t *tlsSide) messages(s sink, p *piece, o *tlsOpener, opened bool) {
	for len(p.data) > 0 {
		h, ok := t.hand.fill(s, p, tlsHandshakeLen)
		if !ok {
			return
		}
		size := tlsHandshakeLen + int(h[1])<<16 + int(binary.BigEndian.Uint16(h[2:]))
		if !opened && t.changed && (!isHello(h[0]) || t.spoke && size != t.size) {
			t.hand.drop(s) // encrypted
			t.stop(s)
			return
		}
		t.changed, t.spoke = t.changed && t.spoke, true // before a hello, change_cipher_spec changes nothing
		if size > withDefault(s.a.MaxMessage, defaultMaxMessage) {
			s.a.stats.TooLong++
			t.hand.drop(s)
			t.stop(s)
			return
		}
		m, ok := t.hand.fill(s, p, size)
		if !ok {
			return
		}
		t.message(s, p, m[:size:size], o, opened)
		t.hand.done(s, p, size)
	}
}

// message emits a handshake message that ends in p.
func (t *tlsSide) message(s sink, p *piece, m []byte, o *tlsOpener, opened bool) {
	inner, data := s, m
	if opened {
		inner.via = s.via.with(TLS)
		data = o.plainForm(s, p.side, m)
	}
	inner.emit(Message{
		Proto: TLS, Kind: handshakeKind(data[0]), FromClient: p.side == s.c.client,
		First: t.hand.first, Last: p.ref, Gap: t.hand.gap, Data: data,
	})
	if o != nil {
		o.saw(s, p.side, m)
	}
}

func handshakeKind(typ byte) Kind {
	switch tls.HandshakeType(typ) {
	case tls.TypeClientHello:
		return ClientHello
	case tls.TypeServerHello:
		return ServerHello
	case tls.TypeCertificate:
		return Certificate
	}
	return TLSHandshake
}

func isHello(typ byte) bool {
	return typ == byte(tls.TypeClientHello) || typ == byte(tls.TypeServerHello)
}

// stop ends the side: the rest is encrypted, invalid, or after a gap.
func (t *tlsSide) stop(s sink) {
	t.done = true
	t.header.abandon(s)
	t.hand.abandon(s)
}

func (f *tlsFramer) end(s sink, side int) {
	f.side[side].stop(s)
	if f.open != nil {
		f.open.end(s, side)
	}
}

func (f *tlsFramer) free(s sink) {
	for i := range f.side {
		f.side[i].header.drop(s)
		f.side[i].hand.drop(s)
	}
	if f.open != nil {
		f.open.free(s)
	}
}

// recogniseTLS accepts a handshake record of version 3.x that begins with a
// ClientHello or a ServerHello, or with a Certificate, if the hello before it was
// not captured. Alerts and change_cipher_spec in cleartext may precede it.
func recogniseTLS(b []byte, _ layers.Flow) (role, verdict) {
	for len(b) > 0 {
		n := 0 // the length of a record to skip
		switch {
		case len(b) > 1 && b[1] != 3, len(b) > 2 && b[2] > 4:
			return either, refused
		case b[0] == byte(tls.ContentHandshake):
			return recogniseHandshake(b)
		case b[0] == byte(tls.ContentAlert):
			n = 2
		case b[0] == byte(tls.ContentChangeCipherSpec):
			n = 1
		default:
			return either, refused
		}
		if len(b) > 4 && (b[3] != 0 || int(b[4]) != n) {
			return either, refused
		}
		b = b[min(len(b), tlsRecordLen+n):]
	}
	return either, undecided
}

func recogniseHandshake(b []byte) (role, verdict) {
	if len(b) < tlsRecordLen+1 {
		return either, undecided
	}
	switch tls.HandshakeType(b[tlsRecordLen]) {
	case tls.TypeClientHello:
		return fromClient, decided
	case tls.TypeServerHello:
		return fromServer, decided
	case tls.TypeCertificate:
		return either, beginsHandshake(b)
	}
	return either, refused
}

// isTLSRecord reports whether b begins a record of any type.
func isTLSRecord(b []byte) bool {
	return len(b) > 0 && byte(tls.ContentChangeCipherSpec) <= b[0] && b[0] <= byte(tls.ContentApplicationData) && (len(b) == 1 || b[1] == 3)
}
