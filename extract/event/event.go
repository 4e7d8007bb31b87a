package event

import (
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// Of returns the MISP event of a Report. The event and its date depend on the
// captures only, not on the clock.
func Of(r *extract.Report, o Options) *misp.Event { return Select(r, o).Event() }

// Select maps the observations of a Report to attributes and objects, and leaves
// out those that a Rule excludes.
func Select(r *extract.Report, o Options) *Selection {
	by := newSelector(r, o)
	m := newMapping(by)
	m.all()
	s := &Selection{event: misp.Event{
		UUID: by.event, Info: o.Info, Tags: o.Tags,
		Distribution: o.Distribution, ThreatLevel: o.ThreatLevel, Analysis: o.Analysis,
	}}
	if accepted := m.accepted(); o.Detail != Objects {
		s.Attributes = m.attributes(accepted)
	}
	if o.Detail != Indicators {
		d := drafts{selector: by}
		d.all()
		s.Objects, s.ObjectsLeftOut = d.objects(s.Attributes)
	}
	s.LeftOut = m.leftOut()
	if o.Info == "" {
		s.event.Info = "Indicators from " + captureNames(r)
	}
	if o.ThreatLevel == 0 {
		s.event.ThreatLevel = 4
	}
	s.event.Date, s.event.Timestamp = span(r)
	if s.event.Date.IsZero() {
		// MISP would take the day of the import, and two imports would differ.
		s.event.Date, s.event.Timestamp = time.Unix(0, 0), time.Unix(0, 0)
	}
	return s
}

// A Selection is what Options choose of a Report.
type Selection struct {
	// Attributes are ordered by type, the most telling first, and by value.
	Attributes []Attribute

	// Objects hold what belongs together, with references to one another and to
	// attributes.
	Objects []misp.Object

	// LeftOut lists what a rule keeps out of the attributes, by topic, rule and
	// value.
	LeftOut []LeftOut

	// ObjectsLeftOut is how many objects there was no room for.
	ObjectsLeftOut int

	event misp.Event
}

// LeftOut is an observation that is not among the attributes, and why.
type LeftOut struct {
	Rule  Rule          `json:"rule"`
	Topic extract.Topic `json:"topic"`
	Value string        `json:"value"`
	Count int64         `json:"count"`
}

// Event returns the selection as a MISP event.
func (s *Selection) Event() *misp.Event {
	e := s.event
	e.Attributes = make([]misp.Attribute, len(s.Attributes))
	for i := range s.Attributes {
		e.Attributes[i] = s.Attributes[i].Attribute
	}
	e.Objects = s.Objects
	return &e
}
