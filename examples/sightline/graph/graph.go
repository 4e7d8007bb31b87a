package graph

import (
	"slices"

	"github.com/sightline-go/sightline/extract/misp"
)

// A node is an object, an attribute, or the bend of a line in a column it crosses
// (with an empty kind).
type node struct {
	kind, text string // template and comment, or type and value
	class      string // its style
	values     map[string]bool
	lines      []string // of text

	layer, x, y, w, h int     // layer is the column; the rest are pixels, y of the middle
	left, right       []*node // neighbours
}

// An edge is a reference or, without a label, a value that two nodes share.
type edge struct {
	from, to *node
	label    string
	path     []*node // from left to right; empty within a column
}

type graph struct {
	title                string
	nodes                []*node
	edges                []*edge
	nodesLeft, edgesLeft int // not drawn

	columns       [][]*node
	width, height int
}

// newGraph adds the objects in order, then the attributes that they refer to.
func newGraph(e *misp.Event) *graph {
	g := &graph{title: e.Info}
	drawn := map[misp.UUID]*node{} // an object's attributes lead to its node
	for i := range e.Objects {
		o := &e.Objects[i]
		n := &node{kind: o.Template.Name, text: o.Comment, class: "other", values: map[string]bool{}}
		if c := o.Template.MetaCategory; c == "file" || c == "network" {
			n.class = c
		}
		if n.text == "" && len(o.Attributes) > 0 {
			n.text = o.Attributes[0].Value
		}
		if !g.add(n) {
			continue
		}
		drawn[o.UUID] = n
		for _, a := range o.Attributes {
			drawn[a.UUID], n.values[a.Value] = n, true
		}
	}
	attributes := map[misp.UUID]*misp.Attribute{}
	for i := range e.Attributes {
		attributes[e.Attributes[i].UUID] = &e.Attributes[i]
	}
	for i := range e.Objects {
		for _, r := range e.Objects[i].References {
			if a := attributes[r.To]; a != nil && drawn[r.To] == nil && drawn[e.Objects[i].UUID] != nil {
				if n := (&node{kind: string(a.Type), text: a.Value, class: "attribute"}); g.add(n) {
					drawn[r.To] = n
				}
			}
			g.connect(drawn[e.Objects[i].UUID], drawn[r.To], r.Relationship)
		}
	}
	g.share()
	return g
}

func (g *graph) add(n *node) bool {
	if len(g.nodes) == maxNodes {
		g.nodesLeft++
		return false
	}
	g.nodes = append(g.nodes, n)
	return true
}

func (g *graph) connect(from, to *node, label string) {
	same := g.between(from, to)
	switch {
	case from == nil || to == nil:
		g.edgesLeft++
	case from == to:
	case same == nil && len(g.edges) == maxEdges:
		g.edgesLeft++
	case same == nil:
		g.edges = append(g.edges, &edge{from: from, to: to, label: label})
	case same.label != label:
		same.label += ", " + label
	}
}

func (g *graph) between(from, to *node) *edge {
	i := slices.IndexFunc(g.edges, func(e *edge) bool { return e.from == from && e.to == to })
	if i < 0 {
		return nil
	}
	return g.edges[i]
}

// share connects objects with attributes of the same value, unless an object that
// refers to them has that value too.
func (g *graph) share() {
	references := slices.Clone(g.edges)
	for _, a := range g.nodes {
		for _, o := range g.nodes {
			if a.class != "attribute" || !o.values[a.text] || g.between(o, a) != nil {
				continue
			}
			if !slices.ContainsFunc(references, func(e *edge) bool { return e.to == o && e.from.values[a.text] }) {
				g.connect(o, a, "")
			}
		}
	}
}
