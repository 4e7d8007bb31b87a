package extract

import (
	"bytes"
	"encoding/base64"
	"iter"
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// A Request is an HTTP request. What it holds is what the client says.
type Request struct {
	Fact
	URL       string         `json:"url"` // absolute; of CONNECT the host and port
	Method    string         `json:"method"`
	Target    string         `json:"target"` // as it was sent (RFC 9112 section 3.2)
	Host      string         `json:"host"`   // in lower case, without port
	UserAgent string         `json:"user_agent,omitempty"`
	Referer   string         `json:"referer,omitempty"`
	User      string         `json:"user,omitempty"` // of basic authentication (RFC 7617)
	Client    netip.Addr     `json:"client"`
	Server    netip.AddrPort `json:"server"`

	// Statuses counts the responses by status code.
	Statuses map[int]int64 `json:"statuses,omitempty"`
}

func (r *Request) appendKey(dst []byte) []byte {
	dst = appendText(dst, r.URL, r.Method, r.Target, r.UserAgent, r.Referer, r.User)
	return appendAddrPort(appendAddr(dst, r.Client), r.Server)
}

func (r *Request) merge(o *Request) {
	r.Fact.merge(&o.Fact)
	r.Statuses = sum(r.Statuses, o.Statuses)
}

// Proxied reports whether the request asks its server to forward it to another
// (RFC 9112 sections 3.2.2 and 3.2.3).
func (r *Request) Proxied() bool {
	return r.Method == "CONNECT" || splitURI(r.Target).authority != "" && r.Target[0] != '/'
}

// ForwardedTo returns the address that a proxy is asked to contact, if the
// request names an address, and not that of the proxy itself.
func (r *Request) ForwardedTo() (netip.Addr, bool) {
	if !r.Proxied() {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(r.Host)
	return a, err == nil && a != r.Server.Addr()
}

// A Redirect is a URL to which the response to a request sends the client.
type Redirect struct {
	Fact
	From   string `json:"from"`
	To     string `json:"to"` // absolute, as far as it can be made so
	Status int    `json:"status"`
}

// Host returns the host that To names, in the form of Request.Host.
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

// Redirects returns the URLs to which HTTP responses send the client.
func (r *Report) Redirects() iter.Seq[*Redirect] { return redirects.all(r) }

// An httpState holds the requests whose responses may follow.
type httpState struct{ recent recentRequests }

// httpRequest notes an HTTP request.
func (w *worker) httpRequest(_ *shard, m *stream.Message) {
	r, ok := w.requestOf(m.Conn.Flow, m.Data)
	if !ok || !w.fits(r.URL, r.Method, r.Target, r.UserAgent, r.Referer, r.User) {
		return
	}
	row := requests.observe(w, r, byMessage(m))
	w.recent.ask(m.Conn.Flow, m.Data, row, r.URL)
}

// httpResponse notes what a response says of its request.
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
		return // in 201, Location is what was created (RFC 9110 section 10.2.2)
	}
	w.scratch = http1.AppendValue(w.scratch[:0], res.Get("Location"))
	if len(w.scratch) == 0 {
		return
	}
	if to := resolve(from, string(w.scratch)); w.fits(from, to) {
		d := Redirect{From: from, To: to, Status: res.Status()}
		redirects.observe(w, d, byMessage(m))
	}
}

// asked returns the row of the request that m answers, nil when there is none,
// and its URL, "" when it has none.
func (w *worker) asked(m *stream.Message) (*Request, string) {
	if x := w.recent.asked(m.Conn.Flow, m.Request); x != nil {
		return x.row, x.url
	}
	r, ok := w.requestOf(m.Conn.Flow, m.Request)
	if !ok {
		return nil, ""
	}
	return requests.of(&w.report).find(r), r.URL
}

// recentRequests are those that came last, so that most responses find theirs
// without making it again from its head.
type recentRequests [256]recentRequest

type recentRequest struct {
	flow layers.Flow
	head []byte
	row  *Request
	url  string
}

// maxRecentHead bounds the heads that are remembered.
const maxRecentHead = 4 << 10

func (x *recentRequests) place(f layers.Flow) *recentRequest {
	return &x[(f.Src.Port()*31^f.Dst.Port())%uint16(len(x))]
}

func (x *recentRequests) ask(f layers.Flow, head []byte, row *Request, url string) {
	if len(head) <= maxRecentHead {
		at := x.place(f)
		*at = recentRequest{f, append(at.head[:0], head...), row, url}
	}
}

// asked returns what is remembered of a request, nil when that is nothing.
func (x *recentRequests) asked(f layers.Flow, head []byte) *recentRequest {
	at := x.place(f)
	if at.flow != f || !bytes.Equal(at.head, head) {
		return nil
	}
	if at.row != nil && at.row.dropped {
		at.row = nil
	}
	return at
}

// requestOf returns the request whose head b is; f leads to the server.
func (w *worker) requestOf(f layers.Flow, b []byte) (Request, bool) {
	req, err := http1.ParseRequest(b)
	if err != nil {
		return Request{}, false
	}
	host, server := text(req.Host()), ""
	if host == "" {
		server = authority(f.Dst)
		host = server
	}
	w.scratch = req.AppendURLAt(w.scratch[:0], server)
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
				r.User = basicUser(value)
			}
		}
	}
	return r, true
}

// setField sets the text of a header field, if name is its name and it has none
// yet.
func (w *worker) setField(to *string, name []byte, want string, value []byte) {
	if *to == "" && strings.EqualFold(string(name), want) {
		*to = w.fieldText(value)
	}
}

// fieldText returns the text of a header field.
func (w *worker) fieldText(value []byte) string {
	w.scratch = http1.AppendValue(w.scratch[:0], value)
	return text(w.scratch)
}

// basicUser returns the user that the value of Authorization names.
func basicUser(credentials []byte) string {
	scheme, rest, ok := strings.Cut(string(credentials), " ")
	if !ok || !strings.EqualFold(scheme, "basic") {
		return ""
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	if err != nil {
		return ""
	}
	user, _, _ := strings.Cut(text(pair), ":")
	return user
}
