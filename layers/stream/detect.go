package stream

import "github.com/sightline-go/sightline/layers"

// probeLen is how many bytes a decision may need.
const probeLen = 512

// A probe finds out which protocol a conversation speaks, and then passes its
// bytes to that protocol's framer. Until then it keeps at most probeLen bytes
// of each side. What is not recognised is not kept: the next piece may begin a
// message all the same, as in a conversation whose beginning was not captured.
type probe struct {
	via   Path // to the conversation
	buf   [2]buffer
	inner [2]framer // of each side; it is one framer, unless they do not understand each other
	heard [2]bool   // the framer was given bytes of the side
	gap   [2]int    // bytes lost before the next piece, of which the framer is not told yet
	known Proto     // recognised
	depth int       // tunnels of HTTP that it is in
}

// lost drops what was kept of the side, and leaves the rest to push and end: the
// bytes after the gap may decide whose framer is to know of it.
func (f *probe) lost(s sink, side, n int) {
	f.buf[side].drop(s)
	f.gap[side] = n
}

func (f *probe) push(s sink, p piece) {
	s.via = f.via
	gap := f.gap[p.side]
	f.gap[p.side] = 0
	if f.inner[p.side] == nil && !f.detect(s, &p) {
		return
	}
	if !f.heard[p.side] {
		f.answer(s, p)
	}
	if gap > 0 {
		f.inner[p.side].lost(s, p.side, gap)
	}
	f.inner[p.side].push(s, p)
}

// answer looks at the first bytes of a side when the other side's protocol is
// known. If they begin another one, of those that no other can be taken for, the
// side gets a framer of its own: so it is when a scanner sends HTTP to a server
// that speaks SSH.
func (f *probe) answer(s sink, p piece) {
	f.heard[p.side] = true
	proto := Unknown
	for i := range protocols {
		if row := &protocols[i]; row.plain {
			if _, v := row.recognise(p.data, s.c.Flow); v == decided {
				proto = row.proto
				break
			}
		}
	}
	if proto != Unknown && f.known != proto && f.known != Unknown {
		f.inner[p.side] = newFramer(proto, f.via, f.depth)
	}
}

// detect looks at the beginning of p, behind what is kept of its side. When
// that decides, it passes on what was kept of both sides.
func (f *probe) detect(s sink, p *piece) bool {
	b := &f.buf[p.side]
	head := p.data
	if kept := len(b.b); kept > 0 {
		head = append(b.b[:kept:kept], p.data[:min(len(p.data), probeLen-kept)]...)
	}
	if f.ask(s, p.side, head) {
		f.passKept(s, 1-p.side)
		f.passKept(s, p.side)
		return true
	}
	proto, role, verdict := f.recognise(head, f.buf[1-p.side].b, s.c.Flow)
	switch {
	case verdict == decided:
	case (verdict == undecided || s.a.Detect != nil) && len(head) < probeLen:
		if len(b.b) == 0 {
			b.first = p.first()
		}
		b.add(s, p, len(p.data))
		return false
	default:
		b.drop(s)
		return false
	}
	return f.decide(s, p.side, proto, role)
}

// decide begins to pass bytes on, if the protocol is one that is decoded.
func (f *probe) decide(s sink, side int, proto Proto, role role) bool {
	switch role {
	case fromClient:
		s.c.setClient(side)
	case fromServer:
		s.c.setClient(1 - side)
	}
	s.count(proto)
	f.known = proto
	inner := newFramer(proto, f.via, f.depth)
	if inner == nil {
		if proto == SOCKS {
			f.via = f.via.with(SOCKS)
		}
		f.buf[0].drop(s)
		f.buf[1].drop(s)
		return false
	}
	f.inner, f.heard[side] = [2]framer{inner, inner}, true
	if other := &f.buf[1-side]; proto == TLS && len(other.b) > 0 {
		if _, v := recogniseTLS(other.b, s.c.Flow); v == refused {
			other.drop(s) // an answer from before TLS, as PostgreSQL's "S"
		}
	}
	f.passKept(s, 1-side)
	f.passKept(s, side)
	return true
}

// passKept gives the framer what was kept of a side.
func (f *probe) passKept(s sink, side int) {
	b := &f.buf[side]
	if len(b.b) > 0 {
		f.heard[side] = true
		f.inner[side].push(s, piece{side: side, data: b.b, ref: b.first})
	}
	b.drop(s)
}

func (f *probe) end(s sink, side int) {
	s.via = f.via
	if b := f.buf[side].b; f.inner[side] == nil && len(b) > 0 && !f.onlyTLS() {
		if proto, role, verdict := recogniseLines(b, f.buf[1-side].b, s.c.Flow, true); verdict == decided {
			f.decide(s, side, proto, role)
		}
	}
	if f.inner[side] == nil {
		return
	}
	if n := f.gap[side]; n > 0 {
		f.gap[side] = 0
		f.inner[side].lost(s, side, n)
	}
	f.inner[side].end(s, side)
}

func (f *probe) free(s sink) {
	f.buf[0].drop(s)
	f.buf[1].drop(s)
	for i, inner := range f.inner {
		if inner != nil && (i == 0 || inner != f.inner[0]) {
			inner.free(s)
		}
	}
}

// A verdict says whether bytes are the beginning of a protocol.
type verdict uint8

const (
	refused verdict = iota
	undecided
	decided
)

// A role says who sends such bytes.
type role uint8

const (
	either role = iota
	fromClient
	fromServer
)

// onlyTLS reports whether nothing but TLS may follow: behind STARTTLS, in OpenVPN, and
// behind a protocol that is not decoded, but SOCKS, through which anything goes.
func (f *probe) onlyTLS() bool {
	carrier := f.via.Innermost()
	return carrier == StartTLS || carrier == OpenVPN || f.known != Unknown && f.known != SOCKS
}

// recognise decides which protocol the bytes of one side begin. other is what is
// kept of the other side.
func (f *probe) recognise(b, other []byte, flow layers.Flow) (Proto, role, verdict) {
	if len(b) == 0 {
		return Unknown, either, undecided
	}
	if f.onlyTLS() {
		r, v := recogniseTLS(b, flow)
		return TLS, r, v
	}
	linesAsked := false
	for i := range protocols {
		p := &protocols[i]
		switch {
		case p.lines != nil && !linesAsked:
			linesAsked = true
			if proto, r, v := recogniseLines(b, other, flow, len(b) >= probeLen); v != refused {
				return proto, r, v
			}
		case p.recognise == nil, p.newFramer == nil && f.known != Unknown:
		default:
			if r, v := p.recognise(b, flow); v != refused {
				return p.proto, r, v
			}
		}
	}
	return Unknown, either, refused
}

// prefix reports whether b begins with want, or may when more of it is there.
func prefix(b []byte, want string) verdict {
	switch {
	case len(b) < len(want) && string(b) == want[:len(b)]:
		return undecided
	case len(b) >= len(want) && string(b[:len(want)]) == want:
		return decided
	}
	return refused
}
