package event

import (
	"net/netip"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A selector applies Options to a Report, for attributes and objects alike.
type selector struct {
	report  *extract.Report
	options Options
	event   misp.UUID
	*facts
	judge     *judge
	hostNames map[netip.Addr][]string // of an index, once one was filled
	beacons   beacons
}

func newSelector(r *extract.Report, o Options) *selector {
	s := &selector{report: r, options: o, event: o.UUID, facts: newFacts(r)}
	if s.event == (misp.UUID{}) {
		s.event = uuidOf(r)
	}
	s.findVisits()
	s.findMailing(r)
	s.locate()
	s.judge = newJudge(s)
	s.findBeacons()
	return s
}

func (s *selector) lifts(rule Rule) bool {
	return s.options.All || s.options.Private && rule.local()
}

// excludes reports whether rule is set and not lifted.
func (s *selector) excludes(rule Rule) bool { return rule != "" && !s.lifts(rule) }

// addrRule is the function addrRule, with Options.Internal.
func (s *selector) addrRule(a netip.Addr) Rule {
	for _, p := range s.options.Internal {
		if p.Contains(a.Unmap()) {
			return OwnNetwork
		}
	}
	return addrRule(a)
}

func (s *selector) textAddrRule(text string) Rule {
	a, err := netip.ParseAddr(text)
	if err != nil {
		return ""
	}
	return s.addrRule(a)
}

// hostRule returns the rule that excludes a URL by its host, a name or an
// address. Clients disagree about which address a number stands for.
func (s *selector) hostRule(host string) Rule {
	switch {
	case isAddr(host):
		return s.textAddrRule(host)
	case endsInNumber(host):
		return ""
	}
	return nameRule(host)
}

// bothLocal reports whether rules exclude both addresses.
func (s *selector) bothLocal(a, b netip.Addr) bool {
	return s.excludes(s.addrRule(a)) && s.excludes(s.addrRule(b))
}

// seen returns the times of an observation. ok is false if they cannot be
// trusted.
func (s *selector) seen(f *extract.Fact) (first, last time.Time, ok bool) {
	first, last, ok = f.Seen()
	if unset(first) {
		return time.Time{}, time.Time{}, false
	}
	return first, last, ok
}

// unset reports whether t is from a clock that nobody has set: these start on
// 1970-01-01.
func unset(t time.Time) bool { return t.Unix() >= 0 && t.Unix() < 24*60*60 }
