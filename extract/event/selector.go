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
}

func newSelector(r *extract.Report, o Options) *selector {
	s := &selector{report: r, options: o, event: o.UUID}
	if s.event == (misp.UUID{}) {
		s.event = uuidOf(r)
	}
	return s
}

// lifts reports whether the options lift a rule.
func (s *selector) lifts(rule Rule) bool {
	return s.options.All || s.options.Private && rule.local()
}

// excludes reports whether a rule, if there is one, leaves something out.
func (s *selector) excludes(rule Rule) bool { return rule != "" && !s.lifts(rule) }

// addrRule returns the rule that leaves an address out.
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

// hostRule returns the rule that leaves out what names a host by its name or
// its address.
func (s *selector) hostRule(host string) Rule {
	if isAddr(host) {
		return s.textAddrRule(host)
	}
	return nameRule(host)
}

// bothLocal reports whether rules leave both addresses out.
func (s *selector) bothLocal(a, b netip.Addr) bool {
	return s.excludes(s.addrRule(a)) && s.excludes(s.addrRule(b))
}

// warned returns the names of the warninglists that a value is on.
func (s *selector) warned(t misp.Type, value string) []string {
	if s.options.Warned == nil {
		return nil
	}
	return s.options.Warned(string(t), value)
}

// seen returns the times of an observation as far as they can be trusted.
func (s *selector) seen(f *extract.Fact) (first, last time.Time, ok bool) {
	if s.report.Unseen.Backwards > 0 {
		return time.Time{}, time.Time{}, false
	}
	return f.Seen()
}
