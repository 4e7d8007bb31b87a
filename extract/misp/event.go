package misp

import (
	"encoding/json"
	"fmt"
	"time"
)

// An Event is a MISP event. It marshals into the form that the API's
// /events/add takes, and the page's "Populate from JSON".
type Event struct {
	UUID         UUID
	Info         string    // the title
	Date         time.Time // of the incident; the zero time leaves it to the server
	Timestamp    time.Time // of the last change; likewise
	Distribution int       // 0 your organisation only, 1 this community, 2 connected communities, 3 all
	ThreatLevel  int       // 1 high, 2 medium, 3 low, 4 undefined
	Analysis     int       // 0 initial, 1 ongoing, 2 completed
	Tags         []string
	Attributes   []Attribute
	Objects      []Object
}

type wireEvent struct {
	UUID         UUID        `json:"uuid"`
	Info         string      `json:"info"`
	Date         string      `json:"date,omitempty"`
	Timestamp    text        `json:"timestamp,omitempty"`
	Published    bool        `json:"published"`
	Distribution text        `json:"distribution"`
	ThreatLevel  text        `json:"threat_level_id"`
	Analysis     text        `json:"analysis"`
	Tags         []TagJSON   `json:"Tag,omitempty"`
	Attributes   []Attribute `json:"Attribute"`
	Objects      []Object    `json:"Object,omitempty"`
}

// MarshalJSON returns the event in its wrapper, {"Event": {...}}.
func (e Event) MarshalJSON() ([]byte, error) {
	w := wireEvent{
		UUID: e.UUID, Info: CommentText(e.Info), Tags: wireTags(e.Tags),
		Distribution: text(fmt.Sprint(e.Distribution)), ThreatLevel: text(fmt.Sprint(e.ThreatLevel)), Analysis: text(fmt.Sprint(e.Analysis)),
		Attributes: e.Attributes, Objects: e.Objects,
	}
	if w.Attributes == nil {
		w.Attributes = []Attribute{}
	}
	if inRange(e.Date) {
		w.Date = e.Date.UTC().Format(time.DateOnly)
	}
	if inRange(e.Timestamp) {
		w.Timestamp = text(fmt.Sprint(e.Timestamp.Unix()))
	}
	return marshal(struct{ Event wireEvent }{w})
}

// UnmarshalJSON reads an event in its wrapper, and does not check it. What
// stands in no field of Event is left out.
func (e *Event) UnmarshalJSON(b []byte) error {
	var wrapper struct{ Event wireEvent }
	if err := json.Unmarshal(b, &wrapper); err != nil {
		return err
	}
	w := wrapper.Event
	*e = Event{
		UUID: w.UUID, Info: w.Info, Tags: tagNames(w.Tags), Attributes: w.Attributes, Objects: w.Objects,
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
