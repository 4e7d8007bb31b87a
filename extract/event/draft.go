package event

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A draft is an object that may go out.
type draft struct {
	template *misp.Template
	key      string // what tells it from others of its template
	fact     *extract.Fact

	// fill sets the comment, which tells the object apart for a reader, and the
	// attributes, and returns the references. It is called when the object goes
	// out.
	fill func(o *object) []reference
}

// drafts gathers the objects of an event.
type drafts struct {
	*selector
	list []draft
}

func (d *drafts) add(t *misp.Template, key string, f *extract.Fact, fill func(o *object) []reference) {
	d.list = append(d.list, draft{t, key, f, fill})
}

// all drafts the objects of all topics that go in.
func (d *drafts) all() {
	for i := range topics {
		if t := &topics[i]; t.objects != nil && d.options.wants(t.topics) {
			t.objects(d)
		}
	}
}

// objects returns the objects, with references to one another and to attributes,
// and how many there was no room for.
func (d *drafts) objects(attributes []Attribute) (out []misp.Object, leftOut int) {
	chosen := d.chosen()
	leftOut = len(d.list) - len(chosen)
	room := maxReferenced - len(chosen)
	if d.options.All || d.options.MaxObjects != 0 {
		room = len(attributes)
	}
	to := newTargets(d.event, attributes, room)
	var refs [][]reference
	for _, draft := range chosen {
		o := object{misp.NewObject(d.event, draft.template, draft.key), d.selector}
		o.FirstSeen, o.LastSeen, _ = d.seen(draft.fact)
		r := draft.fill(&o)
		if o.Check() != nil {
			leftOut++ // MISP refuses all that it is made of
			continue
		}
		to.known[o.UUID] = true
		out, refs = append(out, o.Object), append(refs, r)
	}
	for i := range out {
		to.refer(&out[i], refs[i])
	}
	return out, leftOut
}

// chosen returns the drafts that go out, in order: each template has an equal share
// of MaxObjects, and what one does not need goes to the others. Within a template
// those that were seen first stay.
func (d *drafts) chosen() (out []draft) {
	order := templates()
	byTemplate := make([][]draft, len(order))
	for _, draft := range d.list {
		i := slices.Index(order, draft.template)
		byTemplate[i] = append(byTemplate[i], draft)
	}
	sizes := make([]int, len(byTemplate))
	for i, list := range byTemplate {
		slices.SortStableFunc(list, compareDrafts)
		sizes[i] = len(list)
	}
	for i, n := range shares(sizes, d.options.limit(d.options.MaxObjects, defaultMaxObjects)) {
		out = append(out, byTemplate[i][:n]...)
	}
	return out
}

func compareDrafts(a, b draft) int {
	return cmp.Or(a.fact.First.Compare(b.fact.First), strings.Compare(a.key, b.key))
}
