package stream

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/websocket"
)

// newWebSocket returns the framer of what follows the response with the fields h to
// the request with that head, inside depth tunnels.
func newWebSocket(s sink, via Path, request []byte, h httpFields, depth int) framer {
	f := &webSocketFramer{via: via, depth: depth, request: request, cost: webSocketCost + len(request)}
	s.a.hold(f.cost)
	s.count(WebSocket)
	var d websocket.Deflate
	for name, value := range h.Fields() {
		if !f.deflate && bytes.EqualFold(name, []byte("Sec-WebSocket-Extensions")) {
			d, f.deflate = websocket.FindDeflate(value)
		}
	}
	f.side[s.c.client].window.size = deflateWindowSize(d.ClientMaxWindowBits, d.ClientNoContextTakeover)
	f.side[1-s.c.client].window.size = deflateWindowSize(d.ServerMaxWindowBits, d.ServerNoContextTakeover)
	return f
}

// newWebSocketMiddle returns the framer of a connection whose beginning was not
// captured: messages that refer to unknown ones are lost.
func newWebSocketMiddle(via Path, depth int) framer {
	f := &webSocketFramer{via: via, depth: depth, deflate: true}
	for i := range f.side {
		f.side[i].state = webSocketLost
		f.side[i].window = deflateWindow{size: maxDeflateWindow, torn: true}
	}
	return f
}

// openWebSocket makes WebSocket the tunnel if the response switches to it (RFC 6455
// section 4.2.2).
func (f *httpFramer) openWebSocket(s sink, request []byte, res http1.Response) {
	if f.inner == nil && f.depth < maxTunnels && switchesTo(res, "websocket") {
		s.a.hold(tunnelCost)
		f.inner = newWebSocket(s, s.via.with(Upgrade), request, res, f.depth)
	}
}

// switchesTo reports whether a response names a protocol in its
// Upgrade field (RFC 9110 section 7.8).
func switchesTo(res http1.Response, protocol string) bool {
	for item := range bytes.SplitSeq(res.Get("Upgrade"), []byte{','}) {
		if bytes.EqualFold(bytes.Trim(item, " \t\r\n"), []byte(protocol)) {
			return true
		}
	}
	return false
}
