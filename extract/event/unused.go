package event

import "github.com/sightline-go/sightline/extract/misp"

// maxBelow is how many names of one registered domain may be queried without
// contact before the domain stands for them.
const maxBelow = 16

func (j *judge) oneOfMany(s *subject) bool {
	return (s.typ == misp.Hostname || s.typ == misp.DomainIP) && j.standIn(s.host) != ""
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
		return n != nil && !n.used && len(n.addrs) > 0 && !n.met
	}
	return false
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
