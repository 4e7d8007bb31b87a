package event

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func ircAttributes(m *mapping) {
	for d := range m.report.IRCDetails() {
		switch d.Kind {
		case extract.IRCServer:
			m.name(ircServer, d.Value, &d.Fact)
		case extract.IRCChannel:
			m.put(ircChannel, misp.Text, d.Value, &d.Fact, OnlyInObject)
		case extract.IRCNick:
			m.put(ircNick, misp.Text, d.Value, &d.Fact, OnlyInObject)
		case extract.IRCUser, extract.IRCRealName:
			m.put(ircUser, misp.Text, d.Value, &d.Fact, OnlyInObject)
		}
	}
}

// ircObjects describes the IRC servers, with the nicknames and channels of their
// clients.
func ircObjects(d *drafts) {
	var servers groups[netip.AddrPort, *extract.IRCDetail]
	for r := range d.report.IRCDetails() {
		if !d.excludes(d.addrRule(r.Server.Addr())) {
			servers.add(r.Server, r, &r.Fact)
		}
	}
	for server, details := range servers.all() {
		d.add(misp.TemplateIRC, server.String(), details.fact, func(o *object) []reference {
			fillIRC(o, server, details.rows)
			return nil
		})
	}
}

func fillIRC(o *object, server netip.AddrPort, details []*extract.IRCDetail) {
	o.Comment = "IRC server " + server.String()
	o.text("ip", server.Addr().String())
	o.number("dst-port", int64(server.Port()))
	var more []string // facts without a relation in the template
	for _, d := range details {
		switch d.Kind {
		case extract.IRCServer:
			o.name("hostname", d.Value)
		case extract.IRCChannel:
			o.text("channel", d.Value)
		case extract.IRCNick:
			o.text("nickname", d.Value)
		case extract.IRCUser:
			more = append(more, "user "+d.Value)
		case extract.IRCRealName:
			more = append(more, "real name "+d.Value)
		case extract.IRCPassword:
			more = append(more, "password given")
		}
	}
	slices.Sort(more)
	more = slices.Compact(more)
	o.text("text", strings.Join(more[:min(len(more), maxNames)], "; "))
}
