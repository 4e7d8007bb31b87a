package stream

import (
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/tls"
)

// Limits of fragmented DTLS messages. A longer message is dropped; if there are
// more messages, the oldest is.
const (
	dtlsMaxMessage = 64 << 10
	dtlsMaxPartial = 64
)

// A dtlsKey identifies a DTLS message.
type dtlsKey struct {
	ends   key
	from   int    // the sending side
	number uint16 // of the message
	size   int    // of its body, in bytes
}

// A dtlsMessage is an incomplete hello (RFC 6347 section 4.2.3).
type dtlsMessage struct {
	first     Ref
	fragments sequence
	body      []byte // the bytes that arrived in order
}

type dtlsEntry = lru.Entry[dtlsKey, dtlsMessage]

// pushDTLS processes a datagram of DTLS records: one that begins with an
// unencrypted handshake record, and any if secrets are known.
func (a *Assembler) pushDTLS(p *layers.Packet, b []byte, ref Ref) bool {
	hello := len(b) > 0 && b[0] == byte(tls.ContentHandshake)
	if len(b) < 13 || b[1] != 0xfe || !hello && a.Keys.Len() == 0 || p.IsFragment() {
		return false
	}
	f, ok := p.Flow()
	if !ok {
		return false
	}
	taken := hello && a.dtlsHellos(f, b, ref)
	if a.Keys.Len() > 0 && a.followDTLS(f, b, ref) {
		taken = true
	}
	return taken
}

// dtlsHellos processes the unencrypted handshake records at the start of a
// datagram. It reports whether there are any.
func (a *Assembler) dtlsHellos(f layers.Flow, b []byte, ref Ref) (taken bool) {
	for len(b) > 0 {
		r, err := tls.ParseDTLSRecord(b)
		if err != nil || r.Type() != tls.ContentHandshake || r.Epoch() != 0 {
			break
		}
		b, taken = b[len(r.Bytes()):], true
		for body := r.Payload(); len(body) > 0; {
			m, err := tls.ParseDTLSHandshake(body)
			if err != nil {
				break
			}
			body = body[len(m.Bytes()):]
			if m.Type() == tls.TypeClientHello || m.Type() == tls.TypeServerHello {
				a.dtlsHello(f, m, ref)
			}
		}
	}
	return taken
}

// dtlsHello processes a fragment of a hello.
func (a *Assembler) dtlsHello(f layers.Flow, m tls.DTLSHandshake, ref Ref) {
	if m.Len() > min(dtlsMaxMessage, withDefault(a.MaxMessage, defaultMaxMessage)) {
		a.stats.TooLong++
		return
	}
	if len(m.Body()) == m.Len() {
		a.emitDTLS(f, m.Type(), m.Body(), ref, ref)
		return
	}
	e := a.partialDTLS(f, m)
	w := &e.Value
	held := len(w.body)
	part := run{uint64(m.Offset()), m.Body(), ref}
	for part, ok := w.fragments.push(a, part); ok; part, ok = w.fragments.pop(a) {
		if part.off == 0 {
			w.first = part.ref
		}
		w.body = append(w.body, part.data...)
	}
	a.hold(len(w.body) - held)
	if len(w.body) == m.Len() {
		a.emitDTLS(f, m.Type(), w.body, w.first, ref)
		a.forgetDTLS(e)
	}
}

func (a *Assembler) partialDTLS(f layers.Flow, m tls.DTLSHandshake) *dtlsEntry {
	ends, from := makeKey(f)
	k := dtlsKey{ends, from, m.Message(), m.Len()}
	if e := a.dtls.Find(k); e != nil {
		return e
	}
	if a.dtls.Len() == dtlsMaxPartial {
		a.stats.Incomplete++
		a.forgetDTLS(a.dtls.Oldest())
	}
	a.hold(segmentCost)
	return a.dtls.Add(k, dtlsMessage{})
}

func (a *Assembler) forgetDTLS(e *dtlsEntry) {
	e.Value.fragments.drop(a)
	a.hold(-segmentCost - len(e.Value.body))
	e.Value = dtlsMessage{}
	a.dtls.Remove(e)
}

// flushDTLS drops all incomplete messages.
func (a *Assembler) flushDTLS() {
	for e := a.dtls.Oldest(); e != nil; e = a.dtls.Oldest() {
		a.stats.Incomplete++
		a.forgetDTLS(e)
	}
}

// emitDTLS emits a hello in TLS's format.
func (a *Assembler) emitDTLS(f layers.Flow, typ tls.HandshakeType, body []byte, first, last Ref) {
	client := typ == tls.TypeClientHello
	if !client {
		f = f.Reverse()
	}
	b := tls.AppendHandshake(a.getSpare(), typ, body)
	if cap(b) <= spareSize {
		a.lent = append(a.lent, b)
	}
	a.out = append(a.out, Message{
		Conn: &Conn{Flow: f, Start: first}, Via: pathOf(UDP), Proto: DTLS, Kind: handshakeKind(byte(typ)), FromClient: client,
		First: first, Last: last, Data: b[:len(b):len(b)],
	})
}
