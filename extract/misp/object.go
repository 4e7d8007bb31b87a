package misp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// The errors that those of objects wrap, besides ErrValue.
var (
	ErrRelation = errors.New("not allowed by the object's template")
	ErrObject   = errors.New("incomplete object")
	ErrFull     = errors.New("object is full")
)

// MaxAttributes and MaxReferences limit an object. Nobody reviews more, and MISP's
// graph draws at most 299 references.
const (
	MaxAttributes = 1000
	MaxReferences = 1000
)

// An Object is a set of attributes that describe one thing, according to a template:
// a connection, a file, a certificate.
//
//	o := misp.NewObject(e.UUID, misp.TemplateNetworkConnection, key)
//	err := o.Add("ip-src", "10.0.0.5")
//	err = o.AddIndicator("ip-dst", "198.51.100.7")
//	e.Objects = append(e.Objects, o)
//
// MISP merges objects of an event with the same attributes, and drops an object whose
// attributes are a subset of another's. Give each object a distinctive attribute: a
// community ID or the time of its first packet. Objects have no tags, but their
// attributes may.
type Object struct {
	UUID       UUID
	Template   *Template
	Comment    string    // displayed in MISP's graph
	FirstSeen  time.Time // the zero time: unknown
	LastSeen   time.Time
	Attributes []Attribute
	References []Reference
}

// NewObject returns an empty object of event. Its UUID is derived from event,
// template and key. The key identifies the observation, for instance by the community
// ID of a connection or the hash of a file, so importing an observation twice gives
// the same object.
func NewObject(event UUID, t *Template, key string) Object {
	return Object{UUID: NewUUID(event, "object", t.Name, key), Template: t}
}

// Add adds a value as context: it is not for detection, nor for correlation if its
// type is unspecific, like Text, Counter, SizeInBytes or Port. The value is converted
// to MISP's form. Adding a value again has no effect.
//
// On an error, nothing is added. The error wraps ErrValue if MISP rejects the value;
// ErrRelation if the template does not have the relation, or allows only one value of
// it and the object has another; ErrFull if the object has MaxAttributes.
func (o *Object) Add(relation, value string) error { return o.add(relation, value, false) }

// AddIndicator is like Add for a value that is an indicator on its own: it is for
// detection (to_ids) and, unless the template forbids it, for correlation. A value
// added by Add before becomes an indicator.
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
			return fmt.Errorf("misp: %w: %s has only one %s", ErrRelation, o.Template.Name, relation)
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

// A Reference is a relationship of an object to another object or to an attribute of
// the same event.
type Reference struct {
	UUID         UUID
	To           UUID
	Relationship string // for instance Contains
}

// Refer adds a reference to the object or attribute with the UUID to. The UUID of the
// reference is derived from object, target and relationship. Adding a reference again
// has no effect. If the object has MaxReferences, Refer returns an error that wraps
// ErrFull.
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

// Check returns an error that wraps ErrObject if the object has no template or no
// attributes, or lacks attributes that the template requires.
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

func (o *Object) has(relation string) bool {
	return slices.ContainsFunc(o.Attributes, func(a Attribute) bool { return a.Relation == relation })
}

type wireObject struct {
	UUID            UUID            `json:"uuid"`
	Name            string          `json:"name"`
	MetaCategory    string          `json:"meta-category"`
	Description     string          `json:"description,omitempty"` // MISP rejects an empty one
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

// wire returns the JSON form. An object without attributes is an error, because MISP
// would keep it as an empty row that blocks its UUID.
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

// MarshalJSON returns the object in MISP's JSON form. If the object has no template
// or no attributes, it returns an error that wraps ErrObject.
func (o Object) MarshalJSON() ([]byte, error) {
	w, err := o.wire()
	if err != nil {
		return nil, err
	}
	return marshal(w)
}

// UnmarshalJSON decodes an object in MISP's JSON form. It does not validate it. If
// this package does not have the template in that version, Template holds only the
// fields found in the object.
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
