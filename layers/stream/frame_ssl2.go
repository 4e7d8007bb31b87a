package stream

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/tls"
)

// ssl2HeaderLen is the length of the fields before the certificate in a
// SERVER-HELLO of SSL 2 (draft-hickman-netscape-ssl-00 sections 1.1 and 2.6): a
// record header of two bytes; type, session ID hit, certificate type and
// version; the lengths of certificate, cipher specs and connection ID.
const ssl2HeaderLen = 13

// An ssl2Framer extracts the certificate from a SERVER-HELLO of SSL 2. Little
// of the rest is in cleartext.
type ssl2Framer struct {
	buf  buffer
	done bool
}

func newSSL2(Path, int) framer { return &ssl2Framer{} }

func (f *ssl2Framer) lost(s sink, side, _ int) {
	if side != s.c.client {
		f.stop(s)
	}
}

func (f *ssl2Framer) push(s sink, p piece) {
	if f.done || p.side == s.c.client {
		return
	}
	head, ok := f.buf.fill(s, &p, ssl2HeaderLen)
	if !ok {
		return
	}
	size := ssl2HeaderLen + int(binary.BigEndian.Uint16(head[7:]))
	if b, ok := f.buf.fill(s, &p, size); ok {
		f.emit(s, &p, b[ssl2HeaderLen:size])
		f.buf.done(s, &p, size)
		f.done = true
	}
}

// emit emits a certificate in TLS's format (RFC 5246 section 7.4.2): a list of
// one.
func (f *ssl2Framer) emit(s sink, p *piece, der []byte) {
	list := appendUint24(nil, 3+len(der))
	list = append(appendUint24(list, len(der)), der...)
	b := tls.AppendHandshake(nil, tls.TypeCertificate, list)
	s.emit(Message{Proto: TLS, Kind: Certificate, First: f.buf.first, Last: p.ref, Data: b})
}

func appendUint24(b []byte, n int) []byte { return append(b, byte(n>>16), byte(n>>8), byte(n)) }

func (f *ssl2Framer) stop(s sink) {
	f.done = true
	f.buf.abandon(s)
}

func (f *ssl2Framer) end(s sink, side int) {
	if side != s.c.client {
		f.stop(s)
	}
}

func (f *ssl2Framer) free(s sink) { f.buf.drop(s) }

// recogniseSSL2 accepts a SERVER-HELLO of version 2 with an X.509 certificate,
// whose lengths add up to the record's.
func recogniseSSL2(b []byte, _ layers.Flow) (role, verdict) {
	if v := prefix(b[min(len(b), 2):], "\x04\x00\x01\x00\x02"); b[0]&0x80 == 0 || v == refused || len(b) < ssl2HeaderLen {
		return fromServer, min(v, undecidedIf(b[0]&0x80 != 0))
	}
	length := func(at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	certificate, ciphers, id := length(7), length(9), length(11)
	if certificate == 0 || ciphers%3 != 0 || length(0)&0x7fff != ssl2HeaderLen-2+certificate+ciphers+id {
		return either, refused
	}
	return fromServer, decided
}
