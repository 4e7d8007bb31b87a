package stream

import "github.com/sightline-go/sightline/layers"

// probeLen is how many bytes a decision may need.
const probeLen = 512

// A probe detects the protocol of a conversation, and then passes its bytes to
// that protocol's framer. Until then it keeps at most probeLen bytes of each
// side. Unrecognised bytes are dropped, but for what seek finds in them. If the
// beginning was not captured, each piece may begin a message.
type probe struct {
	via     Path      // of the conversation
	buf     *[2]kept  // bytes whose protocol is undecided; nil if there were none
	inner   [2]framer // of each side: the same framer, unless the sides speak different protocols
	heard   [2]bool   // bytes of the side were passed to its framer
	gap     [2]int    // bytes lost before the next piece, not reported to the framer yet
	skip    [2]int    // bytes of a PROXY header that have not arrived
	dropped [2]dropped
	known   Proto // the recognised protocol
	depth   int   // tunnels around it
	middle  bool  // the beginning was not captured
}

// lost drops the kept bytes of the side. push or end report the gap to the
// framer: the bytes after it may decide which framer that is.
func (f *probe) lost(s sink, side, n int) {
	f.forget(s, side)
	f.gap[side] = n
	f.skip[side] = max(f.skip[side]-n, 0)
	f.dropped[side].some, f.dropped[side].torn = false, true
}

func (f *probe) push(s sink, p piece) {
	gap := f.gap[p.side]
	if f.inner[p.side] == nil {
		f.gap[p.side] = 0
		if !f.detect(s, &p) {
			return
		}
	} else if !f.heard[p.side] && !f.answer(s, &p) {
		return
	}
	s.via = f.via
	if gap > 0 {
		f.gap[p.side] = 0
		f.inner[p.side].lost(s, p.side, gap)
	}
	if f.buf != nil {
		f.passKept(s, p.side)
	}
	if len(p.data) > 0 {
		f.inner[p.side].push(s, p)
	}
}

// detect examines the kept bytes of a side followed by p. It reports whether
// they have a framer. Then the rest of them is in f.buf and p.
func (f *probe) detect(s sink, p *piece) bool {
	if f.proxied(s, p) {
		return false
	}
	data := f.join(p)
	if f.ask(s, p.side, data) {
		f.passAll(s)
		return true
	}
	from, v := 0, refused
	if f.mayBegin(p.side) {
		var proto Proto
		var role role
		proto, role, v = f.recognise(data[:min(len(data), probeLen)], f.kept(1-p.side), s.c.Flow)
		if v == decided && f.decide(s, p.side, proto, role) {
			return true
		}
		if v == refused && f.keepAlive(p.side, data) {
			f.cut(s, p, 1)
			return f.detect(s, p)
		}
		from = 1
	}
	hit := f.seek(p.side, data, from, p.side == s.c.client, f.onlyTLS())
	if len(data) < probeLen && (v == undecided && hit.v != decided || s.a.Detect != nil && hit.v == refused) {
		f.keep(s, p)
		return false
	}
	f.drop(s, p, data[:hit.at])
	if hit.v == undecided {
		f.keep(s, p)
	}
	return hit.v == decided && f.decide(s, p.side, hit.proto, hit.role)
}

// answer examines the first bytes of a side when the other side's protocol is
// known. It reports whether they go to the side's framer. If they begin another
// protocol that is unmistakable, the side gets its own framer, as when a scanner
// sends HTTP to an SSH server. Bytes before TLS are dropped: a reply to what
// preceded the other side's, such as PostgreSQL's "S".
func (f *probe) answer(s sink, p *piece) bool {
	data := f.join(p)
	proto, v := recognisePlain(data[:min(len(data), probeLen)], s.c.Flow)
	dropping := f.known == TLS && f.dropped[p.side].some
	if dropping {
		v = refused // the first bytes of a piece count no more than others
	}
	switch {
	case f.known == Unknown, v == decided && proto == f.known:
	case v == decided:
		f.inner[p.side] = newFramer(proto, f.via, f.depth)
	case v == undecided && len(data) < probeLen:
		f.keep(s, p)
		return false
	case dropping, f.known == TLS && !isTLSRecord(data):
		hit := f.seek(p.side, data, 0, false, true)
		f.drop(s, p, data[:hit.at])
		if hit.v != decided {
			f.keep(s, p)
			return false
		}
	}
	f.heard[p.side] = true
	return true
}

// join returns the kept bytes of a side followed by p.
func (f *probe) join(p *piece) []byte {
	if kept := f.kept(p.side); len(kept) > 0 {
		return append(kept[:len(kept):len(kept)], p.data...)
	}
	return p.data
}

// cut drops the first n bytes of the kept ones followed by p.
func (f *probe) cut(s sink, p *piece, n int) {
	if kept := len(f.kept(p.side)); n < kept {
		f.buf[p.side].cut(s, n)
	} else {
		f.forget(s, p.side)
		p.data = p.data[n-kept:]
	}
}

// decide sets the protocol, and its framer if it is decoded. It reports whether
// it is, and passes on the kept bytes of the other side.
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
		return false
	}
	f.inner, f.heard[side] = [2]framer{inner, inner}, true
	other := piece{side: 1 - side}
	if kept := f.kept(1 - side); proto == TLS && !isTLSRecord(kept) {
		f.cut(s, &other, seekTLS(kept, 0, len(kept)).at) // after a reply from before TLS, such as PostgreSQL's "S"
	}
	f.passAll(s)
	return true
}

func (f *probe) end(s sink, side int) {
	s.via = f.via
	if b := f.kept(side); f.inner[side] == nil && len(b) > 0 && !f.onlyTLS() {
		if proto, role, verdict := recogniseLines(b, f.kept(1-side), s.c.Flow, true); verdict == decided {
			f.decide(s, side, proto, role)
		}
	}
	if f.inner[side] == nil {
		return
	}
	f.passKept(s, side)
	if n := f.gap[side]; n > 0 {
		f.gap[side] = 0
		f.inner[side].lost(s, side, n)
	}
	f.inner[side].end(s, side)
}

func (f *probe) free(s sink) {
	f.forget(s, 0)
	f.forget(s, 1)
	for i, inner := range f.inner {
		if inner != nil && (i == 0 || inner != f.inner[0]) {
			inner.free(s)
		}
	}
}

// choose sets the protocol of both sides, if it is known from elsewhere. No bytes have
// come yet.
func (f *probe) choose(s sink, proto Proto) {
	if inner := newFramer(proto, f.via, f.depth); inner != nil {
		s.count(proto)
		f.known = proto
		f.inner, f.heard = [2]framer{inner, inner}, [2]bool{true, true}
	}
}

// A verdict says whether bytes begin a protocol.
type verdict uint8

const (
	refused verdict = iota
	undecided
	decided
)

func undecidedIf(may bool) verdict {
	if may {
		return undecided
	}
	return refused
}

func decidedIf(is bool) verdict {
	if is {
		return decided
	}
	return refused
}

// A role is the side that sends such bytes.
type role uint8

const (
	either role = iota
	fromClient
	fromServer
)

// onlyTLS reports whether only TLS may follow: after STARTTLS, in OpenVPN, and
// after a protocol that is not decoded.
func (f *probe) onlyTLS() bool {
	carrier := f.via.Innermost()
	return carrier == StartTLS || carrier == OpenVPN || f.known != Unknown
}

// recognise decides which protocol the bytes of one side begin. other are the
// kept bytes of the other side.
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
		case p.recognise == nil:
		default:
			if r, v := p.recognise(b, flow); v != refused {
				return p.proto, r, v
			}
		}
	}
	return Unknown, either, refused
}

// recognisePlain decides which protocol b begins, of those that are recognised
// even if the other side speaks another.
func recognisePlain(b []byte, flow layers.Flow) (Proto, verdict) {
	for i := range protocols {
		if p := &protocols[i]; p.plain {
			if _, v := p.recognise(b, flow); v != refused {
				return p.proto, v
			}
		}
	}
	return Unknown, refused
}

// prefix reports whether b begins with want, or may with more bytes.
func prefix(b []byte, want string) verdict {
	switch {
	case len(b) < len(want) && string(b) == want[:len(b)]:
		return undecided
	case len(b) >= len(want) && string(b[:len(want)]) == want:
		return decided
	}
	return refused
}
