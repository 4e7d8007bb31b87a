package misp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"time"
)

// An Event is a MISP event. Its JSON form is the input of the API's /events/add and
// of "Populate from JSON" on MISP's page.
type Event struct {
	UUID         UUID
	Info         string    // the title
	Date         time.Time // of the incident; the zero time: set by the server
	Timestamp    time.Time // of the last change; the zero time: set by the server
	Distribution int       // 0 your organisation only, 1 this community, 2 connected communities, 3 all
	ThreatLevel  int       // 1 high, 2 medium, 3 low, 4 undefined
	Analysis     int       // 0 initial, 1 ongoing, 2 completed
	Tags         []string
	Orgc         Org // the organisation that created it; the zero Org: set by the server
	Attributes   []Attribute
	Objects      []Object
	Reports      []EventReport
}

// AllAttributes yields the attributes of the event, and then those of its objects.
func (e *Event) AllAttributes() iter.Seq[*Attribute] {
	return func(yield func(*Attribute) bool) {
		for i := range e.Attributes {
			if !yield(&e.Attributes[i]) {
				return
			}
		}
		for i := range e.Objects {
			for j := range e.Objects[i].Attributes {
				if !yield(&e.Objects[i].Attributes[j]) {
					return
				}
			}
		}
	}
}

// An Org is an organisation.
type Org struct {
	Name string `json:"name"`
	UUID UUID   `json:"uuid"`
}

// A wireHead has the members of an event before its lists.
type wireHead struct {
	UUID         UUID      `json:"uuid"`
	Info         string    `json:"info"`
	Date         string    `json:"date,omitempty"`
	Timestamp    text      `json:"timestamp,omitempty"`
	Published    bool      `json:"published"`
	Distribution text      `json:"distribution"`
	ThreatLevel  text      `json:"threat_level_id"`
	Analysis     text      `json:"analysis"`
	Orgc         Org       `json:"Orgc,omitzero"`
	Tags         []TagJSON `json:"Tag,omitempty"`
}

type wireEvent struct {
	wireHead
	Attributes []Attribute  `json:"Attribute"`
	Objects    []Object     `json:"Object,omitempty"`
	Reports    []wireReport `json:"EventReport,omitempty"`
}

// MarshalJSON returns the event in MISP's JSON form, {"Event": {...}}.
func (e Event) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := e.WriteJSON(&b)
	return b.Bytes(), err
}

// WriteJSON writes what MarshalJSON returns, one attribute and object at a time.
func (e *Event) WriteJSON(w io.Writer) error {
	head, err := marshal(e.head())
	if err != nil {
		return err
	}
	head = bytes.TrimSuffix(head, []byte("}\n"))
	l := lists{w: w, buf: append([]byte(`{"Event":`), head...)}
	writeList(&l, "Attribute", e.Attributes, true)
	writeList(&l, "Object", e.Objects, false)
	writeList(&l, "EventReport", wireReports(e.Reports), false)
	l.buf = append(l.buf, "}}"...)
	l.flush()
	return l.err
}

// lists writes the lists of an event. After an error it writes nothing more.
type lists struct {
	w   io.Writer
	buf []byte
	err error
}

// writeSize is about the size of the pieces in which an event is written.
const writeSize = 32 << 10

func writeList[T any](l *lists, name string, elements []T, always bool) {
	if len(elements) == 0 && !always {
		return
	}
	l.buf = fmt.Appendf(l.buf, ",%q:[", name)
	for i := range elements {
		if i > 0 {
			l.buf = append(l.buf, ',')
		}
		b, err := marshal(elements[i])
		if l.err == nil {
			l.err = err
		}
		if l.buf = append(l.buf, bytes.TrimSuffix(b, []byte{'\n'})...); len(l.buf) >= writeSize {
			l.flush()
		}
	}
	l.buf = append(l.buf, ']')
}

func (l *lists) flush() {
	if l.err == nil {
		_, l.err = l.w.Write(l.buf)
	}
	l.buf = l.buf[:0]
}

func (e *Event) head() wireHead {
	w := wireHead{
		UUID: e.UUID, Info: CommentText(e.Info), Tags: wireTags(e.Tags), Orgc: e.Orgc,
		Distribution: text(fmt.Sprint(e.Distribution)), ThreatLevel: text(fmt.Sprint(e.ThreatLevel)), Analysis: text(fmt.Sprint(e.Analysis)),
	}
	if inRange(e.Date) {
		w.Date = e.Date.UTC().Format(time.DateOnly)
	}
	if inRange(e.Timestamp) {
		w.Timestamp = text(fmt.Sprint(e.Timestamp.Unix()))
	}
	return w
}

// UnmarshalJSON decodes an event in MISP's JSON form, {"Event": {...}}. It does not
// validate it, and ignores members that Event has no field for.
func (e *Event) UnmarshalJSON(b []byte) error {
	var wrapper struct{ Event wireEvent }
	if err := json.Unmarshal(b, &wrapper); err != nil {
		return err
	}
	w := wrapper.Event
	*e = Event{
		UUID: w.UUID, Info: w.Info, Tags: tagNames(w.Tags), Orgc: w.Orgc, Attributes: w.Attributes, Objects: w.Objects, Reports: reportsOf(w.Reports),
		Distribution: int(w.Distribution.number()), ThreatLevel: int(w.ThreatLevel.number()), Analysis: int(w.Analysis.number()),
	}
	if t, err := time.Parse(time.DateOnly, w.Date); err == nil {
		e.Date = t
	}
	if w.Timestamp != "" {
		e.Timestamp = time.Unix(w.Timestamp.number(), 0).UTC()
	}
	return nil
}
