package event

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/sightline-go/sightline/extract/misp"
)

// maxBelow is how many names of one registered domain may be queried without
// contact before the domain stands for them.
const maxBelow = 16

func (j *judge) oneOfMany(s *subject) bool {
	if s.typ == misp.Domain {
		return j.orphan(s.host)
	}
	return (s.typ == misp.Hostname || s.typ == misp.DomainIP) && (j.standIn(s.host) != "" || j.orphan(s.host))
}

// orphan reports whether a name was only queried, and is one of many that each have a
// top-level domain of their own, which does not exist: data for a server that clients
// query by its address.
func (j *judge) orphan(host string) bool {
	n := j.names[host]
	return n != nil && !n.used && !n.met && len(j.orphans) > maxBelow && j.orphans[unlisted(host)] == 1
}

// unlisted returns the top-level domain of a name if it is not on the list of public
// suffixes, or "".
func unlisted(name string) string {
	if suffix, icann := publicsuffix.PublicSuffix(name); !icann && !strings.Contains(suffix, ".") {
		return suffix
	}
	return ""
}

// standIn returns the domain that stands for a name, if that is one of many names
// below it that were queried, and led to no contact.
func (j *judge) standIn(host string) string {
	n := j.names[host]
	if n == nil || n.used || n.met {
		return ""
	}
	if d := registeredDomain(host); d != host && j.below[d] > maxBelow {
		return d
	}
	return ""
}

// domainOfMany reports whether a name stands for many below it.
func (j *judge) domainOfMany(s *subject) bool {
	return (s.typ == misp.Domain || s.typ == misp.Hostname) && j.below[s.host] > maxBelow
}

// alias reports whether a name is only the target of other names.
func (j *judge) alias(s *subject) bool {
	if s.typ != misp.Hostname && s.typ != misp.Domain && s.typ != misp.DomainIP {
		return false
	}
	n := s.name
	return n == nil || !n.asked && !n.used
}

// notContacted reports whether a name was resolved, but no address of it, or not
// this one, was contacted.
func (j *judge) notContacted(s *subject) bool {
	if j.blind {
		return false
	}
	switch s.typ {
	case misp.DomainIP:
		return s.peer == nil
	case misp.Hostname, misp.Domain:
		n := s.name
		return n != nil && !n.used && len(n.addrs) > 0 && !n.met && !n.parked()
	}
	return false
}

// parked reports whether a name leads nowhere, as its owner sets it while a server is
// down: to the address of the client itself, or to none.
func (n *name) parked() bool {
	return !slices.ContainsFunc(n.addrs, func(a netip.Addr) bool { return !nowhere[a] })
}

var nowhere = map[netip.Addr]bool{
	netip.IPv4Unspecified(): true, netip.IPv6Unspecified(): true,
	netip.AddrFrom4([4]byte{127, 0, 0, 1}): true, netip.IPv6Loopback(): true,
}

// swept reports whether an address did not answer, and clients that contacted it
// contacted many others in vain, too.
func (j *judge) swept(s *subject) bool {
	p := s.peer
	return p != nil && p.conns > 0 && p.answered == 0 && len(p.names) == 0 && p.swept
}

// noAnswer reports whether an address that a name led to did not answer: the name
// is the indicator.
func (j *judge) noAnswer(s *subject) bool {
	p := s.peer
	return p != nil && s.typ != misp.URL && p.conns > 0 && p.answered == 0 && len(p.names) > 0
}

// noData reports whether all that was seen of an address is the tails of connections
// from before the capture.
func (j *judge) noData(s *subject) bool {
	p := s.peer
	return p != nil && s.typ != misp.URL && p.bare > 0 && p.bare == p.conns
}
