package event

import (
	"slices"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// Of returns the MISP event for a Report. The event and its date depend only on
// the captures and the options, not on the clock.
func Of(r *extract.Report, o Options) *misp.Event { return Select(r, o).Event() }

// Select maps the observations of a Report to attributes and objects, and leaves
// out those that a Rule excludes.
func Select(r *extract.Report, o Options) *Selection {
	var hidden []LeftOut
	if o.OnlyClear {
		hidden, r = onlyDecrypted(r, o), r.Clear()
	}
	by := newSelector(r, o)
	m := newMapping(by)
	m.left = hidden
	m.all()
	s := &Selection{by: by, event: misp.Event{
		UUID: by.event, Info: o.Info, Tags: o.Tags,
		Distribution: o.Distribution, ThreatLevel: o.ThreatLevel, Analysis: o.Analysis,
	}}
	if accepted := m.accepted(); o.Detail != Objects {
		s.Attributes = m.attributes(accepted)
	}
	if o.Detail != Indicators {
		d := drafts{selector: by}
		d.all()
		s.Objects, s.ObjectsLeftOut = d.objects(s.Attributes, m.cutOff)
	}
	s.LeftOut, s.Beacons = m.leftOut(), by.beacons.list
	if o.Info == "" {
		s.event.Info = "Indicators from " + captureNames(r)
	}
	if o.ThreatLevel == 0 {
		s.event.ThreatLevel = 4
	}
	s.event.Date, s.event.Timestamp = span(r)
	if s.event.Date.IsZero() {
		// MISP would use the day of the import, so that two imports would differ.
		s.event.Date, s.event.Timestamp = time.Unix(0, 0), time.Unix(0, 0)
	}
	return s
}

// onlyDecrypted returns the values that Options.OnlyClear leaves out.
func onlyDecrypted(r *extract.Report, o Options) []LeftOut {
	m := newMapping(newSelector(r, o))
	m.all()
	return slices.DeleteFunc(m.left, func(l LeftOut) bool { return l.Rule != Decrypted })
}

// A Selection holds the indicators selected from a Report.
type Selection struct {
	// Attributes are ordered by weight: those for detection first, of these what was
	// delivered, where from, and who was contacted; then by time.
	Attributes []Attribute

	// Objects group related values. They refer to one another and to
	// attributes.
	Objects []misp.Object

	// LeftOut lists the observations that a rule excluded from the attributes,
	// ordered by topic, rule and value.
	LeftOut []LeftOut

	// ObjectsLeftOut counts the objects beyond Options.MaxObjects, and those
	// that MISP would refuse.
	ObjectsLeftOut int

	// Beacons are the beacons to hosts that are for detection, in order of the
	// clients' addresses.
	Beacons []Beacon

	by    *selector
	event misp.Event
}

// LeftOut is an observation excluded from the attributes, with the rule that
// excluded it.
type LeftOut struct {
	Rule  Rule          `json:"rule"`
	Topic extract.Topic `json:"topic"`
	Value string        `json:"value"`
	Count int64         `json:"count"`
}

// same reports whether l and o are equal except for their counts.
func (l *LeftOut) same(o *LeftOut) bool {
	return l.Topic == o.Topic && l.Rule == o.Rule && l.Value == o.Value
}

// Event returns the selection as a MISP event, with a report on it unless
// Options.NoReport is set. It reads the Report.
func (s *Selection) Event() *misp.Event {
	e := s.event
	e.Attributes = make([]misp.Attribute, len(s.Attributes))
	for i := range s.Attributes {
		e.Attributes[i] = s.Attributes[i].Attribute
	}
	e.Objects = s.Objects
	if s.by != nil && !s.by.options.NoReport {
		e.Reports = []misp.EventReport{s.describe()}
	}
	return &e
}
