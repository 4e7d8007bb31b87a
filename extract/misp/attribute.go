package misp

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// An Attribute is one indicator of an event, or one field of an object.
// NewAttribute and Object.Add make those that a server accepts.
type Attribute struct {
	UUID     UUID
	Type     Type
	Category Category
	Relation string // of an attribute of an object: which field it is; else ""
	Value    string
	ToIDS    bool // for detection

	// DisableCorrelation keeps MISP from joining events by this value.
	DisableCorrelation bool

	Comment   string
	Tags      []string  // such as "tlp:amber"
	FirstSeen time.Time // the zero time: not known
	LastSeen  time.Time
	Data      []byte // the content of an Attachment or MalwareSample, which need it
}

// NewAttribute returns an attribute of event with the value in MISP's own form,
// the type's default category and to_ids, and a UUID that follows from event,
// type and value: the same observation imported twice is the same attribute.
// The error is that of Normalize; it is also one for a value that the server
// takes but that MISP's import page spoils.
func NewAttribute(event UUID, t Type, value string) (Attribute, error) {
	v, err := Accept(t, value)
	if err != nil {
		return Attribute{}, err
	}
	return AcceptedAttribute(event, t, v), nil
}

// AcceptedAttribute is NewAttribute for a value that Accept returned.
func AcceptedAttribute(event UUID, t Type, value string) Attribute {
	r := rules[t]
	return Attribute{
		UUID: NewUUID(event, "attribute", string(t), value),
		Type: t, Category: r.category.first(), Value: value, ToIDS: bool(r.purpose),
	}
}

// Accept is Normalize without the values that MISP's import page spoils: they
// are errors too.
func Accept(t Type, value string) (string, error) {
	v, err := Normalize(t, value)
	if err == nil && readsAsJSON(v) {
		return "", refuse(t, value, "MISP's import page reads it as JSON, and loses the rows behind it")
	}
	return v, err
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
		if r < ' ' || 0x7f <= r && r < 0xa0 {
			return ' '
		}
		return narrow(r)
	}, strings.ToValidUTF8(s, "\ufffd"))
	return cut(s, maxValue)
}

// cut returns the beginning of s, of n bytes at most, without half a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// AttributeJSON is the JSON form of an Attribute. Numbers are strings where MISP
// writes them so. Embed it in the JSON form of a type that adds fields to an
// Attribute.
type AttributeJSON struct {
	UUID               UUID      `json:"uuid"`
	Relation           string    `json:"object_relation,omitempty"`
	Type               Type      `json:"type"`
	Category           Category  `json:"category"`
	Value              string    `json:"value"`
	ToIDS              bool      `json:"to_ids"`
	DisableCorrelation bool      `json:"disable_correlation"`
	Distribution       string    `json:"distribution"`
	Comment            string    `json:"comment"`
	FirstSeen          string    `json:"first_seen,omitempty"`
	LastSeen           string    `json:"last_seen,omitempty"`
	Tags               []TagJSON `json:"Tag,omitempty"`
	Data               []byte    `json:"data,omitempty"`
}

// inherit is the distribution of what has that of its event.
const inherit = "5"

// JSON returns what MarshalJSON writes.
func (a Attribute) JSON() AttributeJSON {
	w := AttributeJSON{
		UUID: a.UUID, Relation: a.Relation, Type: a.Type, Category: a.Category, Value: a.Value,
		ToIDS: a.ToIDS, DisableCorrelation: a.DisableCorrelation,
		Distribution: inherit, Comment: CommentText(a.Comment), Tags: wireTags(a.Tags), Data: a.Data,
	}
	w.FirstSeen, w.LastSeen = seen(a.FirstSeen, a.LastSeen)
	return w
}

// MarshalJSON returns the attribute as MISP writes it.
func (a Attribute) MarshalJSON() ([]byte, error) { return marshal(a.JSON()) }

// UnmarshalJSON reads an attribute as MISP writes it, and does not check it.
func (a *Attribute) UnmarshalJSON(b []byte) error {
	var w struct {
		AttributeJSON
		Distribution text `json:"distribution"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*a = Attribute{
		UUID: w.UUID, Relation: w.Relation, Type: w.Type, Category: w.Category, Value: w.Value,
		ToIDS: w.ToIDS, DisableCorrelation: w.DisableCorrelation,
		Comment: w.Comment, Tags: tagNames(w.Tags), Data: w.Data,
	}
	a.FirstSeen, a.LastSeen = parseSeen(w.FirstSeen), parseSeen(w.LastSeen)
	return nil
}

// TagJSON is the JSON form of a tag.
type TagJSON struct {
	Name string `json:"name"`
}

func wireTags(names []string) (tags []TagJSON) {
	for _, n := range names {
		tags = append(tags, TagJSON{n})
	}
	return tags
}

func tagNames(tags []TagJSON) (names []string) {
	for _, t := range tags {
		names = append(names, t.Name)
	}
	return slices.Clip(names)
}
