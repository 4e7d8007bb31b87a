package stream

import "encoding/binary"

// OpenVPN over TCP (documentation of OpenVPN, "Network protocol"): a packet is a
// length of two bytes; opcode and key number in one byte; the session ID; with
// --tls-auth an HMAC, a number against replay and a time; a count of
// acknowledgements, these, and the session ID that they are for; the number of the
// message; and, in control messages, a piece of TLS.
const (
	openvpnControl     = 4
	openvpnAck         = 5
	openvpnClientReset = 7
	openvpnServerReset = 8

	openvpnSession  = 8
	openvpnReplay   = 8  // number and time
	openvpnResetLen = 14 // of the client's first packet, without --tls-auth
)

// An openvpnFramer takes the TLS of the first key out of OpenVPN's control
// messages. Over TCP they come in order, some perhaps again.
type openvpnFramer struct {
	auth  int // bytes of --tls-auth
	side  [2]openvpnSide
	inner probe
}

type openvpnSide struct {
	buf  buffer
	next uint32 // number of the next message
	done bool   // nothing more is to be seen
}

func newOpenVPN() framer { return &openvpnFramer{auth: -1, inner: probe{via: OpenVPN}} }

func (f *openvpnFramer) push(s sink, p piece) {
	t := &f.side[p.side]
	if p.gap > 0 && !t.done {
		t.stop(s)
	}
	for len(p.data) > 0 && !t.done {
		head, ok := t.buf.fill(s, &p, 3)
		if !ok {
			return
		}
		size := 2 + int(binary.BigEndian.Uint16(head))
		if !isOpenVPNControl(head[2]) || size < len(head) {
			t.stop(s) // data, or another key
			return
		}
		b, ok := t.buf.fill(s, &p, size)
		if !ok {
			return
		}
		f.packet(s, &p, b[:size])
		t.buf.done(s, &p, size)
	}
}

// packet takes a packet and its length. The client's first says how long the
// authentication is.
func (f *openvpnFramer) packet(s sink, p *piece, b []byte) {
	t := &f.side[p.side]
	if f.auth < 0 {
		n, ok := openvpnAuth(b)
		if !ok {
			t.stop(s)
			return
		}
		f.auth = n
	}
	if data, ok := t.message(b[2:], f.auth); ok {
		f.inner.push(s, piece{side: p.side, data: data, ref: p.ref, origin: &t.buf.first})
	}
}

// isOpenVPNControl reports whether a packet is of the control channel, and of the
// first key.
func isOpenVPNControl(b byte) bool {
	switch b >> 3 {
	case openvpnControl, openvpnAck, openvpnClientReset, openvpnServerReset:
		return b&7 == 0
	}
	return false
}

// message returns what a control message holds, if it is the next one.
func (t *openvpnSide) message(b []byte, auth int) ([]byte, bool) {
	opcode := b[0] >> 3
	at := 1 + openvpnSession + auth
	if opcode == openvpnAck || len(b) <= at {
		return nil, false
	}
	if n := int(b[at]); n > 0 {
		at += 4*n + openvpnSession
	}
	at++
	if len(b) < at+4 || binary.BigEndian.Uint32(b[at:]) != t.next {
		return nil, false
	}
	t.next++
	return b[at+4:], opcode == openvpnControl && len(b) > at+4
}

// recogniseOpenVPN wants the client's first packet: a reset with nothing to
// acknowledge, of message 0. A zero alone is rather a keep-alive (RFC 9293 section
// 3.8.4).
func recogniseOpenVPN(b []byte) (role, verdict) {
	if len(b) < 3 || b[0] != 0 || b[2] != openvpnClientReset<<3 {
		return either, refused
	}
	size := 2 + int(b[1])
	if len(b) < min(size, 2+openvpnResetLen+64+openvpnReplay) {
		return either, undecided
	}
	if _, ok := openvpnAuth(b[:min(size, len(b))]); !ok {
		return either, refused
	}
	return fromClient, decided
}

// openvpnAuth returns how many bytes of --tls-auth are in a client's first packet,
// and whether it is one. The HMAC is of 16 to 64 bytes.
func openvpnAuth(b []byte) (n int, ok bool) {
	n = len(b) - 2 - openvpnResetLen
	if len(b) < 2+openvpnResetLen || string(b[len(b)-5:]) != "\x00\x00\x00\x00\x00" {
		return 0, false
	}
	if n == 0 {
		return 0, true
	}
	hmac := n - openvpnReplay
	return n, 16 <= hmac && hmac <= 64 && binary.BigEndian.Uint32(b[2+1+openvpnSession+hmac:]) == 1
}

func (t *openvpnSide) stop(s sink) {
	t.done = true
	t.buf.abandon(s)
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
