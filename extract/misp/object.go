package misp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// What the errors of objects wrap, besides ErrValue.
var (
	ErrRelation = errors.New("not in the object's template")
	ErrObject   = errors.New("incomplete object")
	ErrFull     = errors.New("object is full")
)

// MaxAttributes and MaxReferences bound an object. Nobody reviews more, and
// MISP's graph draws no more than 299 references.
const (
	MaxAttributes = 1000
	MaxReferences = 1000
)

// An Object is a set of attributes that belong together, after a template:
// a connection, a file, a certificate.
//
//	o := misp.NewObject(e.UUID, misp.TemplateNetworkConnection, key)
//	err := o.Add("ip-src", "10.0.0.5")
//	err = o.AddIndicator("ip-dst", "198.51.100.7")
//	e.Objects = append(e.Objects, o)
//
// MISP takes two objects of an event that have the same attributes for one, and
// drops one whose attributes are among another's. So an object needs what tells
// it apart: a community ID, or the time of its first packet. An object has no
// tags; its attributes may.
type Object struct {
	UUID       UUID
	Template   *Template
	Comment    string    // what MISP's graph shows
	FirstSeen  time.Time // the zero time: not known
	LastSeen   time.Time
	Attributes []Attribute
	References []Reference
}

// NewObject returns an empty object of event, with a UUID that follows from
// event, template and key. The key names the observation, such as the community
// ID of a connection or the hash of a file: the same observation imported twice
// is the same object.
func NewObject(event UUID, t *Template, key string) Object {
	return Object{UUID: NewUUID(event, "object", t.Name, key), Template: t}
}

// Add adds a value as context: not for detection, and not for correlation where
// it is text, a count, a size or a port. The value is put into MISP's form, and
// kept once if it is there already. Nothing is added when there is an error; it
// wraps ErrValue for a value that MISP refuses, ErrRelation for a relation that
// the template does not have, or that has a value and no room for a second,
// and ErrFull.
func (o *Object) Add(relation, value string) error { return o.add(relation, value, false) }

// AddIndicator is Add for a value that is an indicator by itself: it is for
// detection (to_ids), and for correlation where the template does not forbid it.
// A value that Add added before becomes one.
func (o *Object) AddIndicator(relation, value string) error { return o.add(relation, value, true) }

func (o *Object) add(relation, value string, indicator bool) error {
	r, ok := o.Template.Relation(relation)
	if !ok {
		return fmt.Errorf("misp: %w: %s has no relation %.64q", ErrRelation, o.Template.Name, relation)
	}
	v, err := Accept(r.Type, value)
	if err != nil {
		return fmt.Errorf("%w (%s of %s)", err, relation, o.Template.Name)
	}
	for i := range o.Attributes {
		switch a := &o.Attributes[i]; {
		case a.Relation != relation:
		case a.Value == v:
			if indicator {
				a.ToIDS, a.DisableCorrelation = true, r.DisableCorrelation
			}
			return nil
		case !r.Multiple:
			return fmt.Errorf("misp: %w: %s has one %s only", ErrRelation, o.Template.Name, relation)
		}
	}
	if len(o.Attributes) >= MaxAttributes {
		return fmt.Errorf("misp: %w: %s has %d attributes", ErrFull, o.Template.Name, MaxAttributes)
	}
	a := Attribute{
		UUID: NewUUID(o.UUID, "attribute", relation, v), Relation: relation,
		Type: r.Type, Category: r.category(), Value: v,
		ToIDS: indicator, DisableCorrelation: r.DisableCorrelation || !indicator && r.isContext(),
	}
	o.Attributes = append(o.Attributes, a)
	return nil
}

// A Reference says how an object stands to another, or to an attribute, of the
// same event.
type Reference struct {
	UUID         UUID
	To           UUID
	Relationship string // such as Contains
}

// Refer adds a reference to the object or attribute with the UUID to, with a
// UUID that follows from object, target and relationship. It is kept once if it
// is there already. The error wraps ErrFull.
func (o *Object) Refer(to UUID, relationship string) error {
	r := Reference{NewUUID(o.UUID, "reference", string(to[:]), relationship), to, relationship}
	if slices.Contains(o.References, r) {
		return nil
	}
	if len(o.References) >= MaxReferences {
		return fmt.Errorf("misp: %w: %s has %d references", ErrFull, o.Template.Name, MaxReferences)
	}
	o.References = append(o.References, r)
	return nil
}

// Check returns an error, which wraps ErrObject, when the object lacks what its
// template requires, or has no attribute at all.
func (o *Object) Check() error {
	if _, err := o.wire(); err != nil {
		return err
	}
	for _, name := range o.Template.Required {
		if !o.has(name) {
			return fmt.Errorf("misp: %w: %s has no %s", ErrObject, o.Template.Name, name)
		}
	}
	if one := o.Template.RequiredOneOf; len(one) > 0 && !slices.ContainsFunc(one, o.has) {
		return fmt.Errorf("misp: %w: %s has none of %v", ErrObject, o.Template.Name, one)
	}
	return nil
}

// has reports whether the object has a value of a relation.
func (o *Object) has(relation string) bool {
	return slices.ContainsFunc(o.Attributes, func(a Attribute) bool { return a.Relation == relation })
}

type wireObject struct {
	UUID            UUID            `json:"uuid"`
	Name            string          `json:"name"`
	MetaCategory    string          `json:"meta-category"`
	Description     string          `json:"description,omitempty"` // an empty one is refused
	TemplateUUID    UUID            `json:"template_uuid"`
	TemplateVersion text            `json:"template_version"`
	Distribution    text            `json:"distribution"`
	Comment         string          `json:"comment"`
	FirstSeen       string          `json:"first_seen,omitempty"`
	LastSeen        string          `json:"last_seen,omitempty"`
	Attributes      []AttributeJSON `json:"Attribute"`
	References      []wireReference `json:"ObjectReference,omitempty"`
}

type wireReference struct {
	UUID         UUID   `json:"uuid"`
	Object       UUID   `json:"object_uuid"`
	To           UUID   `json:"referenced_uuid"`
	Relationship string `json:"relationship_type"`
}

// wire returns the JSON form, of an object with attributes only: an empty one
// stays in MISP as an empty row that blocks its UUID.
func (o *Object) wire() (wireObject, error) {
	if o.Template == nil || len(o.Attributes) == 0 {
		return wireObject{}, fmt.Errorf("misp: %w: %s has no template or no attributes", ErrObject, o.UUID)
	}
	t := o.Template
	w := wireObject{
		UUID: o.UUID, Name: t.Name, MetaCategory: t.MetaCategory, Description: t.Description,
		TemplateUUID: t.UUID, TemplateVersion: text(strconv.Itoa(t.Version)),
		Distribution: inherit, Comment: CommentText(o.Comment),
		Attributes: make([]AttributeJSON, 0, len(o.Attributes)),
	}
	w.FirstSeen, w.LastSeen = seen(o.FirstSeen, o.LastSeen)
	for i := range o.Attributes {
		w.Attributes = append(w.Attributes, o.Attributes[i].JSON())
	}
	for _, r := range o.References {
		w.References = append(w.References, wireReference{r.UUID, o.UUID, r.To, r.Relationship})
	}
	return w, nil
}

// MarshalJSON returns the object as MISP writes it. One without attributes is an
// error, which wraps ErrObject.
func (o Object) MarshalJSON() ([]byte, error) {
	w, err := o.wire()
	if err != nil {
		return nil, err
	}
	return marshal(w)
}

// UnmarshalJSON reads an object as MISP writes it, and does not check it. Of a
// template, or a version of one, that this package does not have, Template holds
// what stands in the object.
func (o *Object) UnmarshalJSON(b []byte) error {
	var w struct {
		wireObject
		Attributes []Attribute `json:"Attribute"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*o = Object{UUID: w.UUID, Template: w.template(), Comment: w.Comment, Attributes: w.Attributes}
	o.FirstSeen, o.LastSeen = parseSeen(w.FirstSeen), parseSeen(w.LastSeen)
	for _, r := range w.References {
		o.References = append(o.References, Reference{r.UUID, r.To, r.Relationship})
	}
	return nil
}

func (w *wireObject) template() *Template {
	version := int(w.TemplateVersion.number())
	for _, t := range templates {
		if t.UUID == w.TemplateUUID && t.Version == version {
			return t
		}
	}
	return &Template{
		Name: w.Name, UUID: w.TemplateUUID, Version: version,
		MetaCategory: w.MetaCategory, Description: w.Description,
	}
}
