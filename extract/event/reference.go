package event

import "github.com/sightline-go/sightline/extract/misp"

// A reference leads from a draft to another draft or to an attribute.
type reference struct {
	relationship string
	template     *misp.Template // of the draft; nil for an attribute
	typ          misp.Type      // of the attribute
	key          string         // of the draft, or the attribute's value
}

// maxReferenced is the number of referenced objects and attributes that MISP's
// event graph draws without asking.
const maxReferenced = 299

// targets are what objects may refer to.
type targets struct {
	event      misp.UUID
	known      map[misp.UUID]bool // objects of the event
	attributes map[misp.UUID]bool // attributes of the event: whether an object refers to them
	room       int                // how many more attributes may be referenced
}

func newTargets(event misp.UUID, attributes []Attribute, room int) *targets {
	t := &targets{event: event, known: map[misp.UUID]bool{}, attributes: map[misp.UUID]bool{}, room: room}
	for i := range attributes {
		t.attributes[attributes[i].UUID] = false
	}
	return t
}

// refer adds to o the references whose targets are in the event.
func (t *targets) refer(o *misp.Object, refs []reference) {
	for _, r := range refs {
		if r.template != nil {
			if to := t.objectID(r.template, r.key); t.known[to] {
				_ = o.Refer(to, r.relationship)
			}
			continue
		}
		to := t.attributeID(r.typ, r.key)
		seen, there := t.attributes[to]
		if there && !seen && t.room > 0 {
			t.attributes[to], seen = true, true
			t.room--
		}
		if seen {
			_ = o.Refer(to, r.relationship)
		}
	}
}

// objectID returns the UUID of a draft's object.
func (t *targets) objectID(of *misp.Template, key string) misp.UUID {
	return misp.NewObject(t.event, of, key).UUID
}

func (t *targets) attributeID(typ misp.Type, value string) misp.UUID {
	return misp.AcceptedAttribute(t.event, typ, value).UUID
}
