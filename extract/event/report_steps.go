package event

import (
	"cmp"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
)

// transfers returns the files, without ordinary web content.
func (r *reporter) transfers() *steps {
	s := &steps{kind: "file"}
	for f := range r.report.Files() {
		if !r.hides(f.Client, f.Server.Addr()) && !(r.isOrdinary(f) && r.excludes(OrdinaryFile)) && s.wants(&f.Fact) {
			s.add(&f.Fact, func() step { return r.transfer(f) })
		}
	}
	return s
}

func (r *reporter) transfer(f *extract.File) step {
	name, typ := baseName(f.Name), f.Sniffed
	if name == "" {
		name = baseName(f.URL)
	}
	if typ == "" {
		typ = f.Type
	}
	details := plural(f.Size, "byte")
	if typ != "" {
		details = quote(typ) + ", " + details
	}
	if f.State != "complete" {
		details += ", " + quote(f.State)
	}
	return step{
		from: f.Client, to: f.Server.Addr(), reply: !f.FromClient,
		label:  strings.TrimSpace(name+" "+typ[strings.LastIndexAny(typ, "/.")+1:]) + " " + plural(f.Size, "byte"),
		text:   r.host(f.Client) + r.moved(f, cmp.Or(quote(name), "a file")+" ("+details+")"),
		target: reference{template: misp.TemplateFile, key: f.SHA256},
	}
}

// moved says which way a file went.
func (r *reporter) moved(f *extract.File, what string) string {
	peer := r.server(f.Server)
	if f.URL != "" {
		peer = quote(f.URL) + " (" + addrText(f.Server.Addr()) + ")"
	}
	if f.FromClient {
		return " uploads " + what + " to " + peer
	}
	return " downloads " + what + " from " + peer
}

func (r *reporter) mails() *steps {
	s := &steps{kind: "email"}
	for m := range r.report.Emails() {
		if !r.hides(m.Client, m.Server.Addr()) && s.wants(&m.Fact) {
			s.add(&m.Fact, func() step { return r.mail(m) })
		}
	}
	return s
}

func (r *reporter) mail(m *extract.Email) step {
	return step{
		from: m.Client, to: m.Server.Addr(), label: "email " + m.Subject,
		text: r.host(m.Client) + " and " + r.server(m.Server) + " exchange an email from " +
			quote(strings.Join(m.From, ", ")) + ": " + quote(m.Subject),
	}
}

func (r *reporter) requests() *steps {
	s := &steps{kind: "HTTP request"}
	for q := range r.report.Requests() {
		if !r.hides(q.Client, q.Server.Addr()) && s.wants(&q.Fact) {
			s.add(&q.Fact, func() step { return r.request(q) })
		}
	}
	return s
}

func (r *reporter) request(q *extract.Request) step {
	path, _, _ := strings.Cut(q.Target, "?")
	text := r.host(q.Client) + " requests " + quote(q.Method+" "+q.URL) + " from " + addrText(q.Server.Addr())
	if status := strings.TrimPrefix(answerText(q), "1 x "); status != "" {
		text += ": " + status
	}
	return step{
		from: q.Client, to: q.Server.Addr(), label: q.Method + " " + path, text: text,
		target: reference{template: misp.TemplateHTTPRequest, key: requestKey(q)},
	}
}

func (r *reporter) redirects() *steps {
	s := &steps{kind: "redirect"}
	for d := range r.report.Redirects() {
		if s.wants(&d.Fact) {
			s.add(&d.Fact, func() step { return redirect(d) })
		}
	}
	return s
}

func redirect(d *extract.Redirect) step {
	s := step{
		label: "redirect to " + d.Host(), text: quote(d.From) + " redirects to " + quote(d.To),
		target: reference{typ: misp.URL, key: d.To}, reply: true,
	}
	if e, _ := d.Evidence.First(); e.Conn != nil {
		s.from, s.to = e.Conn.Flow.Src.Addr(), e.Conn.Flow.Dst.Addr()
	}
	return s
}

func (r *reporter) sessions() *steps {
	s := &steps{kind: "TLS session"}
	for h := range r.report.Sessions() {
		if !r.hides(h.Client, h.Server.Addr()) && s.wants(&h.Fact) {
			s.add(&h.Fact, func() step { return r.session(h) })
		}
	}
	return s
}

func (r *reporter) session(h *extract.Session) step {
	server := r.server(h.Server)
	if h.ServerName != "" {
		server = quote(h.ServerName) + " (" + addrText(h.Server.Addr()) + ") port " + decimal(int64(h.Server.Port()))
	}
	return step{
		from: h.Client, to: h.Server.Addr(), label: h.Proto.String() + " " + h.ServerName,
		text:   r.host(h.Client) + " begins " + h.Proto.String() + " with " + server,
		target: reference{template: sessionTemplate(h), key: h.Key()},
	}
}

func (r *reporter) logins() *steps {
	s := &steps{kind: "login"}
	for g := range r.report.Logins() {
		if !r.hides(g.Client, g.Server.Addr()) && s.wants(&g.Fact) {
			s.add(&g.Fact, func() step { return r.login(g) })
		}
	}
	return s
}

func (r *reporter) login(g *extract.Login) step {
	return step{
		from: g.Client, to: g.Server.Addr(), label: g.Proto.String() + " login " + g.User,
		text: r.host(g.Client) + " logs in to " + r.server(g.Server) + " by " + g.Proto.String() + " as " + quote(g.User),
	}
}

func (r *reporter) queries() *steps {
	s := &steps{kind: "DNS name", most: maxQueries}
	for q := range r.report.Queries() {
		if !r.excludes(nameRule(q.Name)) && s.wants(&q.Fact) {
			s.add(&q.Fact, func() step { return query(q) })
		}
	}
	return s
}

func query(q *extract.Query) step {
	text := "DNS query for " + quote(q.Name)
	if q.NXDomain > 0 && q.Answered == 0 {
		text += ", which does not exist"
	}
	return step{text: text, target: reference{template: misp.TemplateDNSRecord, key: q.Name}}
}

// connections returns the answered connections that no other step describes.
func (r *reporter) connections() *steps {
	s := &steps{kind: "connection"}
	for c := range r.report.Connections() {
		if !r.described(c) && !unanswered(c) && !r.hides(c.Client, c.Server.Addr()) && s.wants(&c.Fact) {
			s.add(&c.Fact, func() step { return r.connection(c) })
		}
	}
	return s
}

func (r *reporter) connection(c *extract.Connection) step {
	times := ", " + plural(c.Count, "time")
	return step{
		from: c.Client, to: c.Server.Addr(), label: portText(c) + times,
		text:   r.host(c.Client) + " connects to " + r.server(c.Server) + " by " + strings.Join(protoNames(c), ", ") + times,
		target: reference{template: misp.TemplateNetworkConnection, key: connKey(c)},
	}
}

// described reports whether the messages of a connection are in the timeline.
func (r *reporter) described(c *extract.Connection) bool {
	for _, p := range c.Protos {
		switch p {
		case stream.HTTP1, stream.HTTP2, stream.HTTP3:
			return r.options.Only.Has(extract.HTTP)
		case stream.TLS, stream.QUIC, stream.DTLS:
			return r.options.Only.Has(extract.TLS)
		case stream.DNS:
			return r.options.Only.Has(extract.DNS)
		case stream.SMTP:
			return r.options.Only.Has(extract.Mail)
		}
	}
	return false
}
