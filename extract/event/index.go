package event

import (
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// An index joins what the tables of a report keep apart.
type index struct {
	names    map[netip.Addr][]string       // that DNS, TLS and HTTP lead to an address by
	macs     map[netip.Addr]string         // of on-link addresses
	flows    map[string]*extract.Flow      // the one flow of a connection that has one alone
	requests map[string][]*extract.Request // by connection
	certs    map[netip.AddrPort][]string   // by server
	sessions map[string][]*extract.Session // by connection
	urls     map[string][]string           // keys of requests by URL
}

func (m *mapping) index() *index {
	r := m.report
	x := &index{
		names: map[netip.Addr][]string{}, macs: onLink(r), flows: map[string]*extract.Flow{},
		requests: map[string][]*extract.Request{}, certs: map[netip.AddrPort][]string{},
		sessions: map[string][]*extract.Session{}, urls: map[string][]string{},
	}
	proxies := map[netip.AddrPort]bool{} // whose requests name other hosts
	for q := range r.Requests() {
		if q.Proxied() {
			proxies[q.Server] = true
		}
	}
	for q := range r.Requests() {
		key := connectionKey(q.Client, q.Server)
		x.requests[key] = append(x.requests[key], q)
		x.urls[q.URL] = append(x.urls[q.URL], requestKey(q))
		if !proxies[q.Server] {
			x.addName(q.Server.Addr(), q.Host)
		}
	}
	for s := range r.Sessions() {
		key := connectionKey(s.Client, s.Server)
		x.sessions[key] = append(x.sessions[key], s)
		if !proxies[s.Server] {
			x.addName(s.Server.Addr(), s.ServerName)
		}
	}
	for d := range r.Resolutions() {
		if a, err := netip.ParseAddr(d.Value); err == nil && (d.Type == "A" || d.Type == "AAAA") {
			x.addName(a, d.Name)
		}
	}
	for p := range r.Presented() {
		if p.Position == 0 && !p.Client {
			x.certs[p.Server] = append(x.certs[p.Server], p.SHA256)
		}
	}
	return x
}

// addFlows notes the flows of connections that go out.
func (x *index) addFlows(r *extract.Report, drafts []draft) {
	wanted := map[string]bool{}
	for _, d := range drafts {
		if d.template == misp.TemplateNetworkConnection {
			wanted[d.key] = true
		}
	}
	for f := range r.Flows() {
		key := connKey(&extract.Connection{Client: f.Client.Addr(), Server: f.Server, Proto: f.Proto})
		if _, several := x.flows[key]; several {
			x.flows[key] = nil
		} else if wanted[key] {
			x.flows[key] = f
		}
	}
}

// maxNames bounds the names of an address that are told.
const maxNames = 4

func (x *index) addName(a netip.Addr, name string) {
	if have := x.names[a]; name != "" && !isAddr(name) && len(have) < maxNames && !slices.Contains(have, name) {
		x.names[a] = append(have, name)
	}
}

// onLink returns the hardware addresses of IP addresses: of those that told
// theirs in ARP, and of those whose hardware address no other of their family
// has, as a router's would.
func onLink(r *extract.Report) map[netip.Addr]string {
	shared := map[string]int{}
	for k := range r.Links() {
		shared[k.MAC+family(k.Addr)]++
	}
	macs := map[netip.Addr]string{}
	for k := range r.Links() {
		if k.ARP > 0 || shared[k.MAC+family(k.Addr)] == 1 && macs[k.Addr] == "" {
			macs[k.Addr] = k.MAC
		}
	}
	return macs
}

// family tells IPv4 from IPv6, and link-local addresses from others: a host has
// one of each.
func family(a netip.Addr) string {
	switch {
	case a.Is4():
		return "4"
	case a.IsLinkLocalUnicast():
		return "l"
	}
	return "6"
}

func connectionKey(client netip.Addr, server netip.AddrPort) string {
	return client.String() + " " + server.String()
}
