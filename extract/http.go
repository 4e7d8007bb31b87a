package extract

import (
	"bytes"
	"iter"
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Request is a request of HTTP/1 or HTTP/2. Its fields are claims of the client.
type Request struct {
	Fact
	URL       string         `json:"url"` // absolute; host and port for CONNECT
	Method    string         `json:"method"`
	Target    string         `json:"target"` // as sent (RFC 9112 section 3.2)
	Host      string         `json:"host"`   // in lower case, without port
	UserAgent string         `json:"user_agent,omitempty"`
	Referer   string         `json:"referer,omitempty"`
	User      string         `json:"user,omitempty"` // from basic authentication (RFC 7617)
	Client    netip.Addr     `json:"client"`
	Server    netip.AddrPort `json:"server"`

	// Statuses counts the responses by status code.
	Statuses map[int]int64 `json:"statuses,omitempty"`

	// WebSocket is nil if the request opened none, GRPC if it is not a call, and Events,
	// which counts server-sent events, if there were none; or if no message was captured.
	WebSocket *WebSocket `json:"websocket,omitempty"`
	GRPC      *GRPC      `json:"grpc,omitempty"`
	Events    *Messages  `json:"events,omitempty"`
}

func (r *Request) appendKey(dst []byte) []byte {
	dst = appendText(dst, r.URL, r.Method, r.Target, r.UserAgent, r.Referer, r.User)
	return appendAddrPort(appendAddr(dst, r.Client), r.Server)
}

func (r *Request) merge(o *Request) {
	r.Fact.merge(&o.Fact)
	r.Statuses = sum(r.Statuses, o.Statuses)
	mergeCounts(&r.WebSocket, o.WebSocket)
	mergeCounts(&r.GRPC, o.GRPC)
	mergeCounts(&r.Events, o.Events)
}

// Proxied reports whether the request asks its server to forward it to another one:
// its target is an absolute URL or its method is CONNECT (RFC 9112 sections 3.2.2
// and 3.2.3). CONNECT with an absolute URL is a WebSocket over HTTP/2 (RFC 8441), which
// is not forwarded.
func (r *Request) Proxied() bool {
	absolute := splitURI(r.Target).authority != "" && r.Target[0] != '/'
	return absolute != (r.Method == "CONNECT")
}

// DNSQuery reports whether the target holds a DNS query (RFC 8484 section 4.1).
func (r *Request) DNSQuery() bool {
	b, ok := dns.FromTarget([]byte(r.Target))
	return ok && dns.IsQuery(b)
}

// ForwardedTo returns the address that a proxied request asks the proxy to contact.
// It reports false if the request is not proxied, names a host rather than an
// address, or names the proxy itself.
func (r *Request) ForwardedTo() (netip.Addr, bool) {
	if !r.Proxied() {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(r.Host)
	return a, err == nil && a != r.Server.Addr()
}

// A Redirect is a URL to which a response redirects the client (RFC 9110 section
// 15.4).
type Redirect struct {
	Fact
	From   string `json:"from"`
	To     string `json:"to"` // absolute if it can be resolved
	Status int    `json:"status"`
}

// Host returns the host of To, in the form of Request.Host.
func (r *Redirect) Host() string {
	return hostOf(strings.TrimPrefix(splitURI(r.To).authority, "//"))
}

func (r *Redirect) appendKey(dst []byte) []byte {
	return append(appendText(dst, r.From, r.To), byte(r.Status>>8), byte(r.Status))
}

func (r *Redirect) merge(o *Redirect) { r.Fact.merge(&o.Fact) }

var (
	requests  = handleOf[Request]()
	redirects = handleOf[Redirect]()
)

// Requests returns the HTTP requests, in order of URL.
func (r *Report) Requests() iter.Seq[*Request] { return requests.all(r) }

// Redirects returns the HTTP redirects, in order of the requests' URLs.
func (r *Report) Redirects() iter.Seq[*Redirect] { return redirects.all(r) }

// An httpState holds the requests whose responses may follow.
type httpState struct{ recent recentRequests }

func (w *worker) httpRequest(_ *shard, m *stream.Message) {
	r, ok := w.requestOf(m, m.Data)
	if !ok || !w.fits(r.URL, r.Method, r.Target, r.UserAgent, r.Referer, r.User) {
		return
	}
	if r.User != "" && w.options.Only.Has(Logins) {
		w.basicLogin(m)
	}
	if !w.options.Only.Has(HTTP) {
		return
	}
	row := requests.observe(w, r, w.byMessage(m))
	w.recent.ask(m, row, r.URL)
}

// httpResponse counts the status of a response for its request, and records a
// redirect.
func (w *worker) httpResponse(_ *shard, m *stream.Message) {
	res, err := http1.ParseResponse(m.Data)
	if err != nil || res.Status() < 200 || m.Request == nil {
		return
	}
	row, from := w.asked(m)
	if row != nil {
		row.Statuses = increment(row.Statuses, res.Status())
	}
	if res.Status() < 300 || res.Status() > 399 || from == "" {
		return // Location of a 201 names the created resource (RFC 9110 section 10.2.2)
	}
	w.scratch = http1.AppendValue(w.scratch[:0], res.Get("Location"))
	if len(w.scratch) == 0 {
		return
	}
	if to := resolve(from, string(w.scratch)); w.fits(from, to) {
		d := Redirect{From: from, To: to, Status: res.Status()}
		redirects.observe(w, d, w.byMessage(m))
	}
}

// asked returns the row and the URL of the request that m answers: nil if it has no
// row, "" if it has no URL.
func (w *worker) asked(m *stream.Message) (*Request, string) {
	if x := w.recent.asked(m); x != nil {
		return x.row, x.url
	}
	r, ok := w.requestOf(m, m.Request)
	if !ok {
		return nil, ""
	}
	return requests.of(&w.report).find(r), r.URL
}

// recentRequests caches the latest requests, so that most responses find theirs
// without parsing its head again.
type recentRequests [256]recentRequest

type recentRequest struct {
	flow layers.Flow
	head []byte
	row  *Request
	url  string
}

// maxRecentHead limits the size of cached heads.
const maxRecentHead = 4 << 10

func (x *recentRequests) place(m *stream.Message) *recentRequest {
	f := &m.Conn.Flow
	return &x[(f.Src.Port()*31^f.Dst.Port()+uint16(m.Stream))%uint16(len(x))]
}

func (x *recentRequests) ask(m *stream.Message, row *Request, url string) {
	if len(m.Data) <= maxRecentHead {
		at := x.place(m)
		*at = recentRequest{m.Conn.Flow, append(at.head[:0], m.Data...), row, url}
	}
}

// asked returns the cached request that m answers, or nil.
func (x *recentRequests) asked(m *stream.Message) *recentRequest {
	at := x.place(m)
	if at.flow != m.Conn.Flow || !bytes.Equal(at.head, m.Request) {
		return nil
	}
	if at.row != nil && at.row.dropped {
		at.row = nil
	}
	return at
}

// requestOf parses the request head b, which m is or answers.
func (w *worker) requestOf(m *stream.Message, b []byte) (Request, bool) {
	req, err := http1.ParseRequest(b)
	if err != nil {
		return Request{}, false
	}
	f := m.Conn.Flow
	scheme, port := "http", uint16(80)
	if m.Via.Has(stream.TLS) {
		scheme, port = "https", 443
	}
	host, server := text(req.Host()), ""
	if host == "" {
		server = authority(f.Dst, port)
		host = server
	}
	w.scratch = req.AppendURLAs(w.scratch[:0], scheme, server)
	r := Request{
		URL: urlText(w.scratch), Method: text(req.Method()), Target: urlText(req.Target()), Host: hostOf(host),
		Client: f.Src.Addr(), Server: f.Dst,
	}
	for name, value := range req.Fields() {
		switch len(name) {
		case len("Referer"):
			w.setField(&r.Referer, name, "Referer", value)
		case len("User-Agent"):
			w.setField(&r.UserAgent, name, "User-Agent", value)
		case len("Authorization"):
			if strings.EqualFold(string(name), "Authorization") && r.User == "" {
				r.User, _ = basicPair(value)
			}
		}
	}
	return r, true
}

// setField sets to, if it is empty, to the value of a header field called want.
func (w *worker) setField(to *string, name []byte, want string, value []byte) {
	if *to == "" && strings.EqualFold(string(name), want) {
		*to = w.fieldText(value)
	}
}

func (w *worker) fieldText(value []byte) string {
	w.scratch = http1.AppendValue(w.scratch[:0], value)
	return text(w.scratch)
}
