package extract

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"strings"

	"github.com/sightline-go/sightline/layers"
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

// A Redirect is a URL to which the response to a request sends the client.
type Redirect struct {
	Fact
	From   string `json:"from"`
	To     string `json:"to"` // absolute, as far as it can be made so
	Status int    `json:"status"`
}

func (r *Redirect) appendKey(dst []byte) []byte {
	return append(appendText(dst, r.From, r.To), byte(r.Status>>8), byte(r.Status))
}

func (r *Redirect) merge(o *Redirect) { r.Fact.merge(&o.Fact) }

// http notes an HTTP request, and of a response what it says of its request.
func (l *lane) http(m *stream.Message) {
	if m.FromClient {
		if r, ok := requestOf(m.Conn.Flow, m.Data); ok && l.fits(r.URL, r.Method, r.Target, r.UserAgent, r.Referer, r.User) {
			l.report.requests.observe(r, byMessage(m), l.maxValues())
		}
		return
	}
	res, err := layers.ParseHTTPResponse(m.Data)
	if err != nil || res.Status() < 200 {
		return
	}
	r, ok := requestOf(m.Conn.Flow, m.Request)
	if !ok {
		return
	}
	if row := l.report.requests.find(r); row != nil {
		row.Statuses = increment(row.Statuses, res.Status())
	}
	if to := text(layers.AppendHTTPValue(nil, res.Get("Location"))); to != "" && res.Status() < 400 && l.fits(r.URL, to) {
		d := Redirect{From: r.URL, To: absolute(r.URL, to), Status: res.Status()}
		l.report.redirects.observe(d, byMessage(m), l.maxValues())
	}
}

// requestOf returns the request whose head b is; f leads to the server.
func requestOf(f layers.Flow, b []byte) (Request, bool) {
	req, err := layers.ParseHTTPRequest(b)
	if err != nil {
		return Request{}, false
	}
	host, u := text(req.Host()), []byte(nil)
	if host == "" {
		host = authority(f.Dst)
		u = append([]byte("http://"), host...)
	}
	r := Request{
		URL: text(req.AppendURL(u)), Method: text(req.Method()), Target: text(req.Target()), Host: hostOf(host),
		Client: f.Src.Addr(), Server: f.Dst,
	}
	for name, value := range req.Fields() {
		switch len(name) {
		case len("Referer"):
			setField(&r.Referer, name, "Referer", value)
		case len("User-Agent"):
			setField(&r.UserAgent, name, "User-Agent", value)
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
func setField(to *string, name []byte, want string, value []byte) {
	if *to == "" && strings.EqualFold(string(name), want) {
		*to = text(layers.AppendHTTPValue(nil, value))
	}
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

// absolute resolves a reference against the URL it came from (RFC 3986 section
// 5). What cannot be understood stays as it is.
func absolute(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}
