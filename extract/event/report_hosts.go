package event

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A party is an address with all its connections in one role.
type party struct {
	addr        netip.Addr
	first       *extract.Connection
	connections int64
	sent        int64
	received    int64
	ports       [maxPorts]*extract.Connection // to the first ports of a server
	weight      int                           // of a server: 2 if its address is for detection, 1 if it is context
}

// maxPorts limits the ports named of a server.
const maxPorts = 6

func (p *party) add(c *extract.Connection) {
	if p.first == nil || before(&c.Fact, &p.first.Fact) {
		p.first = c
	}
	p.connections += c.Count
	p.sent += c.Sent.Bytes
	p.received += c.Received.Bytes
	for i, have := range p.ports {
		if have == nil {
			p.ports[i] = c
			break
		} else if have.Server == c.Server && have.Proto == c.Proto {
			break
		}
	}
}

func (p *party) portNames() string {
	var names []string
	for _, c := range p.ports {
		if c != nil {
			names = append(names, portText(c))
		}
	}
	return strings.Join(names, ", ")
}

type parties map[netip.Addr]*party

func (p parties) add(a netip.Addr, c *extract.Connection) {
	if p[a] == nil {
		p[a] = &party{addr: a}
	}
	p[a].add(c)
}

// first returns the first n parties in an order, those equal in it as they were first
// seen.
func (p parties) first(n int, by func(a, b *party) int) (list []*party) {
	for _, one := range p {
		list = insert(list, n, one, func(a, b **party) bool {
			return cmp.Or(by(*a, *b), compareFacts(&(*a).first.Fact, &(*b).first.Fact), (*a).addr.Compare((*b).addr)) < 0
		})
	}
	return list
}

// hosts lists the clients, the inside ones if there are any, and the servers.
func (r *reporter) hosts() {
	inside, outside, servers, silent := parties{}, parties{}, parties{}, 0
	for c := range r.report.Connections() {
		if r.hides(c.Client, c.Server.Addr()) {
			continue
		}
		if isInside(r.addrRule(c.Client)) {
			inside.add(c.Client, c)
		} else {
			outside.add(c.Client, c)
		}
		if unanswered(c) {
			silent++
		} else {
			servers.add(c.Server.Addr(), c)
		}
	}
	if len(inside) > 0 {
		r.clients("Inside hosts", inside)
	} else {
		r.clients("Clients", outside)
	}
	r.servers(servers, silent)
}

// clients lists those that opened connections: the victims, most often.
func (r *reporter) clients(title string, p parties) {
	r.heading(title)
	list := p.first(maxClients, func(a, b *party) int { return cmp.Compare(b.connections, a.connections) })
	names := r.leaseNames(list)
	t := r.table(maxClients, 4000, "Address", "Name", "Connections", "Bytes sent", "Bytes received", "First seen (UTC)", "First packet")
	for _, c := range list {
		name := quote(strings.Join(append(names[c.addr], r.names[c.addr]...), ", "))
		t.row(addrText(c.addr), name, decimal(c.connections), decimal(c.sent), decimal(c.received),
			r.moment(&c.first.Fact), r.start(&c.first.Fact))
	}
	t.more += len(p) - len(list)
	t.end("host")
}

// servers lists the servers that answered: those for detection before the others.
func (r *reporter) servers(p parties, silent int) {
	r.heading("Servers")
	for i := range r.selection.Attributes {
		a := &r.selection.Attributes[i]
		if a.Type != misp.IPDst {
			continue
		}
		if addr, err := netip.ParseAddr(a.Value); err == nil && p[addr] != nil {
			p[addr].weight = 1
			if a.Verdict == Detect {
				p[addr].weight = 2
			}
		}
	}
	list := p.first(maxServers, func(a, b *party) int { return cmp.Compare(b.weight, a.weight) })
	t := r.table(maxServers, 6000, "Address", "Names", "Ports", "Connections", "Bytes received", "First seen (UTC)", "First packet", "Attribute")
	for _, s := range list {
		addr := addrText(s.addr)
		t.row(addr, quote(strings.Join(r.names[s.addr], ", ")), s.portNames(), decimal(s.connections), decimal(s.received),
			r.moment(&s.first.Fact), r.start(&s.first.Fact), r.badge(reference{typ: misp.IPDst, key: addr}))
	}
	t.more += len(p) - len(list)
	t.end("server")
	if silent > 0 {
		r.line(plural(silent, "server port") + " did not answer, or refused the connection.\n")
	}
}

// leaseNames returns the names that hosts gave to a DHCP server.
func (r *reporter) leaseNames(hosts []*party) map[netip.Addr][]string {
	names := map[netip.Addr][]string{}
	for l := range r.report.Leases() {
		known := slices.ContainsFunc(hosts, func(p *party) bool { return p.addr == l.Addr })
		if have := names[l.Addr]; known && l.HostName != "" && len(have) < maxNames && !slices.Contains(have, l.HostName) {
			names[l.Addr] = append(have, l.HostName)
		}
	}
	return names
}

// portText returns the port of a connection's server with its protocols: "TLS 443".
func portText(c *extract.Connection) string {
	protos := strings.Join(protoNames(c), "/")
	if c.Server.Port() == 0 {
		return protos
	}
	return protos + " " + decimal(int64(c.Server.Port()))
}

// onlyLocal reports whether no connection leaves the local networks.
func (r *reporter) onlyLocal() bool {
	for c := range r.report.Connections() {
		if !r.local(c.Client, c.Server.Addr()) {
			return false
		}
	}
	return true
}

// local reports whether both addresses are of local networks.
func (r *reporter) local(a, b netip.Addr) bool { return r.addrRule(b) != "" && r.addrRule(a) != "" }

// hides reports whether a conversation is left out as local, because others are not.
func (r *reporter) hides(client, server netip.Addr) bool {
	return !r.allLocal && r.local(client, server)
}

// isInside reports whether a rule is that of a host in an own network.
func isInside(rule Rule) bool {
	switch rule {
	case OwnNetwork, PrivateAddr, SharedAddr, LinkLocalAddr, LoopbackAddr:
		return true
	}
	return false
}
