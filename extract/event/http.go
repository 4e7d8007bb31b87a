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
		m.put(httpRedirect, misp.URL, d.To, &d.Fact, m.hostRule(d.Host()))
	}
}

func putRequest(m *mapping, q *extract.Request) {
	f := &q.Fact
	if q.Method == "CONNECT" {
		m.put(httpRequest, misp.URL, q.URL, f, NoURL)
	} else {
		m.put(httpRequest, misp.URL, q.URL, f, m.hostRule(q.Host))
	}
	if a, passed := q.ForwardedTo(); passed {
		m.put(httpHost, misp.IPDst, q.Host, f, m.addrRule(a)) // no packet shows that it was contacted
	} else {
		m.name(httpHost, q.Host, f)
	}
	m.put(httpAgent, misp.UserAgent, q.UserAgent, f)
	m.put(httpUser, misp.Text, q.User, f, OnlyInObject)
	m.put(httpRequest, misp.URI, q.Target, f, OnlyInObject)
	m.put(httpMethod, misp.HTTPMethod, q.Method, f, OnlyInObject)
}

// httpObjects describes the requests, and where they were sent on to.
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

// redirected returns the keys of the requests for what URLs redirect to, by the
// redirected URL.
func redirected(r *extract.Report) map[string][]string {
	keys := map[string][]string{} // by the URL that is redirected to
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
	if q.Method != "CONNECT" {
		o.indicator("url", q.URL)
	}
	o.text("uri", q.Target)
	o.name("host", q.Host)
	o.text("user-agent", q.UserAgent)
	o.text("referer", q.Referer)
	o.text("basicauth-user", q.User)
	o.addr("ip-src", q.Client)
	o.addr("ip-dst", q.Server.Addr())
	o.text("text", statusText(q.Statuses))
}

// statusText tells how often which status code came back.
func statusText(statuses map[int]int64) string {
	var codes []int
	for c := range statuses {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	var parts []string
	for _, c := range codes {
		parts = append(parts, fmt.Sprintf("%d times status %d", statuses[c], c))
	}
	return strings.Join(parts, ", ")
}
