package event

import (
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// isService reports whether a connection is one that every network has: to its
// resolver or time server, for an address, or of error messages.
func isService(c *extract.Connection) bool {
	switch c.Proto {
	case layers.IPProtoICMPv4, layers.IPProtoICMPv6:
		return true
	case layers.IPProtoUDP:
		switch c.Server.Port() {
		case 67, 68, 123, 547:
			return true
		}
	}
	switch c.Server.Port() {
	case 53, 5353, 5355:
		return only(c, stream.DNS)
	case 853:
		return only(c, stream.TLS, stream.DTLS, stream.QUIC, stream.DNS)
	}
	return slices.Equal(c.Protos, []stream.Proto{stream.DNS})
}

// only reports whether all protocols recognised in a connection are among some.
func only(c *extract.Connection, some ...stream.Proto) bool {
	return !slices.ContainsFunc(c.Protos, func(p stream.Proto) bool { return !slices.Contains(some, p) })
}

// isSecure reports whether a connection may be DNS over HTTPS (RFC 8484), or is,
// decrypted.
func isSecure(c *extract.Connection) bool {
	if slices.Contains(c.Protos, stream.DNS) {
		return only(c, stream.TLS, stream.QUIC, stream.HTTP1, stream.HTTP2, stream.HTTP3, stream.DNS)
	}
	return c.Server.Port() == 443 && len(c.Protos) > 0 && only(c, stream.TLS, stream.QUIC)
}

// resolver reports whether an address did nothing but answer recursive queries for
// several registered domains. One that answers for a single domain, or with data in
// names and records, may be a tunnel.
func (j *judge) resolver(s *subject) bool {
	p := s.peer
	return p != nil && s.typ != misp.URL && p.resolver != nil && p.onlyServes() &&
		p.resolver.Recursive > 0 && len(p.resolver.Domains) > 1 && p.resolver.Odd == 0
}

// loneResolver reports whether an address did nothing but answer recursive queries
// for a single domain, in an ordinary way.
func (j *judge) loneResolver(s *subject) bool {
	p := s.peer
	return p != nil && s.typ != misp.URL && p.resolver != nil && p.onlyServes() && p.resolver.Recursive > 0 && p.resolver.Odd == 0 && !p.tunnel
}

// timeServer reports whether an address did nothing but answer NTP.
func (j *judge) timeServer(s *subject) bool {
	switch s.typ {
	case misp.Hostname, misp.Domain:
		n := s.name
		return n != nil && !n.used && n.met && !slices.ContainsFunc(n.addrs, func(a netip.Addr) bool { return j.peers[a] != nil && !j.peers[a].keepsTime() })
	case misp.URL:
		return false
	}
	p := s.peer
	return p != nil && p.keepsTime()
}

// onlyServes reports whether all connections to the peer are to a service of every
// network.
func (p *peer) onlyServes() bool { return p.service == p.conns }

func (p *peer) keepsTime() bool {
	return p.timeServer != nil && p.timeServer.Requests+p.timeServer.Replies > 0 && p.timeServer.Other == 0 && p.onlyServes()
}

// certificateCheck reports whether a URL gave, and a host was asked for, nothing
// but certificates and their status.
func (j *judge) certificateCheck(s *subject) bool {
	switch {
	case s.content != nil:
		return s.content.check
	case s.host != "":
		n := s.name
		return n != nil && n.checks > 0 && n.checks == n.requests
	case s.addr.IsValid():
		p := s.peer
		return p != nil && p.checks > 0 && p.checks == p.requests && p.other == 0
	}
	return false
}

// certificateLike is certificateCheck for content that may be that, too: DER with a
// media type of certificates.
func (j *judge) certificateLike(s *subject) bool {
	switch {
	case s.content != nil:
		return s.content.likely
	case s.host != "":
		n := s.name
		return n != nil && n.likely > 0 && n.likely == n.requests
	case s.addr.IsValid():
		p := s.peer
		return p != nil && p.likely > 0 && p.likely == p.requests && p.other == 0
	}
	return false
}

// networkService reports whether an address did nothing but serve its network, which
// offered it by DHCP or a router advertisement.
func (j *judge) networkService(s *subject) bool {
	p := s.peer
	return p != nil && s.typ != misp.URL && p.offered && p.onlyServes()
}
