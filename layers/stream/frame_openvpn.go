package stream

import (
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/layers"
)

// The packet format of OpenVPN (documentation of OpenVPN, "Network protocol"):
// opcode and key number in one byte; the session ID; with --tls-auth an HMAC, a
// replay counter and a time; the number of acknowledgements, the
// acknowledgements, and the session ID that they are for; the message number;
// and, in control messages, a piece of TLS. Over TCP, two bytes of length
// precede each packet.
const (
	openvpnControl     = 4
	openvpnAck         = 5
	openvpnClientReset = 7
	openvpnServerReset = 8

	openvpnIDLen     = 8
	openvpnReplayLen = 8  // counter and time
	openvpnResetLen  = 14 // the client's first packet, without --tls-auth

	// openvpnMaxWaiting limits the messages that wait for an earlier one. No
	// sender is farther ahead.
	openvpnMaxWaiting = 12
)

// An openvpnFramer extracts the TLS of the first key from OpenVPN's control
// messages.
type openvpnFramer struct {
	auth  int // bytes of --tls-auth, -1 before the client's first packet
	side  [2]openvpnSide
	inner probe
}

type openvpnSide struct {
	buf     buffer           // over TCP
	next    uint32           // number of the next message
	waiting []openvpnMessage // for an earlier one
	done    bool             // the rest is skipped
}

// An openvpnMessage is a message of the control channel.
type openvpnMessage struct {
	number uint32
	data   []byte // of TLS
	ref    Ref
}

func newOpenVPN(via Path, _ int) framer {
	return &openvpnFramer{auth: -1, inner: probe{via: via.with(OpenVPN)}}
}

func (f *openvpnFramer) lost(s sink, side, _ int) { f.side[side].stop(s) }

func (f *openvpnFramer) push(s sink, p piece) {
	t := &f.side[p.side]
	for len(p.data) > 0 && !t.done {
		head, ok := t.buf.fill(s, &p, 3)
		if !ok {
			return
		}
		size := 2 + int(binary.BigEndian.Uint16(head))
		if !isOpenVPNControl(head[2]) || size < len(head) {
			t.buf.drop(s) // data, or another key
			t.stop(s)
			return
		}
		b, ok := t.buf.fill(s, &p, size)
		if !ok {
			return
		}
		f.packet(s, p.side, b[2:size], t.buf.first, p.ref)
		t.buf.done(s, &p, size)
	}
}

// packet processes a packet. The client's first one shows how long the
// authentication is.
func (f *openvpnFramer) packet(s sink, side int, b []byte, first, last Ref) {
	t := &f.side[side]
	if f.auth < 0 {
		n, ok := openvpnAuth(b)
		if !ok {
			t.stop(s)
			return
		}
		f.auth = n
	}
	m, ok := parseOpenVPN(b, f.auth)
	if !ok || m.number < t.next {
		return
	}
	m.ref = last
	if m.number > t.next {
		t.wait(s.a, m)
		return
	}
	for ok {
		t.next++
		if len(m.data) > 0 {
			f.inner.push(s, piece{side: side, data: m.data, ref: m.ref, origin: &first})
		}
		if m, ok = t.pop(s.a); ok {
			first = m.ref
		}
	}
}

// wait keeps a copy of a message, unless it already has one.
func (t *openvpnSide) wait(a *Assembler, m openvpnMessage) {
	same := func(w openvpnMessage) bool { return w.number == m.number }
	switch {
	case slices.ContainsFunc(t.waiting, same):
	case len(t.waiting) == openvpnMaxWaiting:
		a.stats.TooLong++
	default:
		m.data = slices.Clone(m.data)
		t.waiting = append(t.waiting, m)
		a.hold(segmentCost + len(m.data))
	}
}

// pop returns the next message, if it waits.
func (t *openvpnSide) pop(a *Assembler) (m openvpnMessage, ok bool) {
	i := slices.IndexFunc(t.waiting, func(w openvpnMessage) bool { return w.number == t.next })
	if i < 0 {
		return m, false
	}
	m = t.waiting[i]
	t.waiting = slices.Delete(t.waiting, i, i+1)
	a.hold(-segmentCost - len(m.data))
	return m, true
}

// isOpenVPNControl reports whether a packet that begins with b is of the
// control channel and of the first key.
func isOpenVPNControl(b byte) bool {
	switch b >> 3 {
	case openvpnControl, openvpnAck, openvpnClientReset, openvpnServerReset:
		return b&7 == 0
	}
	return false
}

// parseOpenVPN returns the message in a packet, if any.
func parseOpenVPN(b []byte, auth int) (m openvpnMessage, ok bool) {
	opcode := b[0] >> 3
	at := 1 + openvpnIDLen + auth
	if opcode == openvpnAck || len(b) <= at {
		return m, false
	}
	if n := int(b[at]); n > 0 {
		at += 4*n + openvpnIDLen
	}
	at++
	if len(b) < at+4 {
		return m, false
	}
	m.number = binary.BigEndian.Uint32(b[at:])
	if opcode == openvpnControl {
		m.data = b[at+4:]
	}
	return m, true
}

// recogniseOpenVPN accepts the client's first packet: a reset of message 0
// without acknowledgements. A zero alone is more likely a keep-alive (RFC 9293
// section 3.8.4).
func recogniseOpenVPN(b []byte, _ layers.Flow) (role, verdict) {
	if b[0] != 0 || len(b) > 2 && b[2] != openvpnClientReset<<3 {
		return either, refused
	}
	if len(b) < 3 {
		return either, undecided
	}
	size := 2 + int(b[1])
	if len(b) < min(size, 2+openvpnResetLen+64+openvpnReplayLen) {
		return either, undecided
	}
	if _, ok := openvpnAuth(b[2:min(size, len(b))]); !ok {
		return either, refused
	}
	return fromClient, decided
}

// openvpnAuth returns the length of the --tls-auth fields in a client's first
// packet, and whether b is one. The HMAC has 16 to 64 bytes.
func openvpnAuth(b []byte) (n int, ok bool) {
	n = len(b) - openvpnResetLen
	if n < 0 || b[0] != openvpnClientReset<<3 || string(b[len(b)-5:]) != "\x00\x00\x00\x00\x00" {
		return 0, false
	}
	if n == 0 {
		return 0, true
	}
	hmac := n - openvpnReplayLen
	return n, 16 <= hmac && hmac <= 64 && binary.BigEndian.Uint32(b[1+openvpnIDLen+hmac:]) == 1
}

func (t *openvpnSide) stop(s sink) {
	t.done = true
	t.buf.abandon(s)
	for _, m := range t.waiting {
		s.a.hold(-segmentCost - len(m.data))
	}
	t.waiting = nil
}

func (f *openvpnFramer) end(s sink, side int) {
	f.side[side].stop(s)
	f.inner.end(s, side)
}

func (f *openvpnFramer) free(s sink) {
	f.side[0].buf.drop(s)
	f.side[1].buf.drop(s)
	f.inner.free(s)
}
