package stix

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

const specVersion = "2.1"

// Options configure a bundle. The zero value suits all importers.
type Options struct {
	// HTTPRequests adds requests as network-traffic with the extension
	// http-request-ext. The importer of MISP 2.5 fails on it.
	HTTPRequests bool

	// Artifacts adds the contents of attachments and malware samples as artifacts.
	Artifacts bool
}

// A Bundle is a STIX bundle.
type Bundle struct {
	ID      string
	Objects []Object

	// Omitted counts the attributes that STIX cannot express, also those of objects,
	// by type.
	Omitted map[misp.Type]int
}

// Of returns the bundle of an event. It depends on nothing but its arguments.
func Of(e *misp.Event, o Options) *Bundle {
	b := newBuilder(e, o)
	for i := range e.Objects {
		b.object(&e.Objects[i]) // first, as it knows more hashes of a file than an attribute
	}
	for i := range e.Attributes {
		b.attribute(&e.Attributes[i])
	}
	for i := range e.Objects {
		b.objectIndicators(&e.Objects[i]) // after the attributes, which say more of a value
		b.references(&e.Objects[i])
	}
	return b.bundle()
}

// WriteJSON writes the bundle, an object at a time.
func (b *Bundle) WriteJSON(w io.Writer) error {
	buf := append([]byte(`{"type":"bundle","id":`), appendString(nil, b.ID)...)
	buf = append(buf, `,"objects":[`...)
	for i, o := range b.Objects {
		if i > 0 {
			buf = append(buf, ",\n"...)
		}
		if buf = appendObject(buf, o); len(buf) >= writeSize {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	_, err := w.Write(append(buf, "]}"...))
	return err
}

// writeSize is about the size of the pieces in which a bundle is written.
const writeSize = 32 << 10

// MarshalJSON returns what WriteJSON writes.
func (b Bundle) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	err := b.WriteJSON(&buf)
	return buf.Bytes(), err
}

// A builder collects the objects of a bundle.
type builder struct {
	options  Options
	event    *misp.Event
	time     time.Time // of the event
	version  string    // the times created and modified
	identity Object
	markings []string // for all objects
	labels   []string

	definitions   []Object // markings
	observables   []Object
	index         map[string]int    // of observables, by identifier
	byValue       map[string]string // identifiers of files and certificates, by hash and name
	observed      []Object
	observedOf    map[misp.UUID]string // identifiers of observed, by attribute and object
	indicators    []Object
	indicatorOf   map[string]int // of indicators, by pattern
	relationships []Object
	related       map[string]bool // identifiers of relationships
	omitted       map[misp.Type]int
}

func newBuilder(e *misp.Event, o Options) *builder {
	b := &builder{
		options: o, event: e, time: timeOf(e), identity: identityOf(e.Orgc),
		index: map[string]int{}, byValue: map[string]string{}, observedOf: map[misp.UUID]string{},
		indicatorOf: map[string]int{}, related: map[string]bool{}, omitted: map[misp.Type]int{},
	}
	b.version = b.time.Format(versionLayout)
	b.markings, b.labels = b.mark(e.Tags)
	return b
}

// identityOf returns the producer: the organisation of an event, or this program.
func identityOf(org misp.Org) Object {
	id, name, class := newID("identity", "Sightline"), "Sightline", "system"
	if org != (misp.Org{}) {
		id, name, class = newID("identity", org.UUID.String(), org.Name), org.Name, "organization"
	}
	return Object{
		{"type", "identity"}, {"spec_version", specVersion}, {"id", id},
		{"created", ownCreated}, {"modified", ownCreated}, {"name", name}, {"identity_class", class},
	}
}

// domain returns the properties that all domain and relationship objects have.
func (b *builder) domain(typ, id string, markings []string) Object {
	o := Object{
		{"type", typ}, {"spec_version", specVersion}, {"id", id},
		{"created_by_ref", b.identity.ID()}, {"created", b.version}, {"modified", b.version},
	}
	o.add("object_marking_refs", markings)
	return o
}

// newID returns an identifier for an object of this event.
func (b *builder) newID(typ string, parts ...string) string {
	return newID(typ, append([]string{b.event.UUID.String()}, parts...)...)
}

func (b *builder) bundle() *Bundle {
	out := &Bundle{ID: b.newID("bundle"), Omitted: b.omitted}
	content := slices.Concat(b.observables, b.observed, b.indicators, b.relationships)
	out.Objects = slices.Concat(b.definitions, []Object{b.identity, b.grouping(content)}, content)
	return out
}

// grouping returns the object that stands for the event. It is not a report, which
// is published intelligence (STIX 2.1 section 4.16): nobody has reviewed the event.
func (b *builder) grouping(content []Object) Object {
	o := b.domain("grouping", b.newID("grouping"), b.markings)
	o.add("labels", b.labels)
	o.add("name", misp.CommentText(b.event.Info))
	o.add("description", b.describeOmitted())
	o.add("context", "suspicious-activity")
	var ids []string
	for i := range content {
		ids = append(ids, content[i].ID())
	}
	if ids == nil {
		ids = []string{b.identity.ID()} // at least one is required
	}
	o.add("object_refs", ids)
	return o
}

func (b *builder) describeOmitted() string {
	var counts []string
	for _, typ := range slices.Sorted(maps.Keys(b.omitted)) {
		counts = append(counts, strconv.Itoa(b.omitted[typ])+" "+string(typ))
	}
	if len(counts) == 0 {
		return ""
	}
	return "Values of the MISP event that STIX cannot express: " + strings.Join(counts, ", ")
}
