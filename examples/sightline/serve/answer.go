package serve

import (
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
)

// maxItems is the number of referenced objects and attributes that MISP's event
// graph draws without confirmation.
const maxItems = 299

// A proposal holds the rows that MISP's page shows for review: attributes, and the
// attributes of objects.
type proposal struct {
	misp.Answer
	uncutAttributes int // number before the limit
	uncutObjects    int
	moreObjects     bool // fit into the rows, but exceed Options.MaxObjects
	leftOut         []event.LeftOut
	attachment      misp.UUID // in the event already
}

// newProposal selects attributes and complete objects for so many rows. Attributes get
// half of the rows, and those that the objects leave.
func newProposal(rep *extract.Report, o event.Options, rows int) *proposal {
	o.MaxAttributes = rows
	if o.Detail == event.Both {
		o.MaxAttributes = (rows + 1) / 2
	}
	sel := event.Select(rep, o)
	all := len(sel.Attributes) + tooMany(sel)
	if room := rows - rowsOf(sel.Objects); all > len(sel.Attributes) && room > o.MaxAttributes {
		o.MaxAttributes = room
		sel = event.Select(rep, o)
	}
	p := &proposal{uncutAttributes: all, uncutObjects: len(sel.Objects) + sel.ObjectsLeftOut, leftOut: sel.LeftOut}
	more := sel.ObjectsLeftOut > 0
	sel.Objects = fit(sel.Objects, rows-len(sel.Attributes))
	sel.ObjectsLeftOut = p.uncutObjects - len(sel.Objects)
	e := sel.Event() // its report refers only to these
	p.Attributes, p.Objects, p.Reports = e.Attributes, e.Objects, e.Reports
	p.moreObjects = more && len(p.Objects) == o.MaxObjects && o.MaxObjects < maxRows
	return p
}

// metadata returns the object about the capture, or nil if there was no room for it.
func (p *proposal) metadata() *misp.Object {
	for i := range p.Objects {
		if p.Objects[i].Template == misp.TemplatePcapMetadata {
			return &p.Objects[i]
		}
	}
	return nil
}

// refer makes the objects about captures refer to the attachment that has them, unless
// the UUID is zero. The reference comes first, so that bind keeps it.
func (p *proposal) refer(attachment misp.UUID) {
	if attachment == (misp.UUID{}) {
		return
	}
	p.attachment = attachment
	for i := range p.Objects {
		o := &p.Objects[i]
		if o.Template != misp.TemplatePcapMetadata {
			continue
		}
		others := o.References
		o.References = nil
		_ = o.Refer(attachment, misp.Characterizes) // an object without references has room
		o.References = append(o.References, others...)
	}
}

// tooMany returns the number of attributes left out at the limit.
func tooMany(sel *event.Selection) (n int) {
	for i := range sel.LeftOut {
		if sel.LeftOut[i].Rule == event.TooMany {
			n++
		}
	}
	return n
}

func rowsOf(objects []misp.Object) (n int) {
	for i := range objects {
		n += len(objects[i].Attributes)
	}
	return n
}

func (p *proposal) rows() int { return len(p.Attributes) + rowsOf(p.Objects) }

// fit returns the objects that fit into so many rows, in their order. Templates take
// turns, one object at a time.
func fit(objects []misp.Object, rows int) []misp.Object {
	var byTemplate [][]int
	for i := range objects {
		if i == 0 || objects[i].Template != objects[i-1].Template {
			byTemplate = append(byTemplate, nil)
		}
		last := &byTemplate[len(byTemplate)-1]
		*last = append(*last, i)
	}
	var kept []int
	for turn, left := 0, true; left; turn++ {
		left = false
		for _, group := range byTemplate {
			if turn >= len(group) {
				continue
			}
			left = true
			if n := len(objects[group[turn]].Attributes); n <= rows {
				rows -= n
				kept = append(kept, group[turn])
			}
		}
	}
	slices.Sort(kept)
	out := make([]misp.Object, len(kept))
	for to, from := range kept {
		out[to] = objects[from]
	}
	return out
}

// contain makes the object about the capture refer to the objects that nothing refers
// to, as what did was cut.
func (p *proposal) contain() {
	capture := p.metadata()
	if capture == nil {
		return
	}
	referred := map[misp.UUID]bool{capture.UUID: true}
	for i := range p.Objects {
		for _, r := range p.Objects[i].References {
			referred[r.To] = referred[r.To] || r.To != p.Objects[i].UUID
		}
	}
	for i := range p.Objects {
		if !referred[p.Objects[i].UUID] {
			_ = capture.Refer(p.Objects[i].UUID, misp.Contains) // if there is room
		}
	}
}

// bind keeps the references within the proposal, up to maxItems.
func (p *proposal) bind() {
	there := map[misp.UUID]bool{p.attachment: true}
	for i := range p.Attributes {
		there[p.Attributes[i].UUID] = true
	}
	for i := range p.Objects {
		there[p.Objects[i].UUID] = true
	}
	items := map[misp.UUID]bool{}
	for i := range p.Objects {
		o := &p.Objects[i]
		o.References = slices.DeleteFunc(slices.Clone(o.References), func(r misp.Reference) bool {
			if !there[r.To] {
				return true
			}
			more := 0
			for _, id := range []misp.UUID{o.UUID, r.To} {
				if !items[id] {
					more++
				}
			}
			if len(items)+more > maxItems {
				return true
			}
			items[o.UUID], items[r.To] = true, true
			return false
		})
	}
}
