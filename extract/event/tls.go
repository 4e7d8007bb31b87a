package event

import (
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func tlsAttributes(m *mapping) {
	for s := range m.report.Sessions() {
		m.name(tlsName, s.ServerName, &s.Fact)
		m.put(tlsClient, misp.JA3, s.JA3, &s.Fact)
		m.put(tlsServer, misp.JA3, s.JA3S, &s.Fact, OnlyInObject)
		m.put(tlsJA4, misp.Text, s.JA4, &s.Fact, OnlyInObject)
	}
}

// tlsObjects drafts the TLS fingerprints.
func tlsObjects(d *drafts) {
	var ja4 groups[string, *extract.Session]
	for s := range d.report.Sessions() {
		if s.JA4 != "" {
			ja4.add(s.JA4, s, &s.Fact)
		}
		if s.JA3 == "" || d.bothLocal(s.Client, s.Server.Addr()) {
			continue
		}
		d.add(sessionTemplate(s), s.Key(), &s.Fact, func(o *object) []reference {
			fillSession(o, s)
			return nil
		})
	}
	for v, sessions := range ja4.all() {
		d.add(misp.TemplateJA4Plus, v, sessions.fact, func(o *object) []reference {
			o.Comment = "client JA4"
			o.text("ja4-fingerprint", v)
			o.text("ja4-type", "JA4")
			return nil
		})
	}
}

// sessionTemplate returns the template of a session's object.
func sessionTemplate(s *extract.Session) *misp.Template {
	if s.JA3S != "" {
		return misp.TemplateJA3S
	}
	return misp.TemplateJA3
}

func fillSession(o *object, s *extract.Session) {
	o.Comment = "TLS to " + serverText(s)
	o.text("ja3-fingerprint-md5", s.JA3)
	o.common(o.s.judge.stock[s.JA3])
	if s.JA3S != "" {
		o.text("ja3s-fingerprint-md5", s.JA3S)
		o.name("hostname", s.ServerName)
	}
	o.addr("ip-src", s.Client)
	o.addr("ip-dst", s.Server.Addr())
	o.times("first-seen", "last-seen", &s.Fact)
	o.text("description", strings.Join(slices.DeleteFunc([]string{s.ServerName, s.Version, s.Selected, s.ALPN},
		func(t string) bool { return t == "" }), ", "))
}

func serverText(s *extract.Session) string {
	if s.ServerName != "" {
		return s.ServerName
	}
	return s.Server.String()
}
