package event

import (
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func loginAttributes(m *mapping) {
	for g := range m.report.Logins() {
		if !g.Proto.IsHTTP() || !m.options.Only.Has(extract.HTTP) { // else putRequest maps it
			m.put(loginUser, misp.Text, g.User, &g.Fact, NoType)
		}
	}
}

// credentialObjects drafts the logins. A credential is never for detection: it
// belongs to a victim, or to an intruder who took it from one.
func credentialObjects(d *drafts) {
	for g := range d.report.Logins() {
		if d.bothLocal(g.Client, g.Server.Addr()) {
			continue
		}
		d.add(misp.TemplateCredential, loginKey(g), &g.Fact, func(o *object) []reference {
			fillCredential(o, g)
			return nil
		})
	}
}

func loginKey(g *extract.Login) string {
	return strings.Join([]string{g.User, g.Password, g.Proto.String(), g.Client.String(), g.Server.String()}, "\n")
}

func fillCredential(o *object, g *extract.Login) {
	what := g.Proto.String() + " login"
	if g.Proto.IsHTTP() {
		what = "HTTP Basic login"
	}
	o.Comment = what + " " + g.User
	if !o.s.excludes(o.s.addrRule(g.Server.Addr())) {
		what += " at " + g.Server.String()
	}
	o.text("text", what)
	o.text("username", g.User)
	o.text("password", g.Password)
	o.text("type", "password")
	o.text("format", "clear-text")
	o.text("origin", "network-analysis")
}
