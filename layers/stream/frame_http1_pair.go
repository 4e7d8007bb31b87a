package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/tls"
)

// An httpPending is a request that waits for its response.
type httpPending struct {
	kind   httpKind
	head   []byte
	target []byte // points into head
}

// An httpKind is the property of a request that its response depends on.
type httpKind uint8

const (
	httpOther httpKind = iota
	httpHead
	httpConnect
)

// maxPending and maxPendingBytes limit the pipelined requests that a framer
// pairs with responses.
const (
	maxPending      = 1024
	maxPendingBytes = 256 << 10
)

// wait adds a request, and returns a copy of its head.
func (f *httpFramer) wait(s sink, kind httpKind, req http1.Request) (head []byte) {
	if f.pending.held+len(req.Bytes()) > maxPendingBytes {
		f.pending.many = true
	}
	head = bytes.Clone(req.Bytes())
	at := len(req.Method()) + bytes.Index(head[len(req.Method()):], req.Target()) // only white space separates them
	f.pending.push(s, httpPending{kind, head, head[at : at+len(req.Target())]}, f.at, len(head), maxPending)
	return head
}

// doubt records that requests or responses may have been missed, at least n.
func (f *httpFramer) doubt(s sink, side, n int) {
	switch {
	case f.side[side].mode != httpLost:
	case side == s.c.client:
		f.pending.loseCommand(s)
	default:
		f.pending.loseReply()
		for ; n > 0 && f.pending.ambiguous(); n-- {
			f.pending.pop(s)
		}
	}
}

// oldest returns the oldest request that waits for its response, or nil.
func (f *httpFramer) oldest() *httpPending {
	for i := range f.pending.waiting {
		if w := &f.pending.waiting[i]; !w.lost {
			return &w.kind
		}
	}
	return nil
}

// asked returns the request that the current response answers, or nil, and
// drops those before it. If responses to pipelined requests were missed, it is
// unknown which of them a later one answers.
func (f *httpFramer) asked(s sink) *httpPending {
	if f.pending.unsure && f.pending.piped {
		return nil
	}
	return f.pending.front(s, f.at)
}

// answered is like asked, for the final response.
func (f *httpFramer) answered(s sink) (r httpPending) {
	if asked := f.asked(s); asked != nil {
		r = *asked
		f.pending.pop(s)
	} else if f.pending.ambiguous() {
		f.pending.pop(s)
	}
	return r
}

// maxTunnels limits the nesting of HTTP and SOCKS tunnels. Deeper ones are skipped and
// counted in Stats.TooDeep.
const maxTunnels = 8

// tunnelCost is what the probe in a tunnel counts as held.
const tunnelCost = 768

// tunnel passes the rest of the conversation to the tunnel.
func (f *httpFramer) tunnel(s sink, via Proto) {
	f.side[0].open, f.side[1].open = true, true
	f.dig(s, via)
}

// tunnelled reports whether p goes through a tunnel that the client asked for,
// and if so opens its side. The response may be missing, or come later.
func (f *httpFramer) tunnelled(s sink, h *httpSide, p *piece) bool {
	if p.side != s.c.client || h.mode != httpInHead || len(h.buf.b) > 0 ||
		p.data[0] != byte(tls.ContentHandshake) || f.pending.newest().kind != httpConnect {
		return false
	}
	h.open = true
	f.dig(s, Connect)
	return true
}

// dig creates the probe in a tunnel, once.
func (f *httpFramer) dig(s sink, via Proto) {
	if f.inner == nil {
		f.inner = newTunnel(s, s.via.with(via), f.depth)
	}
}

// newTunnel returns the framer of a tunnel inside depth others. It counts as
// held.
func newTunnel(s sink, via Path, depth int) framer {
	s.a.hold(tunnelCost)
	if depth == maxTunnels {
		s.a.stats.TooDeep++
		return ignored{}
	}
	return &probe{via: via, depth: depth + 1}
}

// ignored is a framer that skips everything.
type ignored struct{}

func (ignored) lost(sink, int, int) {}
func (ignored) push(sink, piece)    {}
func (ignored) end(sink, int)       {}
func (ignored) free(sink)           {}
