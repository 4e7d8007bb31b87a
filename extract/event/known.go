package event

import (
	_ "embed"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// known.tsv lists services that systems contact without their user: one a line, with
// tabs between the columns. A domain of hosting or of content of its users is not
// among them, and nobody but the operator can register a name below one.
//
//	service	a domain, which includes the names below it unless "=" precedes it, or
//		an address
//	kind	what the service is for, a noun phrase
//	source	where its operator documents it, or of a site that programs contact to
//		see that they are online, who documents that
//
//go:embed known.tsv
var knownTSV string

// services are the kinds of the services of a table.
type services struct {
	names map[string]string
	addrs map[netip.Addr]string
	depth int // the most labels of a name
}

var knownServices = sync.OnceValue(func() *services { return readServices(knownTSV) })

func readServices(table string) *services {
	s := &services{names: map[string]string{}, addrs: map[netip.Addr]string{}}
	for line := range strings.Lines(table) {
		service, rest, _ := strings.Cut(line, "\t")
		kind, _, _ := strings.Cut(rest, "\t")
		if a, err := netip.ParseAddr(service); err == nil {
			s.addrs[a] = kind
			continue
		}
		s.names[service] = kind
		s.depth = max(s.depth, 1+strings.Count(service, "."))
	}
	return s
}

// wellKnown returns the kind of the well-known service that a host name belongs to,
// such as "connectivity check".
func wellKnown(name string) (kind string, ok bool) { return knownServices().kind(name) }

// kind returns the kind of the service that a host name belongs to. The longest domain
// of the table decides; one after "=" does not include the names below it.
func (s *services) kind(name string) (kind string, ok bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	for n, end := 0, len(name); n < s.depth && end > 0; n++ {
		end = strings.LastIndexByte(name[:end], '.')
		if k := s.names[name[end+1:]]; k != "" {
			kind = k
		}
	}
	if k := s.names["="+name]; k != "" {
		kind = k
	}
	if kind == excepted {
		return "", false
	}
	return kind, kind != ""
}

// excepted is the kind of a domain that does not belong to the service around it.
const excepted = "-"

// wellKnownAddr returns the kind of the well-known service at an address: public
// resolvers have addresses that do not change.
func wellKnownAddr(a netip.Addr) (kind string, ok bool) {
	kind, ok = knownServices().addrs[a.Unmap()]
	return kind, ok
}

// wellKnown reports whether systems contact the host without their user.
func (j *judge) wellKnown(s *subject) bool {
	switch {
	case s.typ == misp.URL:
		return j.fromService(s.value)
	case s.host != "" && !s.addr.IsValid() || s.typ == misp.DomainIP:
		_, known := j.service(s.host)
		return known
	case s.typ == misp.IPDst || s.typ == misp.IPDstPort:
		return j.known[s.addr] || j.publicResolver(s.addr)
	case s.content != nil:
		return s.content.known
	}
	return false
}

// publicResolver reports whether an address is a well-known service, contacted as
// one.
func (j *judge) publicResolver(a netip.Addr) bool {
	_, known := wellKnownAddr(a)
	p := j.peers[a]
	return known && !j.options.NoKnown && (p == nil || p.service+p.secure == p.conns)
}

// service returns the kind of the well-known service that a name belongs to, itself
// or as the alias of such names alone.
func (j *judge) service(name string) (kind string, ok bool) {
	if j.names[name] == nil {
		return j.ownService(name)
	}
	kind, ok = j.kinds[name]
	return kind, ok
}

// ownService returns the kind of the well-known service that a name itself belongs
// to. A name on a list of harmless ones belongs to one.
func (j *judge) ownService(name string) (kind string, ok bool) {
	if harmless(j.warned(misp.Hostname, name)) {
		return "warninglist", true
	}
	if j.options.NoKnown {
		return "", false
	}
	return wellKnown(name)
}

// knowNames finds the names of well-known services. An alias of such names alone is
// one, even if a client queried it: a resolver may leave following aliases to it.
func (j *judge) knowNames() {
	var ready []string
	aliases, unknown := map[string][]string{}, map[string]int{} // by owner; of an alias, the owners
	for text, n := range j.names {
		if kind, ok := j.ownService(text); ok {
			j.kinds[text] = kind
			ready = append(ready, text)
		} else {
			unknown[text] = len(n.owners)
			for _, owner := range n.owners {
				aliases[owner] = append(aliases[owner], text)
			}
		}
	}
	for len(ready) > 0 {
		owner := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, alias := range aliases[owner] {
			if unknown[alias]--; unknown[alias] == 0 {
				j.kinds[alias] = j.kinds[j.names[alias].owners[0]]
				ready = append(ready, alias)
			}
		}
	}
}

// knowAddrs finds the addresses to which only names of well-known services led, and
// those to which only such and shared ones did.
func (j *judge) knowAddrs() {
	for a, p := range j.peers {
		if len(p.names) == 0 || j.impersonates(a) {
			continue
		}
		known := func(n string) bool { _, known := j.service(n); return known }
		j.known[a] = every(p.names, known)
		j.shared[a] = !j.known[a] && every(p.names, func(n string) bool { return known(n) || j.isShared(n) })
	}
}

func every(names []string, is func(string) bool) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return !is(n) })
}

// impersonates reports whether clients named services to an address that seems not to
// be theirs: no DNS answer led there, and it signed its certificate itself, or the
// capture has the answers for others and no TLS protects the requests. Requests in
// decrypted DNS over HTTPS do not count.
func (f *facts) impersonates(a netip.Addr) bool {
	p := f.peers[a]
	return p != nil && !f.led[a] && (p.selfSigned || p.plain && p.service+p.secure < p.conns && len(f.led) > 0)
}

// findMisled finds the URLs that were requested of impersonators.
func (f *facts) findMisled(r *extract.Report) {
	for q := range r.Requests() {
		if f.impersonates(q.Server.Addr()) && !q.Proxied() {
			f.urls[q.URL].misled = true
		}
	}
}

// onlyHarmless reports whether a certificate was presented only by hosts that are not
// for detection.
func (j *judge) onlyHarmless(s *subject) bool {
	servers := j.servers[s.value]
	return s.typ == misp.X509SHA256 && len(servers) > 0 && !slices.ContainsFunc(servers, func(a netip.Addr) bool {
		server := subject{indicator: &indicator{typ: misp.IPDst, value: a.String()}, addr: a, peer: j.peers[a]}
		r := j.rule(&server)
		return !r.out && r.verdict == Detect
	})
}
