package serve

import (
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
)

// maxItems is how many referenced objects and attributes MISP's event graph
// draws without asking.
const maxItems = 299

// A proposal is what MISP's page shows for review, row by row: the attributes,
// and those of the objects.
type proposal struct {
	misp.Answer
	uncutAttributes int // how many there were
	uncutObjects    int
	leftOut         []event.LeftOut
}

// propose chooses of a report what goes into so many rows: whole objects, and
// attributes, which get half of the rows, and what the objects leave.
func propose(rep *extract.Report, o event.Options, rows int) *proposal {
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
	p.Attributes = sel.Event().Attributes
	p.Objects = fit(sel.Objects, rows-len(p.Attributes))
	p.bind()
	return p
}

// tooMany returns how many attributes were left out for want of room.
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

// fit returns as many of the objects as so many rows hold, in their order. Each
// template has its turn, one object after the other.
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

// bind keeps the references between what goes out, as far as the graph draws
// them.
func (p *proposal) bind() {
	there := map[misp.UUID]bool{}
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
