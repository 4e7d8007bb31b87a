package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/mail"
)

// An httpStream is a request of HTTP/2 or HTTP/3, and its response.
type httpStream struct {
	proto   Proto
	id      uint64
	depth   int    // HTTP tunnels around it
	request []byte // its head, nil if unknown
	target  []byte // points into request
	kind    httpKind
	half    [2]httpHalf // by side
	inner   framer      // reads the tunnel, if the request opens one
}

// An httpHalf is one side of a stream.
type httpHalf struct {
	headed bool      // the final head was seen
	over   bool      // endHalf was called
	body   *httpBody // nil without a body, or if files are not wanted
	stated int64     // its length according to the head, -1 if unknown
	size   int64
}

// httpMessage is implemented by requests and responses.
type httpMessage interface {
	httpFields
	ContentLength() (int64, error)
}

func newHTTPStream(proto Proto, id uint64, depth int) httpStream {
	return httpStream{proto: proto, id: id, depth: depth, half: [2]httpHalf{{stated: -1}, {stated: -1}}}
}

// requestHead processes the head of the request, which side sends, nil if it has no
// usable one. last means that it has no body.
func (st *httpStream) requestHead(s sink, side int, last bool, m Message, head []byte) {
	st.half[s.c.client].headed = true
	req, err := http1.ParseRequest(head)
	if err == nil {
		m.Kind, m.Data = HTTPRequest, head
		s.emit(m)
		s.dnsQuery(m, req)
		st.keep(s, head, req)
	}
	if !last && st.kind != httpConnect {
		st.begin(s, side, req)
	}
}

// keep keeps the head of the request.
func (st *httpStream) keep(s sink, head []byte, req http1.Request) {
	s.a.hold(cap(head))
	st.request, st.target = head, req.Target()
	switch string(req.Method()) {
	case "HEAD":
		st.kind = httpHead
	case "CONNECT":
		st.kind = httpConnect
	}
}

// responseHead processes the head of a response, nil if it has no usable one. last means
// that it has no body.
func (st *httpStream) responseHead(s sink, side int, last bool, m Message, head []byte) {
	res, err := http1.ParseResponse(head)
	status := res.Status()
	if err == nil {
		m.Kind, m.Data, m.Request = HTTPResponse, head, st.request
		s.emit(m)
		if status < 200 && !last {
			return
		}
	}
	h := &st.half[side]
	h.headed = true
	switch {
	case st.kind == httpConnect && status >= 200 && status < 300:
		st.openWebSocket(s, res)
		st.tunnel(s)
		return
	case last, st.kind == httpHead, status == 204, status == 304:
		return
	}
	st.begin(s, side, res)
	if status == 206 && h.body != nil && !rangeIsWhole(res.Get("Content-Range"), h.stated) {
		h.body.state = Partial
	}
}

// begin begins the body of a side, whose head is m.
func (st *httpStream) begin(s sink, side int, m httpMessage) {
	h := &st.half[side]
	if n, err := m.ContentLength(); err == nil {
		h.stated = n
	}
	if !s.wantsBody(m) {
		return
	}
	from := Message{Proto: st.proto, Stream: st.id, FromClient: side == s.c.client, Request: st.request}
	if !from.FromClient {
		h.body = newHTTPBody(s, from, m, st.target)
		return
	}
	h.body = newHTTPBody(s, from, m, nil)
	if h.body.state != Encoded {
		h.body.form = newForm(s, mail.ParseParams(m.Get("Content-Type")))
	}
}

// content processes bytes of DATA: of a body, or of a tunnel.
func (st *httpStream) content(s sink, p piece) {
	h := &st.half[p.side]
	if h.over {
		return
	}
	h.size += int64(len(p.data))
	if st.kind == httpConnect && p.side == s.c.client {
		st.tunnel(s)
	}
	switch {
	case st.inner != nil:
		st.within(s, func(s sink) { st.inner.push(s, p) })
	case h.body != nil:
		h.body.write(s, p.data, p.ref)
	}
}

// openWebSocket makes WebSocket the tunnel of a stream that was asked for it (RFC 8441,
// RFC 9220).
func (st *httpStream) openWebSocket(s sink, res http1.Response) {
	req, err := http1.ParseRequest(st.request)
	if st.inner == nil && err == nil && st.depth < maxTunnels && bytes.EqualFold(req.Get("Upgrade"), []byte("websocket")) {
		s.a.hold(tunnelCost)
		st.inner = newWebSocket(s, s.via.with(Upgrade), st.request, res, st.depth)
	}
}

// tunnel passes the rest of a stream to a tunnel (RFC 9113 section 8.5, RFC 9114 section
// 4.4). If the request names a protocol, it is not one of CONNECT alone.
func (st *httpStream) tunnel(s sink) {
	if st.inner != nil {
		return
	}
	via := Connect
	if req, err := http1.ParseRequest(st.request); err == nil && req.Get("Upgrade") != nil {
		via = Upgrade
	}
	st.inner = newTunnel(s, s.via.with(via), st.depth)
}

// within calls do, which emits messages of the tunnel: they are of the stream, and do not
// change who the client of the connection is.
func (st *httpStream) within(s sink, do func(sink)) {
	from, client, flow := len(s.a.out), s.c.client, s.c.Flow
	do(s)
	s.c.client, s.c.Flow = client, flow
	for i := from; i < len(s.a.out); i++ {
		if m := &s.a.out[i]; m.Stream == 0 {
			m.Stream = st.id
		}
	}
}

// lose records that n bytes of a side are missing; 0: an unknown number.
func (st *httpStream) lose(s sink, side, n int) {
	if st.inner != nil {
		st.within(s, func(s sink) { st.inner.lost(s, side, max(n, 1)) })
	}
	if b := st.half[side].body; b != nil {
		b.lose(s, n)
	}
}

// whole returns the state of a body whose sender has ended it.
func (h *httpHalf) whole() Completeness {
	switch {
	case h.stated > h.size:
		return EndedEarly
	case h.stated >= 0 && h.stated < h.size:
		return Disputed
	}
	return Complete
}

// endHalf ends a side's body or tunnel, once. A body of the stated length is complete: a
// client that has all of it may leave before the sender ends the stream.
func (st *httpStream) endHalf(s sink, side int, state Completeness) {
	h := &st.half[side]
	if h.over {
		return
	}
	h.over = true
	if h.stated == h.size {
		state = Complete
	}
	if h.body != nil {
		h.body.end(s, state)
		h.body = nil
	}
	if st.inner != nil {
		st.within(s, func(s sink) { st.inner.end(s, side) })
	}
}

func (st *httpStream) free(s sink) {
	for i := range st.half {
		if b := st.half[i].body; b != nil {
			b.free(s)
		}
	}
	if st.inner != nil {
		st.inner.free(s)
		st.inner = nil
		s.a.hold(-tunnelCost)
	}
	s.a.hold(-cap(st.request))
	st.request = nil
}
