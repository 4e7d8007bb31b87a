package event

import (
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A network is what the Report shows of the network that the capture is from.
type network struct {
	domains map[string]bool     // Active Directory domains whose controllers clients look for
	clients map[netip.Addr]bool // that recursive resolvers answered
	visits  map[string]visits   // by URL and by host name
}

// visits says who requested a URL or a name.
type visits struct{ inbound, other bool }

func (f *facts) findNetwork(r *extract.Report) {
	f.network = network{domains: map[string]bool{}, clients: map[netip.Addr]bool{}, visits: map[string]visits{}}
	for q := range r.Queries() {
		if d := directoryDomain(nameKey(q.Name)); d != "" {
			f.domains[d] = true
		}
	}
	for c := range r.Connections() {
		if p := f.peers[c.Server.Addr()]; p.resolver != nil && p.resolver.Recursive > 0 && isService(c) {
			f.clients[c.Client] = true
		}
	}
}

// directoryDomain returns the domain whose controllers a query looks for, or "": the
// names have a label _msdcs ([MS-ADTS] section 6.3.6).
func directoryDomain(name string) string {
	_, domain, _ := strings.Cut(name, "._msdcs.")
	if registeredDomain(domain) == "" {
		return ""
	}
	return domain
}

// visit records the two sides of a request of a URL or a name.
func (s *selector) visit(what string, client, server netip.Addr) {
	v := s.visits[what]
	if s.comesIn(client, server) {
		v.inbound = true
	} else {
		v.other = true
	}
	s.visits[what] = v
}

// comesIn reports whether a client outside contacted a server inside.
func (s *selector) comesIn(client, server netip.Addr) bool {
	return client.IsValid() && !s.inside(client) && s.inside(server)
}

// inside reports whether an address is of the network that the capture is from.
func (s *selector) inside(a netip.Addr) bool {
	return a.IsValid() && (s.addrRule(a) != "" || s.clients[a])
}

// findVisits records who requested what.
func (s *selector) findVisits() {
	for q := range s.report.Requests() {
		s.visit(q.URL, q.Client, q.Server.Addr())
		s.visit(nameKey(q.Host), q.Client, q.Server.Addr())
	}
	for x := range s.report.Sessions() {
		s.visit(nameKey(x.ServerName), x.Client, x.Server.Addr())
	}
}

// locate finds where the addresses of names are.
func (s *selector) locate() {
	for _, n := range s.names {
		for _, a := range n.addrs {
			if p := s.peers[a]; p != nil {
				n.outside = n.outside || !s.inside(a)
				n.unmailed = n.unmailed || !p.onlyMailed()
			}
		}
	}
}

// networkDomain reports whether a name is of the network's own domain, and no client
// contacted an address outside by it.
func (j *judge) networkDomain(s *subject) bool {
	if s.host == "" || s.typ == misp.URL || s.name == nil {
		return false
	}
	for d := s.host; d != ""; {
		if j.domains[d] {
			return !s.name.outside
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return false
}

// ownServer reports whether a URL or a name was requested only of servers inside, by
// clients outside.
func (j *judge) ownServer(s *subject) bool {
	switch s.typ {
	case misp.URL:
		return onlyInbound(j.visits[s.value])
	case misp.Hostname, misp.Domain:
		return onlyInbound(j.visits[s.host])
	}
	return false
}

func onlyInbound(v visits) bool { return v.inbound && !v.other }

// ownClient reports whether a recursive resolver answered the address.
func (j *judge) ownClient(s *subject) bool {
	return s.typ != misp.URL && s.host == "" && j.clients[s.addr]
}
