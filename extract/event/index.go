package event

import (
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
)

// An index joins the tables of a report, for the objects of connections.
type index struct {
	names    map[netip.Addr][]string // from HTTP, TLS and DNS
	macs     map[netip.Addr]string   // of on-link addresses
	flows    map[connection]*lone    // of the drafted connections
	requests map[pair][]*extract.Request
	certs    map[netip.AddrPort][]string // by server
	sessions map[pair][]*extract.Session
	mails    map[pair][]string // keys of emails
	files    map[pair][]string // hashes of files of no mail
	logins   map[pair][]*extract.Login
}

// A pair is the two sides of a Connection.
type pair struct {
	client netip.Addr
	server netip.AddrPort
}

// A connection identifies a Connection.
type connection struct {
	pair
	proto layers.IPProto
}

// A lone is a flow of a Connection that has n flows.
type lone struct {
	flow *extract.Flow
	n    int
}

// fill fills the index. The caller has set the keys of flows.
func (x *index) fill(r *extract.Report) {
	x.names, x.macs = map[netip.Addr][]string{}, onLink(r)
	x.fillNames(r)
	x.requests = map[pair][]*extract.Request{}
	for q := range r.Requests() {
		at := pair{q.Client, q.Server}
		x.requests[at] = append(x.requests[at], q)
	}
	x.sessions = map[pair][]*extract.Session{}
	for s := range r.Sessions() {
		at := pair{s.Client, s.Server}
		x.sessions[at] = append(x.sessions[at], s)
	}
	x.certs = map[netip.AddrPort][]string{}
	for p := range r.Presented() {
		if p.Position == 0 && !p.Client {
			x.certs[p.Server] = append(x.certs[p.Server], p.SHA256)
		}
	}
	x.fillContents(r)
	for f := range r.Flows() {
		if l := x.flows[connection{pair{f.Client.Addr(), f.Server}, f.Proto}]; l != nil {
			l.flow = f
			l.n++
		}
	}
}

// fillContents records the mails, files and logins of each connection. A mail
// refers to its files itself.
func (x *index) fillContents(r *extract.Report) {
	x.mails, x.files, x.logins = map[pair][]string{}, map[pair][]string{}, map[pair][]*extract.Login{}
	for e := range r.Emails() {
		at := pair{e.Client, e.Server}
		x.mails[at] = append(x.mails[at], e.Key())
	}
	for f := range r.Files() {
		if at := (pair{f.Client, f.Server}); f.Email == "" && f.SHA256 != "" {
			x.files[at] = append(x.files[at], f.SHA256)
		}
	}
	for g := range r.Logins() {
		at := pair{g.Client, g.Server}
		x.logins[at] = append(x.logins[at], g)
	}
}

// fillNames records the names of addresses. It skips names in requests to a
// proxy, which are the names of other hosts.
func (x *index) fillNames(r *extract.Report) {
	proxies := map[netip.AddrPort]bool{}
	for q := range r.Requests() {
		if q.Proxied() {
			proxies[q.Server] = true
		}
	}
	for q := range r.Requests() {
		if !proxies[q.Server] {
			x.addName(q.Server.Addr(), q.Host)
		}
	}
	for s := range r.Sessions() {
		if !proxies[s.Server] {
			x.addName(s.Server.Addr(), s.ServerName)
		}
	}
	for d := range r.Resolutions() {
		if a, ok := resolvedAddr(d); ok {
			x.addName(a, d.Name)
		}
	}
}

// maxNames limits the names kept of an address.
const maxNames = 4

func (x *index) addName(a netip.Addr, name string) {
	if have := x.names[a]; name != "" && !isAddr(name) && len(have) < maxNames && !slices.Contains(have, name) {
		x.names[a] = append(have, name)
	}
}

// flow returns the flow of a connection that has exactly one, or nil.
func (x *index) flow(c *extract.Connection) *extract.Flow {
	if l := x.flows[keyOf(c)]; l.n == 1 {
		return l.flow
	}
	return nil
}

// around returns references to the certificates, contents and fingerprints of a
// connection.
func (x *index) around(c *extract.Connection) (refs []reference) {
	key := pair{c.Client, c.Server}
	for _, hash := range x.certs[c.Server] {
		refs = append(refs, reference{misp.Uses, misp.TemplateX509, "", hash})
	}
	for _, q := range x.requests[key] {
		refs = append(refs, reference{misp.Contains, misp.TemplateHTTPRequest, "", requestKey(q)})
	}
	for _, mail := range x.mails[key] {
		refs = append(refs, reference{misp.Contains, misp.TemplateEmail, "", mail})
	}
	for _, hash := range x.files[key] {
		refs = append(refs, reference{misp.Contains, misp.TemplateFile, "", hash})
	}
	for _, g := range x.logins[key] {
		refs = append(refs, reference{misp.Contains, misp.TemplateCredential, "", loginKey(g)})
	}
	for _, s := range x.sessions[key] {
		refs = append(refs,
			reference{misp.CharacterizedBy, misp.TemplateJA3S, "", s.Key()},
			reference{misp.CharacterizedBy, misp.TemplateJA3, "", s.Key()},
			reference{misp.CharacterizedBy, misp.TemplateJA4Plus, "", s.JA4})
	}
	return refs
}
