package stream

import (
	"bytes"
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

// A tlsFramer cuts the handshake messages out of TLS records, up to where each
// side begins to encrypt. Behind a change_cipher_spec that is mostly at once; in TLS
// 1.3, where it means nothing, a hello in clear may follow a HelloRetryRequest (RFC
// 8446 appendix D.4).
type tlsFramer struct{ side [2]tlsSide }

type tlsSide struct {
	header  buffer // of a record
	size    int    // of the current record
	left    int    // bytes of it that are still to come
	typ     tls.ContentType
	changed bool   // change_cipher_spec has come
	hand    buffer // a handshake message
	done    bool   // nothing more is to be seen
}

func newTLS(Path, int) framer { return &tlsFramer{} }

func (f *tlsFramer) lost(s sink, side, _ int) { f.side[side].stop(s) }

func (f *tlsFramer) push(s sink, p piece) {
	t := &f.side[p.side]
	for len(p.data) > 0 && !t.done {
		if t.left == 0 && !t.record(s, &p) {
			return
		}
		n := min(t.left, len(p.data))
		t.left -= n
		body := p
		body.data, p.data = p.data[:n], p.data[n:]
		if t.typ == tls.ContentHandshake {
			t.handshake(s, &body)
		}
	}
}

// record reads a record's header.
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
func (t *tlsSide) handshake(s sink, p *piece) {
	for len(p.data) > 0 {
		h, ok := t.hand.fill(s, p, tlsHandshakeLen)
		if !ok {
			return
		}
		size := tlsHandshakeLen + int(h[1])<<16 + int(binary.BigEndian.Uint16(h[2:]))
		if t.changed && (!isHello(h[0]) || size != t.size) {
			t.stop(s) // it is encrypted
			return
		}
		if size > withDefault(s.a.MaxMessage, defaultMaxMessage) {
			s.a.stats.TooLong++
			t.stop(s)
			return
		}
		m, ok := t.hand.fill(s, p, size)
		if !ok {
			return
		}
		s.emit(Message{
			Proto: TLS, Kind: handshakeKind(m[0]), FromClient: p.side == s.c.client,
			First: t.hand.first, Last: p.ref, Gap: t.hand.gap, Data: m[:size:size],
		})
		t.hand.done(s, p, size)
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

// stop gives up the side: what follows is encrypted, or no TLS, or behind a gap.
func (t *tlsSide) stop(s sink) {
	t.done = true
	t.header.abandon(s)
	t.hand.abandon(s)
}

func (f *tlsFramer) end(s sink, side int) { f.side[side].stop(s) }

func (f *tlsFramer) free(s sink) {
	for i := range f.side {
		f.side[i].header.drop(s)
		f.side[i].hand.drop(s)
	}
}

// recogniseTLS wants a handshake record of version 3.x that begins with a
// ClientHello or a ServerHello.
func recogniseTLS(b []byte, _ layers.Flow) (role, verdict) {
	want := [...]byte{byte(tls.ContentHandshake), 3}
	if n := min(len(b), len(want)); !bytes.Equal(b[:n], want[:n]) || len(b) > 2 && b[2] > 4 {
		return either, refused
	}
	if len(b) < tlsRecordLen+1 {
		return either, undecided
	}
	switch tls.HandshakeType(b[tlsRecordLen]) {
	case tls.TypeClientHello:
		return fromClient, decided
	case tls.TypeServerHello:
		return fromServer, decided
	}
	return either, refused
}
