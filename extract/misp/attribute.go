package misp

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// An Attribute is an attribute of an event or of an object. NewAttribute and
// Object.Add make attributes that a MISP server accepts.
type Attribute struct {
	UUID     UUID
	Type     Type
	Category Category
	Relation string // the relation in the object's template; "" outside objects
	Value    string
	ToIDS    bool // for detection

	// DisableCorrelation keeps MISP from correlating events by this value.
	DisableCorrelation bool

	Comment   string
	Tags      []string  // for instance "tlp:amber"
	FirstSeen time.Time // the zero time: unknown
	LastSeen  time.Time
	Data      []byte // the content of an Attachment or MalwareSample, which need it
}

// NewAttribute returns an attribute of event with the type's default category and
// to_ids. The value is in MISP's form. The UUID is derived from event, type and
// value, so importing an observation twice gives the same attribute. The error is
// that of Accept.
func NewAttribute(event UUID, t Type, value string) (Attribute, error) {
	v, err := Accept(t, value)
	if err != nil {
		return Attribute{}, err
	}
	return AcceptedAttribute(event, t, v), nil
}

// AcceptedAttribute is like NewAttribute, for a value returned by Accept.
func AcceptedAttribute(event UUID, t Type, value string) Attribute {
	r := rules[t]
	return Attribute{
		UUID: NewUUID(event, "attribute", string(t), value),
		Type: t, Category: r.category.first(), Value: value, ToIDS: bool(r.purpose),
	}
}

// Accept is like Normalize, but also rejects values that MISP's import page would
// corrupt. Its errors wrap ErrType or ErrValue.
func Accept(t Type, value string) (string, error) {
	v, err := Normalize(t, value)
	if err == nil && readsAsJSON(v) {
		return "", refuse(t, value, "MISP's import page reads it as JSON and loses the rows after it")
	}
	return v, err
}

// readsAsJSON reports whether the scripts of MISP's import page turn the string v
// into another type.
func readsAsJSON(v string) bool {
	switch v {
	case "true", "false", "null", "NaN":
		return true
	}
	return v != "" && (v[0] == '[' || v[0] == '{') && json.Valid([]byte(v))
}

// CommentText returns s as a comment that a server stores unchanged: valid UTF-8 of
// at most 65535 bytes. It replaces control characters by spaces, and characters
// beyond the basic multilingual plane by question marks.
func CommentText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || 0x7f <= r && r < 0xa0 {
			return ' '
		}
		return narrow(r)
	}, strings.ToValidUTF8(s, "\ufffd"))
	return cut(s, maxValue)
}

// cut truncates s to at most n bytes, at a character boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// AttributeJSON is the JSON form of an Attribute. As in MISP's JSON, some numbers are
// strings. Embed it in the JSON form of a type that adds fields to an Attribute.
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

// inherit is the distribution level "inherit from the event".
const inherit = "5"

// JSON returns the form that MarshalJSON encodes.
func (a Attribute) JSON() AttributeJSON {
	w := AttributeJSON{
		UUID: a.UUID, Relation: a.Relation, Type: a.Type, Category: a.Category, Value: a.Value,
		ToIDS: a.ToIDS, DisableCorrelation: a.DisableCorrelation,
		Distribution: inherit, Comment: CommentText(a.Comment), Tags: wireTags(a.Tags), Data: a.Data,
	}
	w.FirstSeen, w.LastSeen = seen(a.FirstSeen, a.LastSeen)
	return w
}

// MarshalJSON returns the attribute in MISP's JSON form.
func (a Attribute) MarshalJSON() ([]byte, error) { return marshal(a.JSON()) }

// UnmarshalJSON decodes an attribute in MISP's JSON form. It does not validate it.
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
