package event

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
)

// fileDrafts describes the files whose hash goes out: each hash once, with all
// its names, and where it came from.
func (m *mapping) fileDrafts() []draft {
	var byHash groups[string, *extract.File]
	for f := range m.report.Files() {
		if rule := contentRule(f); f.SHA256 != "" && (rule == "" || m.lifts(rule)) {
			byHash.add(f.SHA256, f)
		}
	}
	var all []draft
	for hash, files := range byHash.all() {
		all = append(all, draft{misp.TemplateFile, hash, together(files, func(f *extract.File) *extract.Fact { return &f.Fact }), func(o *object) []reference { return o.fillFile(files) }})
	}
	return all
}

func (o *object) fillFile(files []*extract.File) (refs []reference) {
	f := files[0]
	o.Comment = "file " + abridged(f.SHA256)
	o.indicator("sha256", f.SHA256)
	o.indicator("sha1", f.SHA1)
	o.indicator("md5", f.MD5)
	o.number("size-in-bytes", f.Size)
	o.text("mimetype", f.Sniffed)
	o.text("mimetype", f.Type) // when the bytes tell nothing
	for _, f := range files {
		if f.Name != "" {
			o.Comment = baseName(f.Name)
			o.text("filename", o.Comment)
		}
		if f.URL != "" {
			refs = append(refs, reference{misp.DownloadedFrom, nil, misp.URL, f.URL})
		}
	}
	return refs
}

// abridged returns enough of a hash to tell things apart.
func abridged(hash string) string { return hash[:min(len(hash), 16)] }

// emailDrafts describes the mails. They contain their attachments.
func (m *mapping) emailDrafts() []draft {
	attached := map[string][]string{}
	for f := range m.report.Files() {
		if f.Email != "" && f.SHA256 != "" && !slices.Contains(attached[f.Email], f.SHA256) {
			attached[f.Email] = append(attached[f.Email], f.SHA256)
		}
	}
	names := map[string][]string{}
	for f := range m.report.Files() {
		if f.Email != "" && f.Name != "" {
			names[f.Email] = append(names[f.Email], baseName(f.Name))
		}
	}
	byKey := map[string]bool{}
	var all []draft
	for e := range m.report.Emails() {
		key := e.Key()
		if byKey[key] {
			continue // the same mail on its way to another host
		}
		byKey[key] = true
		all = append(all, draft{misp.TemplateEmail, key, &e.Fact, func(o *object) (refs []reference) {
			o.fillEmail(e)
			for _, n := range names[key] {
				o.text("attachment", n)
			}
			for _, hash := range attached[key] {
				refs = append(refs, reference{misp.Contains, misp.TemplateFile, "", hash})
			}
			return refs
		}})
	}
	return all
}

func (o *object) fillEmail(e *extract.Email) {
	o.Comment = "mail: " + e.Subject
	for _, a := range e.From {
		o.indicator("from", a)
	}
	for _, n := range e.FromNames {
		o.text("from-display-name", n)
	}
	for _, a := range e.To {
		o.text("to", a)
	}
	for _, a := range e.Cc {
		o.text("cc", a)
	}
	for _, a := range e.ReplyTo {
		o.text("reply-to", a)
	}
	o.text("subject", e.Subject)
	o.text("message-id", e.MessageID)
	if date, err := mail.ParseDate(e.Date); err == nil {
		o.time("send-date", date)
	} else {
		o.text("send-date", e.Date)
	}
	o.text("x-mailer", e.Mailer)
	if e.Proto == stream.SMTP { // with other protocols it is who reads the mail
		o.addr("ip-src", e.Client)
	}
}

func requestKey(q *extract.Request) string {
	return strings.Join([]string{q.Method, q.URL, q.UserAgent, q.Referer, q.User, q.Client.String(), q.Server.String()}, "\n")
}

// requestDrafts describes the HTTP requests, and where they were sent on to.
func (m *mapping) requestDrafts(x *index) []draft {
	targets := map[string][]string{}
	for d := range m.report.Redirects() {
		targets[d.From] = append(targets[d.From], x.urls[d.To]...)
	}
	var all []draft
	for q := range m.report.Requests() {
		if rule := m.hostRule(q.Host); rule != "" && !m.lifts(rule) {
			continue
		}
		key := requestKey(q)
		all = append(all, draft{misp.TemplateHTTPRequest, key, &q.Fact, func(o *object) (refs []reference) {
			o.fillRequest(q)
			for _, to := range targets[q.URL] {
				if to != key {
					refs = append(refs, reference{misp.RedirectsTo, misp.TemplateHTTPRequest, "", to})
				}
			}
			return refs
		}})
	}
	return all
}

func (o *object) fillRequest(q *extract.Request) {
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
