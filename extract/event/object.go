package event

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// An object is one in the making.
type object struct {
	misp.Object
	s *selector
}

// text adds a value as context. What MISP refuses is left out.
func (o *object) text(relation, value string) {
	if value != "" {
		_ = o.Add(relation, value)
	}
}

// indicator adds a value for detection, unless a warninglist has it.
func (o *object) indicator(relation, value string) {
	r, ok := o.Template.Relation(relation)
	switch {
	case value == "" || !ok:
	case len(o.s.warned(r.Type, value)) > 0:
		_ = o.Add(relation, value)
	default:
		_ = o.AddIndicator(relation, value)
	}
}

func (o *object) number(relation string, n int64) {
	if n > 0 {
		_ = o.Add(relation, strconv.FormatInt(n, 10))
	}
}

func (o *object) time(relation string, t time.Time) {
	if !t.IsZero() && t.Unix() >= 0 && t.UTC().Year() <= 9999 { // the years that MISP knows
		_ = o.Add(relation, misp.FormatTime(t))
	}
}

// times adds when something was seen, as far as that is known.
func (o *object) times(first, last string, f *extract.Fact) {
	if a, b, ok := o.s.seen(f); ok {
		o.time(first, a)
		o.time(last, b)
	}
}

// addr adds an address as context, unless a rule leaves it out.
func (o *object) addr(relation string, a netip.Addr) {
	if !o.s.excludes(o.s.addrRule(a)) {
		o.text(relation, a.String())
	}
}

// name adds a host name as context, unless a rule leaves it out.
func (o *object) name(relation, name string) {
	name = asciiName(name)
	if !isAddr(name) && !o.s.excludes(nameRule(name)) {
		o.text(relation, name)
	}
}
