package event

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// An object is a MISP object under construction.
type object struct {
	misp.Object
	s *selector
}

// text adds a value as context, unless it is empty or MISP refuses it.
func (o *object) text(relation, value string) {
	if value != "" {
		_ = o.Add(relation, value)
	}
}

// indicator adds a value for detection, or as context if the verdict on it, or on
// what it stands for, is not Detect.
func (o *object) indicator(relation, value string, detect bool) {
	switch {
	case value == "":
	case detect:
		_ = o.AddIndicator(relation, value)
	default:
		_ = o.Add(relation, value)
	}
}

func (o *object) number(relation string, n int64) {
	if n > 0 {
		_ = o.Add(relation, strconv.FormatInt(n, 10))
	}
}

func (o *object) time(relation string, t time.Time) {
	if !t.IsZero() && t.Unix() >= 0 && t.UTC().Year() <= 9999 { // MISP stores no others
		_ = o.Add(relation, misp.FormatTime(t))
	}
}

// common excludes the last value from correlation if it is one that nearly every
// capture has.
func (o *object) common(is bool) {
	if n := len(o.Attributes); is && n > 0 {
		o.Attributes[n-1].DisableCorrelation = true
	}
}

// describe gives the attributes a comment.
func (o *object) describe(comment string) {
	for i := range o.Attributes {
		o.Attributes[i].Comment = comment
	}
}

// times adds the times of the first and last observation, if they can be
// trusted. The object itself has them too, so it is for objects that nothing else
// distinguishes: MISP merges objects with the same attributes.
func (o *object) times(first, last string, f *extract.Fact) {
	if a, b, ok := o.s.seen(f); ok {
		o.time(first, a)
		o.time(last, b)
	}
}

// addr adds an address as context, unless a rule excludes it.
func (o *object) addr(relation string, a netip.Addr) {
	if !o.s.excludes(o.s.addrRule(a)) {
		o.text(relation, a.String())
	}
}

// name adds a host name as context, unless a rule excludes it.
func (o *object) name(relation, name string) {
	name = asciiName(name)
	if !isAddr(name) && !o.s.excludes(nameRule(name)) {
		o.text(relation, name)
	}
}
