package event

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
)

// A mailing is what the Report shows of the mail that clients send.
type mailing struct {
	mailers    map[netip.Addr]bool // clients that contacted many mail servers
	mass       bool                // there are mailers
	exchanged  map[string]bool     // names whose MX records were resolved
	senders    map[string]bool     // whether only mailers sent from the address
	recipients map[string]bool     // whether the address is the only recipient of a client inside
}

// maxMailServers is how many mail servers a client may contact before it sends to
// strangers, as a spam bot or a mail server does.
const maxMailServers = 16

func (s *selector) findMailing(r *extract.Report) {
	s.mailing = mailing{
		mailers: map[netip.Addr]bool{}, exchanged: map[string]bool{},
		senders: map[string]bool{}, recipients: map[string]bool{},
	}
	s.findMailers(r)
	for d := range r.Resolutions() {
		if d.Type == "MX" {
			s.exchanged[nameKey(d.Name)] = true
		}
	}
	to := mailTo{}
	for e := range r.Emails() {
		s.sent(e.Client, e.From...)
		to.add(e.Client, slices.Concat(e.To, e.Cc)...)
	}
	for v := range r.Envelopes() {
		switch v.Command {
		case "MAIL":
			s.sent(v.Client, v.Addr)
		case "RCPT":
			to.add(v.Client, v.Addr)
		}
	}
	for client, addrs := range to {
		if len(addrs) == 1 && s.inside(client) {
			maps.Copy(s.recipients, addrs)
		}
	}
}

// sent records the senders of a mail of a client.
func (f *facts) sent(client netip.Addr, from ...string) {
	for _, a := range from {
		only, known := f.senders[a]
		f.senders[a] = f.mailers[client] && (only || !known)
	}
}

// mailTo holds the recipients of each client.
type mailTo map[netip.Addr]map[string]bool

func (m mailTo) add(client netip.Addr, recipients ...string) {
	if m[client] == nil {
		m[client] = map[string]bool{}
	}
	for _, a := range recipients {
		m[client][a] = true
	}
}

// findMailers finds the clients that contacted many mail servers, and those servers.
func (f *facts) findMailers(r *extract.Report) {
	servers := map[netip.Addr]map[netip.Addr]bool{}
	for c := range r.Connections() {
		if !isMail(c) {
			continue
		}
		if servers[c.Client] == nil {
			servers[c.Client] = map[netip.Addr]bool{}
		}
		servers[c.Client][c.Server.Addr()] = true
	}
	for client, of := range servers {
		f.mailers[client] = len(of) > maxMailServers
		f.mass = f.mass || f.mailers[client]
	}
	for c := range r.Connections() {
		if isMail(c) && f.mailers[c.Client] {
			f.peers[c.Server.Addr()].mailed += c.Count
		}
	}
}

// isMail reports whether a connection is to a port for sending mail (RFC 5321, RFC 6409,
// RFC 8314), or to the other one that relays offer.
func isMail(c *extract.Connection) bool {
	if c.Proto != layers.IPProtoTCP {
		return false
	}
	switch c.Server.Port() {
	case 25, 465, 587, 2525:
		return true
	}
	return false
}

// onlyMailed reports whether all connections to the peer are of mailers.
func (p *peer) onlyMailed() bool { return p.mailed > 0 && p.mailed+p.service == p.conns }

// mailServer reports whether an address is one of many mail servers of a client, or a
// name led to such only, or only to MX records.
func (j *judge) mailServer(s *subject) bool {
	switch s.typ {
	case misp.IPDst, misp.IPDstPort:
		return s.peer != nil && s.peer.onlyMailed()
	case misp.Hostname, misp.Domain, misp.DomainIP:
		n := s.name
		if n == nil || n.used {
			return false
		}
		if !n.met {
			return j.exchanged[s.host] && j.mass
		}
		return !n.unmailed
	}
	return false
}

// massSender reports whether only clients that send to strangers sent from an address:
// it is forged, or of somebody whose account was stolen.
func (j *judge) massSender(s *subject) bool { return s.typ == misp.EmailSrc && j.senders[s.value] }
