package event

import (
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A draft is a candidate for an object.
type draft struct {
	template *misp.Template
	key      string // the first draft of a template with a key becomes an object
	fact     *extract.Fact

	// fill sets the comment, which identifies the object to a reader, and the
	// attributes, and returns the references. It is called only if the draft is
	// chosen.
	fill func(o *object) []reference
}

// drafts collects the objects of an event.
type drafts struct {
	*selector
	list    []*draft
	missing []string // what the event does not cover, in all captures
}

func (d *drafts) add(t *misp.Template, key string, f *extract.Fact, fill func(o *object) []reference) {
	d.list = append(d.list, &draft{t, key, f, fill})
}

// all drafts the objects of all selected topics.
func (d *drafts) all() {
	for i := range topics {
		if t := &topics[i]; t.objects != nil && d.options.wants(t.topics) {
			t.objects(d)
		}
	}
}

// objects returns the objects, with references to one another and to attributes,
// and the number of drafts left out. cut is the number of attributes that were left
// out at the limit.
func (d *drafts) objects(attributes []Attribute, cut int) (out []misp.Object, leftOut int) {
	chosen := d.chosen()
	leftOut = len(d.list) - len(chosen)
	d.missing = append(Unseen(d.report), beyond(cut, leftOut)...)
	room := maxReferenced - len(chosen)
	if d.options.All || d.options.MaxObjects != 0 {
		room = len(attributes)
	}
	to := newTargets(d.event, attributes, room)
	var refs [][]reference
	var captures []misp.UUID // of the objects' first packets
	for _, draft := range chosen {
		o := object{misp.NewObject(d.event, draft.template, draft.key), d.selector}
		if to.known[o.UUID] {
			continue // captures without content are equal, as are the rows of a report that was tampered with
		}
		o.FirstSeen, o.LastSeen, _ = d.seen(draft.fact)
		r := draft.fill(&o)
		o.describe(d.place(draft.fact))
		if o.Check() != nil {
			leftOut++ // MISP refuses all its values
			continue
		}
		to.known[o.UUID] = true
		out, refs, captures = append(out, o.Object), append(refs, r), append(captures, d.captureOf(draft, to))
	}
	for i := range out {
		to.refer(&out[i], refs[i])
	}
	root(out, captures)
	return out, leftOut
}

// captureOf returns the UUID of the capture that has a draft's first packet.
func (d *drafts) captureOf(draft *draft, to *targets) (id misp.UUID) {
	if e, ok := draft.fact.Evidence.First(); ok {
		id = to.objectID(misp.TemplatePcapMetadata, captureKey(&d.report.Captures[e.First.Capture]))
	}
	return id
}

// chosen returns at most MaxObjects drafts, in the order of the event. Each
// template gets an equal share, and its unused share goes to the others. Within
// a template the first seen are kept.
func (d *drafts) chosen() (out []*draft) {
	order := templates()
	byTemplate := make([][]*draft, len(order))
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

func compareDrafts(a, b *draft) int {
	if c := a.fact.First.Compare(b.fact.First); c != 0 {
		return c
	}
	return strings.Compare(a.key, b.key)
}
