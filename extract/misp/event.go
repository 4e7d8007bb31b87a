package misp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
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
}

// An Attribute is one indicator of an event. NewAttribute makes one that a
// server accepts.
type Attribute struct {
	UUID      UUID
	Type      Type
	Category  Category
	Value     string
	ToIDS     bool // for detection
	Comment   string
	FirstSeen time.Time // the zero time: not known
	LastSeen  time.Time
}

// NewAttribute returns an attribute of event with the value in MISP's own form,
// the type's default category and to_ids, and a UUID that follows from event,
// type and value: the same observation imported twice is the same attribute.
// The error is that of Normalize; it is also one for a value that the server
// takes but that MISP's import page spoils.
func NewAttribute(event UUID, t Type, value string) (Attribute, error) {
	v, err := Normalize(t, value)
	if err != nil {
		return Attribute{}, err
	}
	if readsAsJSON(v) {
		return Attribute{}, refuse(t, value, "MISP's import page reads it as JSON, and loses the rows behind it")
	}
	r, _ := ruleOf(t)
	id := NewUUID(event, "attribute", string(t), v)
	return Attribute{UUID: id, Type: t, Category: r.category, Value: v, ToIDS: r.toIDS}, nil
}

// readsAsJSON reports whether v is a text to which the scripts of MISP's import
// page give another type.
func readsAsJSON(v string) bool {
	switch v {
	case "true", "false", "null", "NaN":
		return true
	}
	return v != "" && (v[0] == '[' || v[0] == '{') && json.Valid([]byte(v))
}

// CommentText returns s as a comment that a server stores unchanged: valid
// UTF-8 of at most 65535 bytes, without control characters and characters of
// four bytes.
func CommentText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || 0x7f <= r && r < 0xa0:
			return ' '
		case r > 0xffff:
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	if len(s) > maxValue {
		s = s[:maxValue]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// The wire forms. Numbers are strings where MISP writes them so.
type (
	wireEvent struct {
		UUID         UUID        `json:"uuid"`
		Info         string      `json:"info"`
		Date         string      `json:"date,omitempty"`
		Timestamp    string      `json:"timestamp,omitempty"`
		Published    bool        `json:"published"`
		Distribution string      `json:"distribution"`
		ThreatLevel  string      `json:"threat_level_id"`
		Analysis     string      `json:"analysis"`
		Tags         []wireTag   `json:"Tag,omitempty"`
		Attributes   []Attribute `json:"Attribute"`
	}
	wireTag struct {
		Name string `json:"name"`
	}
	wireAttribute struct {
		UUID               UUID     `json:"uuid"`
		Type               Type     `json:"type"`
		Category           Category `json:"category"`
		Value              string   `json:"value"`
		ToIDS              bool     `json:"to_ids"`
		DisableCorrelation bool     `json:"disable_correlation"`
		Distribution       string   `json:"distribution"`
		Comment            string   `json:"comment"`
		FirstSeen          string   `json:"first_seen,omitempty"`
		LastSeen           string   `json:"last_seen,omitempty"`
	}
)

// MarshalJSON returns the event in its wrapper, {"Event": {...}}.
func (e Event) MarshalJSON() ([]byte, error) {
	w := wireEvent{
		UUID: e.UUID, Info: CommentText(e.Info),
		Distribution: fmt.Sprint(e.Distribution), ThreatLevel: fmt.Sprint(e.ThreatLevel), Analysis: fmt.Sprint(e.Analysis),
		Attributes: e.Attributes,
	}
	if w.Attributes == nil {
		w.Attributes = []Attribute{}
	}
	if inRange(e.Date) {
		w.Date = e.Date.UTC().Format(time.DateOnly)
	}
	if inRange(e.Timestamp) {
		w.Timestamp = fmt.Sprint(e.Timestamp.Unix())
	}
	for _, t := range e.Tags {
		w.Tags = append(w.Tags, wireTag{t})
	}
	return marshal(struct{ Event wireEvent }{w})
}

// An Answer is what an import module gives to MISP's page, in the form that
// misp-modules calls misp_standard.
type Answer struct {
	Attributes []Attribute
	Error      string // shown above the attributes; "": none
}

// MarshalJSON returns the answer in misp_standard form.
func (a Answer) MarshalJSON() ([]byte, error) {
	var w struct {
		Results struct {
			Attributes []Attribute `json:"Attribute"`
		} `json:"results"`
		Error string `json:"error,omitempty"`
	}
	w.Results.Attributes, w.Error = a.Attributes, CommentText(a.Error)
	if w.Results.Attributes == nil {
		w.Results.Attributes = []Attribute{}
	}
	return marshal(w)
}

// MarshalJSON returns the attribute as MISP writes it.
func (a Attribute) MarshalJSON() ([]byte, error) {
	w := wireAttribute{
		UUID: a.UUID, Type: a.Type, Category: a.Category, Value: a.Value, ToIDS: a.ToIDS,
		Distribution: "5", // that of the event
		Comment:      CommentText(a.Comment),
	}
	if inRange(a.FirstSeen) && inRange(a.LastSeen) && !a.LastSeen.Before(a.FirstSeen) {
		w.FirstSeen, w.LastSeen = seen(a.FirstSeen), seen(a.LastSeen)
	}
	return marshal(w)
}

// seen returns a time as MISP stores it, with microseconds.
func seen(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }

// inRange reports whether MISP can store t: a year from 1970 to 9999.
func inRange(t time.Time) bool { return !t.IsZero() && t.Unix() >= 0 && t.UTC().Year() <= 9999 }

// marshal is json.Marshal without the escapes for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
