package stream

import (
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/layers/tls"
)

const (
	// dtlsMaxParts limits the handshake messages of an association that are kept, as
	// others may be retransmissions of them. At the limit, the oldest is forgotten.
	dtlsMaxParts = 64

	// dtlsMaxPast limits the earlier handshakes of an association whose messages are
	// recognised, likewise.
	dtlsMaxPast = 8
)

// A dtlsPart is a handshake message, or the fragments of it that have arrived.
type dtlsPart struct {
	from      int
	epoch     uint16
	typ       tls.HandshakeType
	number    uint16
	size      int // of the body
	first     Ref
	fragments sequence
	body      []byte // the bytes that arrived in order
	done      bool   // all have arrived
}

// handshake processes the fragments in a handshake record.
func (c *dtlsConn) handshake(s sink, from int, epoch uint16, body []byte, ref Ref) {
	for len(body) > 0 {
		m, err := tls.ParseDTLSHandshake(body)
		if err != nil {
			return
		}
		body = body[len(m.Bytes()):]
		if m.Len() > min(dtlsMaxMessage, withDefault(s.a.MaxMessage, defaultMaxMessage)) {
			if epoch > 0 || m.Type() != tls.TypeClientHello && m.Type() != tls.TypeServerHello { // those were counted
				s.a.stats.TooLong++
			}
			continue
		}
		if m.Type() != tls.TypeClientHello || m.Offset() > 0 || c.greet(s, epoch, m.Body()) {
			c.fragment(s, from, epoch, m, ref)
		}
	}
}

// greet begins another handshake if a ClientHello has another random than the last
// one: a renegotiation, or another association. After a HelloVerifyRequest, the random
// is the same. It reports false for a message of an earlier handshake.
func (c *dtlsConn) greet(s sink, epoch uint16, hello []byte) bool {
	const at = 2 // after the version
	if len(hello) < at+dtlsRandomLen {
		return true
	}
	random := [dtlsRandomLen]byte(hello[at:])
	switch {
	case c.greeted && random == c.hello:
		return true
	case slices.Contains(c.past, random):
		return false
	}
	if c.greeted {
		if len(c.past) == dtlsMaxPast {
			c.past = slices.Delete(c.past, 0, 1)
		}
		c.past = append(c.past, c.hello)
		c.forgetParts(s, func(p *dtlsPart) bool {
			// What was sent in the epoch before may be of this handshake, and arrived
			// before the hello.
			return p.epoch != epoch || c.sent == epoch && p.typ != tls.TypeFinished
		})
		c.open.forget(s)
		c.open, c.ids = tlsOpener{}, [2]int{-1, -1}
	}
	c.hello, c.greeted, c.sent = random, true, epoch
	c.full, c.ticketed, c.installed, c.settled = false, false, false, false
	return true
}

// fragment processes a fragment of a handshake message.
func (c *dtlsConn) fragment(s sink, from int, epoch uint16, m tls.DTLSHandshake, ref Ref) {
	w := c.part(s, from, epoch, m)
	if w.done {
		return
	}
	held := len(w.body)
	part := run{uint64(m.Offset()), m.Body(), ref}
	if m.Len() == 0 {
		w.first = ref
	}
	for part, ok := w.fragments.push(s.a, part); ok; part, ok = w.fragments.pop(s.a) {
		if part.off == 0 {
			w.first = part.ref
		}
		w.body = append(w.body, part.data...)
	}
	s.a.hold(len(w.body) - held)
	if len(w.body) < w.size {
		return
	}
	w.done = true
	w.fragments.drop(s.a)
	if epoch > 0 {
		c.emit(s, w, ref)
	}
	c.advance(s)
}

// part returns the message of a fragment.
func (c *dtlsConn) part(s sink, from int, epoch uint16, m tls.DTLSHandshake) *dtlsPart {
	for _, w := range c.parts {
		if w.from == from && w.epoch == epoch && w.number == m.Message() && w.typ == m.Type() && w.size == m.Len() {
			return w
		}
	}
	if len(c.parts) == dtlsMaxParts {
		oldest := c.parts[0]
		c.forgetParts(s, func(w *dtlsPart) bool { return w == oldest })
	}
	w := &dtlsPart{from: from, epoch: epoch, typ: m.Type(), number: m.Message(), size: m.Len()}
	c.parts = append(c.parts, w)
	s.a.hold(segmentCost)
	return w
}

// forgetParts drops the messages that which selects. Of those without encryption, only
// hellos count if they are incomplete, which is done elsewhere.
func (c *dtlsConn) forgetParts(s sink, which func(*dtlsPart) bool) {
	c.parts = slices.DeleteFunc(c.parts, func(w *dtlsPart) bool {
		if !which(w) {
			return false
		}
		if !w.done && w.epoch > 0 {
			s.a.stats.Incomplete++
		}
		w.fragments.drop(s.a)
		s.a.hold(-segmentCost - len(w.body))
		return true
	})
}

// emit emits a message that was encrypted, in TLS's format.
func (c *dtlsConn) emit(s sink, w *dtlsPart, last Ref) {
	b := tls.AppendHandshake(s.a.getSpare(), w.typ, w.body)
	s.a.lend(b)
	s.emit(Message{
		Proto: DTLS, Kind: handshakeKind(byte(w.typ)), FromClient: w.from == c.client,
		First: w.first, Last: last, Data: b[:len(b):len(b)],
	})
}

// advance processes the messages of the handshake whose turn it is, in whatever order
// they arrived.
func (c *dtlsConn) advance(s sink) {
	o := &c.open
	if o.random == nil {
		w := c.find(either, tls.TypeClientHello)
		if w == nil {
			return
		}
		c.turn(w.from)
		o.clientHello(s, w.message())
	}
	if w := c.find(fromServer, tls.TypeServerHello); w != nil && o.random != nil && !o.negotiated && !o.refused {
		o.serverHello(s, w.message())
		c.connectionIDs(w.message())
	}
	c.keyExchange(s)
	c.install(s)
	if w := c.find(fromServer, tls.TypeNewSessionTicket); w != nil && o.resumes.master != nil && !c.ticketed {
		c.ticketed = true
		s.a.rememberTicket(&o.resumes, w.message())
	}
	if c.installed {
		c.forgetBodies(s)
	}
	c.settle(s)
}

// settle processes the records that wait, once the keys of the handshake are known or
// will not be.
func (c *dtlsConn) settle(s sink) {
	if !c.settled && !c.pending(c.sent+1) {
		c.settled = true
		c.retry(s)
	}
}

// find returns a message of the handshake, of several the last one, or nil: a client
// sends its hello twice if the server sends a HelloVerifyRequest.
func (c *dtlsConn) find(by role, typ tls.HandshakeType) (last *dtlsPart) {
	for _, w := range c.parts {
		sent := by == either || (by == fromClient) == (w.from == c.client)
		if sent && w.done && w.epoch == c.sent && w.typ == typ && (last == nil || w.number > last.number) {
			last = w
		}
	}
	return last
}

// message returns a copy of the message in TLS's format.
func (w *dtlsPart) message() tls.Handshake {
	h, _ := tls.ParseHandshake(tls.AppendHandshake(nil, w.typ, w.body))
	return h
}

// connectionIDs takes the lengths of the connection IDs from the hellos, each of which
// says what the other side's records begin with (RFC 9146 section 3).
func (c *dtlsConn) connectionIDs(h tls.Handshake) {
	answer, ok := h.ServerHello()
	w := c.find(fromClient, tls.TypeClientHello)
	if !ok || w == nil {
		return
	}
	hello, ok := w.message().ClientHello()
	if !ok {
		return
	}
	toServer, both := answer.ConnectionID()
	toClient, ok := hello.ConnectionID()
	if both && ok {
		c.ids[c.client], c.ids[1-c.client] = len(toServer), len(toClient)
	}
}

// keyExchange processes the ClientKeyExchange, after what its secret may depend on.
func (c *dtlsConn) keyExchange(s sink) {
	o := &c.open
	o.resumes.full = o.resumes.full || c.find(fromServer, tls.TypeServerHelloDone) != nil
	w := c.find(fromClient, tls.TypeClientKeyExchange)
	if w == nil || c.full || c.installed || !o.negotiated {
		return
	}
	if o.collect {
		messages, whole := c.transcript(w)
		if !whole && (o.n.ExtendedMaster || s.a.Keys.HasRSA()) {
			return
		}
		s.a.hold(len(messages))
		o.messages = messages
		if m := c.find(fromServer, tls.TypeCertificate); m != nil {
			o.certificate(s, m.from, m.message())
		}
	}
	c.full = true
	o.keyExchange(s, w.message())
}

// transcript returns the messages from the ClientHello to the ClientKeyExchange, as if
// none had been fragmented. It reports false if one is missing. Those before the reply
// to a HelloVerifyRequest do not count (RFC 6347 section 4.2.6).
func (c *dtlsConn) transcript(exchange *dtlsPart) (b []byte, whole bool) {
	hello := c.find(fromClient, tls.TypeClientHello)
	answer, done := c.find(fromServer, tls.TypeServerHello), c.find(fromServer, tls.TypeServerHelloDone)
	if hello == nil || answer == nil || done == nil {
		return nil, false
	}
	b = hello.append(nil)
	for n := answer.number; n <= done.number && b != nil; n++ {
		b = c.appendMessage(b, answer.from, n)
	}
	for n := hello.number + 1; n <= exchange.number && b != nil; n++ {
		b = c.appendMessage(b, hello.from, n)
	}
	return b, b != nil
}

// appendMessage appends the message of the handshake with a number to b. It returns nil
// if it is missing.
func (c *dtlsConn) appendMessage(b []byte, from int, number uint16) []byte {
	for _, w := range c.parts {
		if w.done && w.epoch == c.sent && w.from == from && w.number == number && w.typ != tls.TypeFinished {
			return w.append(b)
		}
	}
	return nil
}

// append appends the message with the header of DTLS (RFC 6347 section 4.2.2) to b.
func (w *dtlsPart) append(b []byte) []byte {
	b = append(b, byte(w.typ), byte(w.size>>16), byte(w.size>>8), byte(w.size))
	b = binary.BigEndian.AppendUint16(b, w.number)
	b = append(b, 0, 0, 0, byte(w.size>>16), byte(w.size>>8), byte(w.size))
	return append(b, w.body...)
}

// forgetBodies drops the content of messages that nothing depends on any more: all but
// those of a later handshake.
func (c *dtlsConn) forgetBodies(s sink) {
	for _, w := range c.parts {
		if w.done && (w.epoch <= c.sent || w.typ == tls.TypeFinished) {
			s.a.hold(-len(w.body))
			w.body = nil
		}
	}
}
