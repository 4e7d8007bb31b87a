package event

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func httpAttributes(m *mapping) {
	for q := range m.report.Requests() {
		putRequest(m, q)
	}
	for d := range m.report.Redirects() {
		if isURL(d.To) {
			m.put(httpRedirect, misp.URL, d.To, &d.Fact, m.hostRule(d.Host()))
		} else {
			m.put(httpRedirect, misp.URI, d.To, &d.Fact, NoURL)
		}
	}
}

// isURL reports whether s has a scheme and a host. Without them, as the target of
// CONNECT, it would match requests to any server.
func isURL(s string) bool {
	scheme, rest, _ := strings.Cut(s, "://")
	if scheme == "" || strings.ContainsAny(scheme, "/?#") {
		return false
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	host := rest[strings.LastIndexByte(rest, '@')+1:]
	return host != "" && host[0] != ':'
}

func putRequest(m *mapping, q *extract.Request) {
	f, from := &q.Fact, httpRequest
	switch {
	case q.WebSocket != nil:
		from = httpWebSocket
	case q.GRPC != nil:
		from = httpGRPC
	case q.Events != nil:
		from = httpEvents
	}
	target := OnlyInObject
	switch {
	case !isURL(q.URL):
		target = NoURL
	case q.DNSQuery(): // its name is an indicator, and the host
		m.put(from, misp.URL, q.URL, f, OnlyInObject)
	default:
		m.put(from, misp.URL, q.URL, f, m.hostRule(q.Host))
	}
	if a, passed := q.ForwardedTo(); passed {
		m.put(httpHost, misp.IPDst, q.Host, f, m.addrRule(a)) // no packet is sent to it directly
	} else {
		m.name(httpHost, q.Host, f)
	}
	m.put(httpAgent, misp.UserAgent, q.UserAgent, f)
	m.put(httpUser, misp.Text, q.User, f, OnlyInObject)
	m.put(httpRequest, misp.URI, q.Target, f, target)
	m.put(httpMethod, misp.HTTPMethod, q.Method, f, OnlyInObject)
}

// httpObjects drafts the requests, with references to those they redirect to.
func httpObjects(d *drafts) {
	targets := redirected(d.report)
	for q := range d.report.Requests() {
		if d.excludes(d.hostRule(q.Host)) {
			continue
		}
		key := requestKey(q)
		d.add(misp.TemplateHTTPRequest, key, &q.Fact, func(o *object) (refs []reference) {
			fillRequest(o, q)
			for _, to := range targets[q.URL] {
				if to != key {
					refs = append(refs, reference{misp.RedirectsTo, misp.TemplateHTTPRequest, "", to})
				}
			}
			return refs
		})
	}
}

// redirected returns, by the URL that redirects, the keys of the requests for
// its targets.
func redirected(r *extract.Report) map[string][]string {
	keys := map[string][]string{} // by target URL
	for d := range r.Redirects() {
		keys[d.To] = nil
	}
	for q := range r.Requests() {
		if list, ok := keys[q.URL]; ok {
			keys[q.URL] = append(list, requestKey(q))
		}
	}
	to := map[string][]string{}
	for d := range r.Redirects() {
		to[d.From] = append(to[d.From], keys[d.To]...)
	}
	return to
}

func requestKey(q *extract.Request) string {
	return strings.Join([]string{q.Method, q.URL, q.UserAgent, q.Referer, q.User, q.Client.String(), q.Server.String()}, "\n")
}

func fillRequest(o *object, q *extract.Request) {
	o.Comment = q.Method + " " + q.URL
	o.text("method", q.Method)
	if isURL(q.URL) {
		o.indicator("url", q.URL, o.s.detects(misp.URL, q.URL))
	}
	o.text("uri", q.Target)
	o.common(q.Target == "/")
	o.name("host", q.Host)
	o.text("user-agent", q.UserAgent)
	o.common(isBrowser(q.UserAgent))
	o.text("referer", q.Referer)
	o.text("basicauth-user", q.User)
	o.addr("ip-src", q.Client)
	o.addr("ip-dst", q.Server.Addr())
	o.text("text", answerText(q))
}

// answerText says what a request led to.
func answerText(q *extract.Request) string {
	var parts []string
	if text := statusText(q.Statuses); text != "" {
		parts = append(parts, text)
	}
	if s := q.WebSocket; s != nil {
		parts = append(parts, "WebSocket: sent "+socketText(&s.Sent), "received "+socketText(&s.Received))
	}
	if g := q.GRPC; g != nil {
		parts = append(parts, "gRPC: sent "+messagesText(&g.Sent, "message"), "received "+messagesText(&g.Received, "message"))
	}
	if e := q.Events; e != nil {
		parts = append(parts, "received "+messagesText(e, "server-sent event"))
	}
	return strings.Join(parts, "; ")
}

func messagesText(m *extract.Messages, what string) string {
	if m.Count == 0 {
		return "nothing"
	}
	return many(m.Count, what) + " of " + many(m.Bytes, "byte")
}

func socketText(m *extract.WebSocketMessages) string {
	if m.Text+m.Binary == 0 {
		return "nothing"
	}
	var parts []string
	if m.Text > 0 {
		parts = append(parts, many(m.Text, "text message"))
	}
	if m.Binary > 0 {
		parts = append(parts, many(m.Binary, "binary message"))
	}
	text := strings.Join(parts, " and ") + " of " + many(m.Bytes, "byte")
	if m.Magic != "" {
		text += ", binary ones begin with " + m.Magic
	}
	return text
}

// statusText returns the count of each status code.
func statusText(statuses map[int]int64) string {
	var codes []int
	for c := range statuses {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	var parts []string
	for _, c := range codes {
		parts = append(parts, fmt.Sprintf("%d x status %d", statuses[c], c))
	}
	return strings.Join(parts, ", ")
}
