package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/tls"
)

// An httpPending is what is kept of a request until its response comes.
type httpPending struct {
	kind   httpKind
	head   []byte
	target []byte // in head
}

// An httpKind is what the response to a request depends on.
type httpKind uint8

const (
	httpOther httpKind = iota
	httpHead
	httpConnect
)

// maxPending and maxPendingBytes bound the pipelined requests that a framer
// pairs with responses.
const (
	maxPending      = 1024
	maxPendingBytes = 256 << 10
)

// pendingCost is what a request takes beyond its head.
const pendingCost = 64

// wait keeps a request for its response.
func (f *httpFramer) wait(s sink, kind httpKind, first Ref, req http1.Request) {
	f.piped = f.piped || len(f.pending) > 0 && first == f.last
	f.last = first
	if len(f.pending) >= maxPending || f.held+len(req.Bytes()) > maxPendingBytes {
		f.crowded = true
		f.forget(s)
	}
	if f.crowded {
		return
	}
	head := bytes.Clone(req.Bytes())
	at := len(req.Method()) + bytes.Index(head[len(req.Method()):], req.Target()) // only white space is between them
	f.pending = append(f.pending, httpPending{kind, head, head[at : at+len(req.Target())]})
	f.held += len(head)
	s.a.hold(pendingCost + len(head))
}

// doubt notes that responses may have gone by unseen.
func (f *httpFramer) doubt(s sink, side int) {
	if side != s.c.client && f.side[side].mode == httpLost && len(f.pending) > 0 {
		f.unsure = true
	}
}

// settle drops the requests that were answered unseen: all but the last, as clients
// wait for each response before they ask again. Of those that do not, it is not known
// which were.
func (f *httpFramer) settle(s sink) {
	for f.unsure && len(f.pending) > 0 && (f.piped || len(f.pending) > 1) {
		f.shift(s)
	}
	f.unsure = false
}

// answered returns the request that the next response answers.
func (f *httpFramer) answered(s sink) httpPending {
	f.settle(s)
	return f.shift(s)
}

// shift takes the oldest request.
func (f *httpFramer) shift(s sink) (r httpPending) {
	if len(f.pending) > 0 {
		r, f.pending[0] = f.pending[0], httpPending{}
		f.pending = f.pending[1:]
		f.held -= len(r.head)
		s.a.hold(-pendingCost - len(r.head))
	}
	return r
}

func (f *httpFramer) forget(s sink) {
	s.a.hold(-f.held - pendingCost*len(f.pending))
	f.pending, f.held = nil, 0
}

// maxTunnels bounds how many tunnels of HTTP may be in one another. What is in
// more of them is passed over and counted in Stats.TooDeep.
const maxTunnels = 8

// tunnelCost is what the stage in a tunnel takes.
const tunnelCost = 768

// tunnel hands the rest of the conversation on.
func (f *httpFramer) tunnel(s sink, via Proto) {
	f.side[0].open, f.side[1].open = true, true
	f.dig(s, via)
}

// tunnelled reports whether p goes through a tunnel that the client asked for, and
// opens its side. The response may be missing, or come later.
func (f *httpFramer) tunnelled(s sink, h *httpSide, p *piece) bool {
	if p.side != s.c.client || h.mode != httpInHead || len(h.buf.b) > 0 ||
		p.data[0] != byte(tls.ContentHandshake) || len(f.pending) == 0 || f.pending[len(f.pending)-1].kind != httpConnect {
		return false
	}
	h.open = true
	f.dig(s, Connect)
	return true
}

// dig makes the stage in a tunnel, once.
func (f *httpFramer) dig(s sink, via Proto) {
	if f.inner != nil {
		return
	}
	s.a.hold(tunnelCost)
	if f.depth == maxTunnels {
		s.a.stats.TooDeep++
		f.inner = ignored{}
		return
	}
	f.inner = &probe{via: s.via.with(via), depth: f.depth + 1}
}

// ignored is a framer for what is not looked at.
type ignored struct{}

func (ignored) lost(sink, int, int) {}
func (ignored) push(sink, piece)    {}
func (ignored) end(sink, int)       {}
func (ignored) free(sink)           {}
