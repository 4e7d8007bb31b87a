package stix

import (
	"strconv"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// templates lists the templates of MISP whose objects become an observable with more
// properties than its attributes have alone, or relationships between these. It is
// read only.
var templates = map[string]func(*fields){
	"credential":         (*fields).account,
	"dns-record":         (*fields).record,
	"domain-ip":          (*fields).resolution,
	"email":              (*fields).message,
	"file":               (*fields).file,
	"http-request":       (*fields).request,
	"network-connection": (*fields).connection,
	"pcap-metadata":      (*fields).capture,
	"x509":               (*fields).certificate,
}

// fields are the attributes of an object under conversion.
type fields struct {
	*builder
	object *misp.Object
	done   []bool // the attributes that are converted
	refs   []string
	count  int64 // of observations; 0: unknown
}

func newFields(b *builder, o *misp.Object) *fields {
	return &fields{builder: b, object: o, done: make([]bool, len(o.Attributes))}
}

// take returns the values of a relation but empty ones, and marks them as converted.
func (f *fields) take(relation string) (values []string) {
	for i := range f.object.Attributes {
		if a := &f.object.Attributes[i]; a.Relation == relation && a.Value != "" {
			f.done[i] = true
			values = append(values, a.Value)
		}
	}
	return values
}

// first returns the first value of a relation and marks it as converted.
func (f *fields) first(relation string) string {
	for i := range f.object.Attributes {
		if a := &f.object.Attributes[i]; a.Relation == relation {
			f.done[i] = true
			return a.Value
		}
	}
	return ""
}

// refer adds the observables of a relation's values and returns the first of each.
func (f *fields) refer(relation string) (ids []string) {
	for i := range f.object.Attributes {
		if a := &f.object.Attributes[i]; a.Relation == relation {
			if all := f.observe(a); len(all) > 0 {
				f.done[i] = true
				f.refs = append(f.refs, all...)
				ids = append(ids, all[0])
			}
		}
	}
	return ids
}

// referFirst refers to the values of the first of some relations that has one, and
// returns the first.
func (f *fields) referFirst(relations ...string) string {
	for _, r := range relations {
		if ids := f.refer(r); len(ids) > 0 {
			return ids[0]
		}
	}
	return ""
}

// put adds an observable.
func (f *fields) put(o Object) { f.refs = append(f.refs, f.add(o)) }

// rest converts the attributes that are left, each as if outside the object.
func (f *fields) rest() {
	for i := range f.object.Attributes {
		if f.done[i] {
			continue
		}
		a := &f.object.Attributes[i]
		ids := f.observe(a)
		if len(ids) == 0 {
			f.omitted[a.Type]++
		}
		f.refs = append(f.refs, ids...)
	}
}

// hashes returns the hashes among the attributes, whose properties types.tsv names.
// pcap-metadata has hashes of type text, which stay where they are.
func (f *fields) hashes(typ string) (hashes Object) {
	for i := range f.object.Attributes {
		a := &f.object.Attributes[i]
		m := mappings()[a.Type]
		values, ok := parts(a)
		if !ok || len(m.observable) != 1 || m.observable[0].object != typ || m.observable[0].property != "hashes" || hashes.Get(m.observable[0].key) != nil {
			continue
		}
		f.done[i] = true
		hashes.add(m.observable[0].key, values[0])
	}
	return canonical(hashes)
}

// integer adds a number, if the object has it. It is left if it is not one.
func (f *fields) integer(o *Object, property, relation string) {
	for i := range f.object.Attributes {
		a := &f.object.Attributes[i]
		if n, ok := number(a.Value); a.Relation == relation && ok && o.Get(property) == nil {
			f.done[i] = true
			o.add(property, n)
		}
	}
}

// moment returns the time that a relation has, and the zero time without one.
func (f *fields) moment(relation string) time.Time {
	for i := range f.object.Attributes {
		a := &f.object.Attributes[i]
		if a.Relation != relation {
			continue
		}
		if t, ok := parseTime(a.Value); ok {
			f.done[i] = true
			return t
		}
	}
	return time.Time{}
}

func (f *fields) instant(o *Object, property, relation string) {
	if t := f.moment(relation); !t.IsZero() {
		o.add(property, stamp(t))
	}
}

func (f *fields) boolean(o *Object, property string, relations ...string) {
	for _, relation := range relations {
		for i := range f.object.Attributes {
			a := &f.object.Attributes[i]
			if v, err := strconv.ParseBool(a.Value); a.Relation == relation && err == nil && o.Get(property) == nil {
				f.done[i] = true
				o.add(property, v)
			}
		}
	}
}
