package stream

import (
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/http3"
)

// http3MaxPushes limits the promises of a connection whose pushes have not begun. The
// responses to the rest belong to no request.
const http3MaxPushes = 256

// http3PushCost is what a promise counts as held, beyond its head.
const http3PushCost = 128

// An http3Push is a promised request, nil if it has no usable head.
type http3Push struct{ head []byte }

// promise processes PUSH_PROMISE (RFC 9114 section 7.2.5): the head of a request on the
// stream that it belongs to. The response comes on a stream of its own. The section does
// not wait for QPACK's encoder: entries that have not arrived are unknown.
func (w *http3Flow) promise(s sink, b []byte, m Message) {
	conn := w.stream.conn
	id, n := http3.Number(b)
	if n == 0 {
		s.a.stats.Invalid++
		return
	}
	if _, known := conn.pushes[id]; known {
		return // promised for another response, too
	}
	h := s.a.beginHead()
	if err := conn.side[w.side].decoder.Decode(b[n:], func(x http3.Field) { h.add(s, x.Name, x.Value) }); err != nil {
		s.a.stats.Invalid++
		h.over = true
	}
	conn.settle(s, w.side)
	head := h.request(s, http3Version)
	if len(conn.pushes) < http3MaxPushes {
		if conn.pushes == nil {
			conn.pushes = make(map[uint64]http3Push)
		}
		conn.pushes[id] = http3Push{head}
		s.a.hold(http3PushCost + cap(head))
	} else {
		s.a.stats.TooMany++
	}
	if req, err := http1.ParseRequest(head); err == nil {
		m.Proto, m.Stream, m.Kind, m.Data = HTTP3, w.stream.id, HTTPRequest, head
		s.emit(m)
		s.dnsQuery(m, req)
	}
}

// pushed returns the head of a promised request, nil if it is unknown, and forgets it.
func (f *http3Conn) pushed(s sink, id uint64) []byte {
	p, ok := f.pushes[id]
	if ok {
		delete(f.pushes, id)
		s.a.hold(-http3PushCost - cap(p.head))
	}
	return p.head
}

// beginPush begins the response to a promised request (RFC 9114 section 4.6).
func (f *http3Uni) beginPush(s sink, id uint64) {
	f.mode, f.answer = http3UniPush, newHTTP3Stream(f.conn, f.id)
	head := f.conn.pushed(s, id)
	if req, err := http1.ParseRequest(head); err == nil {
		f.answer.keep(s, head, req)
	}
	client := &f.answer.half[s.c.client]
	client.headed, client.over = true, true
}
