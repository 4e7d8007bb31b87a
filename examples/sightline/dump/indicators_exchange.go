package dump

import (
	"bytes"
	"math"
	"strings"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// An exchange is an HTTP request with its response. Body and RequestBody are the SHA-256
// of the bodies after all codings, "" for a body that is absent or incomplete.
type exchange struct {
	Method      string `json:"method"`
	URL         string `json:"url"`
	Status      int    `json:"status,omitempty"`
	Body        string `json:"body,omitempty"`
	Size        int64  `json:"size,omitempty"`
	RequestBody string `json:"request_body,omitempty"`
	RequestSize int64  `json:"request_size,omitempty"`

	head     []byte // of the request
	answered bool   // by a final response
	pushed   bool   // by the server: it counts with its body, as clients refuse what they have
}

// An exchangeKey is where the messages of an exchange are: on a connection of HTTP/1
// that is stream 0.
type exchangeKey struct {
	conn   *stream.Conn
	stream uint64
}

// pushed stands for the stream of what a server pushes: HTTP/3 promises it on another.
const pushed = math.MaxUint64

// maxPiped limits the exchanges of a connection or stream that may get more.
const maxPiped = 1024

// exchange records a head.
func (n *indicatorPrinter) exchange(m *stream.Message) {
	switch m.Kind {
	case stream.HTTPRequest:
		req, err := http1.ParseRequest(m.Data)
		if err != nil || !n.holds(rowCost+2*len(m.Data)) {
			return
		}
		x := &exchange{Method: text(string(req.Method())), URL: exchangeURL(m, req), head: bytes.Clone(m.Data), pushed: !m.FromClient}
		if m.FromClient {
			n.out.Exchanges = append(n.out.Exchanges, x)
		}
		key := exchangeKey{m.Conn, m.Stream}
		if x.pushed {
			key.stream = pushed
		}
		if open := n.open[key]; len(open) < maxPiped {
			n.open[key] = append(open, x)
		} else {
			n.open[key] = append(open[1:], x)
		}
	case stream.HTTPResponse:
		res, err := http1.ParseResponse(m.Data)
		if err != nil || m.Request == nil || res.Status() < 200 && res.Status() != 101 {
			return
		}
		if x := n.asked(m, func(x *exchange) bool { return !x.answered }); x != nil {
			x.Status, x.answered = res.Status(), res.Status() != 101 // after which HTTP/2 may answer
		}
	}
}

// exchangeBody records a whole body.
func (n *indicatorPrinter) exchangeBody(m *stream.Message, sum string) {
	if m.Request == nil {
		open := n.open[exchangeKey{m.Conn, m.Stream}]
		if m.FromClient && len(open) > 0 {
			x := open[len(open)-1]
			x.RequestBody, x.RequestSize = sum, m.File.Size
		}
		return
	}
	if x := n.asked(m, func(x *exchange) bool { return x.answered && x.Body == "" }); x != nil {
		x.Body, x.Size = sum, m.File.Size
		if x.pushed {
			n.out.Exchanges = append(n.out.Exchanges, x)
		}
	}
}

// asked returns the first exchange that m belongs to and that fits. Those before it get
// no more. HTTP/2 may answer on stream 1 what HTTP/1 asked.
func (n *indicatorPrinter) asked(m *stream.Message, fits func(*exchange) bool) *exchange {
	for _, stream := range [...]uint64{m.Stream, 0, pushed} {
		key := exchangeKey{m.Conn, stream}
		for i, x := range n.open[key] {
			if fits(x) && bytes.Equal(x.head, m.Request) {
				if !x.pushed {
					n.open[key] = n.open[key][i:]
				}
				return x
			}
		}
	}
	return nil
}

// exchangeURL returns the URL of a request without a default port. Its scheme is that of
// the connection.
func exchangeURL(m *stream.Message, req http1.Request) string {
	scheme, port := "http", ":80"
	if m.Via.Has(stream.TLS) || m.Via.Has(stream.QUIC) {
		scheme, port = "https", ":443"
	}
	url := string(req.AppendURLAs(nil, scheme, m.Conn.Flow.Dst.String()))
	prefix := scheme + "://" + string(req.Host())
	if host, ok := strings.CutSuffix(prefix, port); ok {
		if rest, ok := strings.CutPrefix(url, prefix); ok {
			url = host + rest
		}
	}
	return text(url)
}
