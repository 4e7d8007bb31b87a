package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers"
)

// Versions and types of addresses of SOCKS (RFC 1928, RFC 1929; "SOCKS: A
// protocol for TCP proxy across firewalls" and its extension 4A).
const (
	socks4    = 4
	socks5    = 5
	socksAuth = 1 // of a user name and password

	socksIPv4 = 1
	socksName = 3
	socksIPv6 = 4

	socks4Len = 8 // a request up to its user name, and a reply
	socksMax  = 2 * 256
)

// A socksFramer skips the negotiation of SOCKS. The rest of each side goes
// through the tunnel; if the negotiation is not as specified, all that follows.
type socksFramer struct {
	via   Path
	depth int
	side  [2]socksSide
	inner framer // nil until one side's negotiation is over
}

type socksSide struct {
	buf   buffer
	later bool // the next message is not the first
	open  bool // the negotiation is over
}

func newSOCKS(via Path, depth int) framer { return &socksFramer{via: via.with(SOCKS), depth: depth} }

func (f *socksFramer) lost(s sink, side, n int) {
	f.side[side].buf.drop(s)
	f.open(s, side)
	f.inner.lost(s, side, n)
}

func (f *socksFramer) push(s sink, p piece) {
	t := &f.side[p.side]
	for len(p.data) > 0 && !t.open {
		b, last, v := t.message(s, &p, p.side == s.c.client)
		switch v {
		case undecided:
			return
		case refused:
			f.open(s, p.side)
			if len(t.buf.b) > 0 {
				f.inner.push(s, piece{side: p.side, data: t.buf.b, ref: t.buf.first})
				t.buf.drop(s)
			}
		case decided:
			t.later = true
			t.buf.done(s, &p, len(b))
			if last {
				f.open(s, p.side)
			}
		}
	}
	if len(p.data) > 0 {
		f.inner.push(s, p)
	}
}

// message returns the next message once it has arrived, and whether it is the
// last of its side.
func (t *socksSide) message(s sink, p *piece, client bool) (b []byte, last bool, v verdict) {
	for need := 1; ; {
		b, ok := t.buf.fill(s, p, need)
		if !ok {
			return nil, false, undecided
		}
		size, last := socksMessage(b[:need], client, !t.later)
		if size == 0 || size > socksMax {
			return nil, false, refused
		}
		if size == need {
			return b[:size], last, decided
		}
		need = size
	}
}

// open passes all further bytes of a side to the tunnel.
func (f *socksFramer) open(s sink, side int) {
	f.side[side].open = true
	if f.inner == nil {
		f.inner = newTunnel(s, f.via, f.depth)
	}
}

func (f *socksFramer) end(s sink, side int) {
	f.side[side].buf.abandon(s)
	if f.inner != nil {
		f.inner.end(s, side)
	}
}

func (f *socksFramer) free(s sink) {
	f.side[0].buf.drop(s)
	f.side[1].buf.drop(s)
	if f.inner != nil {
		f.inner.free(s)
		s.a.hold(-tunnelCost)
	}
}

// socksMessage returns how many bytes of the message that b begins are needed
// to find its end: len(b) if they are there, 0 if b does not begin a message.
// last means that the tunnel follows.
func socksMessage(b []byte, client, first bool) (need int, last bool) {
	switch version := b[0]; {
	case first && client && version == socks4:
		return socks4Request(b), true
	case first && !client && version == 0:
		return socks4Len, true
	case first && client && version == socks5:
		return socksVector(b, 1), false
	case first && version == socks5, !first && !client && version == socksAuth:
		return 2, false
	case !first && version == socksAuth:
		need = socksVector(b, 1)
		if 1 < len(b) && need <= len(b) {
			need = socksVector(b, need)
		}
		return need, false
	case !first && version == socks5:
		return socksAddress(b), true
	}
	return 0, false
}

// socksVector returns the offset of the end of the bytes whose length is b[at],
// or the end of the length itself if that has not arrived.
func socksVector(b []byte, at int) int {
	if len(b) <= at {
		return at + 1
	}
	return at + 1 + int(b[at])
}

// socksAddress is for a request and a reply of version 5.
func socksAddress(b []byte) int {
	const fixed, port = 4, 2
	if len(b) <= fixed {
		return fixed + 1
	}
	switch b[3] {
	case socksIPv4:
		return fixed + 4 + port
	case socksIPv6:
		return fixed + 16 + port
	case socksName:
		return socksVector(b, fixed) + port
	}
	return 0
}

// socks4Request is for a request of version 4: a user name ends it, and in
// version 4A, where the address is 0.0.0.x, a host name.
func socks4Request(b []byte) int {
	if len(b) <= socks4Len {
		return socks4Len + 1
	}
	end := endOfString(b, socks4Len)
	if end <= len(b) && b[4]|b[5]|b[6] == 0 && b[7] != 0 {
		end = endOfString(b, end)
	}
	return end
}

// endOfString returns the offset after the next NUL, or len(b)+1.
func endOfString(b []byte, from int) int {
	i := bytes.IndexByte(b[from:], 0)
	if i < 0 {
		return len(b) + 1
	}
	return from + i + 1
}

// recogniseSOCKS accepts the client's first message: a list of methods in
// version 5, a request in version 4. What follows a list must be the client's
// next message; nothing follows a request to accept a connection.
func recogniseSOCKS(b []byte, _ layers.Flow) (role, verdict) {
	if b[0] != socks4 && b[0] != socks5 {
		return either, refused
	}
	need := 1
	for need <= len(b) {
		size, _ := socksMessage(b[:need], true, true)
		if size == need {
			break
		}
		need = size
	}
	message, rest := b[:min(need, len(b))], b[min(need, len(b)):]
	ok := isSOCKS4(message) && (len(rest) == 0 || message[1] == 1)
	if b[0] == socks5 {
		ok = isSOCKS5(message) && (len(rest) == 0 || rest[0] == socksAuth || rest[0] == socks5)
	}
	if ok && len(b) < need {
		return fromClient, undecided
	}
	return fromClient, decidedIf(ok)
}

// isSOCKS5 reports whether b may begin a list of methods (IANA registry
// "socks-methods").
func isSOCKS5(b []byte) bool {
	for _, method := range b[min(len(b), 2):] {
		if method > 9 && method < 0x80 {
			return false
		}
	}
	return len(b) < 2 || b[1] > 0
}

// isSOCKS4 reports whether b may begin a request of version 4 for a connection, in
// either direction.
func isSOCKS4(b []byte) bool {
	if len(b) > 1 && b[1] != 1 && b[1] != 2 || len(b) > 3 && b[2]|b[3] == 0 {
		return false
	}
	for _, c := range b[min(len(b), socks4Len):] {
		if c != 0 && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}
