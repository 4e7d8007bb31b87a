package event

import (
	"encoding/hex"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// captureKey returns the key of a capture's object.
func captureKey(c *extract.Capture) string { return hex.EncodeToString([]byte(c.Identity())) }

// root adds references from the captures to the objects that no reference leads to
// from one of them, so that MISP's graph shows all objects connected. Each object is
// contained in the capture of its first packet: captures holds their UUIDs.
func root(objects []misp.Object, captures []misp.UUID) {
	g := newGraph(objects)
	for _, circles := range []bool{false, true} { // objects that only refer to one another have no beginning
		for i := range objects {
			if g.reached[i] || g.referred[i] && !circles {
				continue
			}
			if from, ok := g.at[captures[i]]; ok && from != i {
				_ = objects[from].Refer(objects[i].UUID, misp.Contains)
			}
			g.reach(i)
		}
	}
}

// A graph holds the references between objects, by index.
type graph struct {
	objects           []misp.Object
	at                map[misp.UUID]int
	referred, reached []bool
}

func newGraph(objects []misp.Object) *graph {
	n := len(objects)
	g := &graph{objects, make(map[misp.UUID]int, n), make([]bool, n), make([]bool, n)}
	for i := range objects {
		g.at[objects[i].UUID] = i
	}
	for i := range objects {
		for _, r := range objects[i].References {
			if to, ok := g.at[r.To]; ok && to != i {
				g.referred[to] = true
			}
		}
	}
	return g
}

// reach marks an object and those that references lead to from it.
func (g *graph) reach(i int) {
	g.reached[i] = true
	for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
		for _, r := range g.objects[queue[0]].References {
			if to, ok := g.at[r.To]; ok && !g.reached[to] {
				g.reached[to] = true
				queue = append(queue, to)
			}
		}
	}
}
