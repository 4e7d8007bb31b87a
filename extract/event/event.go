package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// Options say what goes into an event. The zero value takes all topics,
// leaves out what no rule lets pass, and bounds the event to what a person can
// review on MISP's page.
type Options struct {
	// UUID identifies the event. The zero UUID stands for one that follows from
	// the captures: the same captures give the same event.
	UUID misp.UUID

	// Info is the event's title; "": the names of the captures.
	Info string

	// Tags are the event's, such as "tlp:amber".
	Tags []string

	Distribution int // 0 your organisation only, 1 this community, 2 connected communities, 3 all communities
	ThreatLevel  int // 1 high, 2 medium, 3 low, 4 undefined; 0: 4
	Analysis     int // 0 initial, 1 ongoing, 2 completed

	// Only, if not empty, lists the topics that go in.
	Only []extract.Topic

	// Detail says whether attributes, objects or both go in.
	Detail Detail

	// Internal are the analyst's own networks. Their addresses are left out,
	// as private ones are.
	Internal []netip.Prefix

	// Private lets pass what is of a local network: private, loopback,
	// link-local, multicast and broadcast addresses, addresses of Internal,
	// names of local networks, hardware addresses.
	Private bool

	// All lets everything pass that MISP takes, and bounds nothing.
	All bool

	// MaxAttributes and MaxObjects bound the event. What is beyond is left out
	// and counted, the most telling of each type last. 0: 500 and 200.
	// Negative: no bound.
	MaxAttributes, MaxObjects int

	// Warned, if set, returns the names of the warninglists that a value of an
	// attribute type is on; see package warninglist. Such values are marked:
	// they are not for detection (to_ids), and the comment names the lists.
	// DropWarned leaves them out instead.
	Warned     func(typ, value string) []string
	DropWarned bool
}

// Detail says what an event is made of.
type Detail uint8

// The choices.
const (
	Both       Detail = iota
	Indicators        // attributes alone
	Objects           // objects alone
)

const (
	defaultMaxAttributes = 500
	defaultMaxObjects    = 200
)

// Check returns an error when a number is none that MISP knows, or a topic is
// unknown.
func (o Options) Check() error {
	switch {
	case o.Distribution < 0 || o.Distribution > 3:
		return fmt.Errorf("distribution %d is not from 0 to 3", o.Distribution)
	case o.ThreatLevel < 0 || o.ThreatLevel > 4:
		return fmt.Errorf("threat level %d is not from 1 to 4", o.ThreatLevel)
	case o.Analysis < 0 || o.Analysis > 2:
		return fmt.Errorf("analysis %d is not from 0 to 2", o.Analysis)
	}
	for _, topic := range o.Only {
		if !slices.Contains(extract.Topics(), topic) {
			return fmt.Errorf("unknown topic %q; there are %v", topic, extract.Topics())
		}
	}
	return nil
}

// wants reports whether a topic goes in.
func (o *Options) wants(t extract.Topic) bool { return len(o.Only) == 0 || slices.Contains(o.Only, t) }

// bound returns how many may go out.
func (o *Options) bound(n, def int) int {
	switch {
	case o.All || n < 0:
		return int(^uint(0) >> 1)
	case n == 0:
		return def
	}
	return n
}

// An Attribute is an indicator and what speaks for it.
type Attribute struct {
	misp.Attribute

	// Count is how often it was observed.
	Count int64

	// Claimed reports that it is only what a peer says, such as the host that an
	// HTTP request names. What is not claimed was observed on the wire.
	Claimed bool

	// Warninglists names the lists that the value is on.
	Warninglists []string

	// Evidence holds the first observations, at most eight.
	Evidence extract.Trail
}

// MarshalJSON returns the attribute in the form of the event's, with what an
// Attribute adds behind.
func (a Attribute) MarshalJSON() ([]byte, error) {
	b, err := a.Attribute.MarshalJSON()
	if err != nil {
		return nil, err
	}
	more, err := json.Marshal(struct {
		Count        int64         `json:"count"`
		Claimed      bool          `json:"claimed,omitempty"`
		Warninglists []string      `json:"warninglists,omitempty"`
		Evidence     extract.Trail `json:"evidence"`
	}{a.Count, a.Claimed, a.Warninglists, a.Evidence})
	if err != nil {
		return nil, err
	}
	b = append(bytes.TrimSuffix(bytes.TrimSpace(b), []byte{'}'}), ',')
	return append(b, more[1:]...), nil
}

// LeftOut is an observation that is not among the attributes, and why.
type LeftOut struct {
	Rule  Rule          `json:"rule"`
	Topic extract.Topic `json:"topic"`
	Value string        `json:"value"`
	Count int64         `json:"count"`
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

// Of returns the MISP event of a Report. The event and its date depend on the
// captures only, not on the clock.
func Of(r *extract.Report, o Options) *misp.Event { return Select(r, o).Event() }

// Select maps the observations of a Report to attributes and objects, and leaves
// out those that a Rule excludes.
func Select(r *extract.Report, o Options) *Selection {
	m := newMapping(r, o)
	m.all()
	s := &Selection{event: misp.Event{
		UUID: m.event, Info: o.Info, Tags: o.Tags,
		Distribution: o.Distribution, ThreatLevel: o.ThreatLevel, Analysis: o.Analysis,
	}}
	if accepted := m.accepted(); o.Detail != Objects {
		s.Attributes = m.attributes(accepted)
	}
	if o.Detail != Indicators {
		s.Objects, s.ObjectsLeftOut = m.objects(s.Attributes)
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

// namespace is the namespace of event UUIDs.
var namespace = misp.NewUUID(misp.UUID{}, "https://github.com/sightline-go/sightline")

// uuid returns the event UUID that follows from the captures, in any order:
// from their SHA-256, or, where that is not known, from what they hold.
func uuidOf(r *extract.Report) misp.UUID {
	var parts []string
	for i := range r.Captures {
		parts = append(parts, r.Captures[i].Identity())
	}
	slices.Sort(parts)
	return misp.NewUUID(namespace, append(parts, "event")...)
}
