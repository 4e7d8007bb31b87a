package graph

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/sightline-go/sightline/internal/defuse"
)

// The layout is Sugiyama's: assign columns, order each to avoid crossings, then
// assign heights. It uses integers only, so that it is the same on all machines.

const (
	margin, rowGap = 24, 14
	lineHeight     = 17
	lineLength     = 32 // characters
	bendHeight     = 6
	curveWidth     = 44
	labelWidth     = 6 // of a character
	titleHeight    = 34
	maxLabel       = 24 // characters
	arcWidth       = 26
)

func (g *graph) layOut() {
	for _, n := range g.nodes {
		n.lines = breakLines(n.text)
		for _, s := range append(n.lines, n.kind) {
			n.w = max(n.w, utf8.RuneCountInString(s)*29/4+26)
		}
		n.h = 28 + len(n.lines)*lineHeight
	}
	g.rank()
	g.order()
	g.place()
}

// rank puts each node to the right of its predecessors, and nodes without
// predecessors next to their successors. It ignores lines between objects of one
// kind and lines that would close a cycle.
func (g *graph) rank() {
	out := map[*node][]*edge{}
	for _, e := range g.edges {
		if e.from.kind != e.to.kind {
			out[e.from] = append(out[e.from], e)
		}
	}
	var order []*node
	state := map[*node]int{}
	var visit func(n *node)
	visit = func(n *node) {
		state[n] = 1
		out[n] = slices.DeleteFunc(out[n], func(e *edge) bool {
			if state[e.to] == 0 {
				visit(e.to)
			}
			return state[e.to] == 1
		})
		state[n] = 2
		order = append(order, n)
	}
	for _, n := range g.nodes {
		if state[n] == 0 {
			visit(n)
		}
	}
	last := 0
	led := map[*node]bool{}
	for _, n := range slices.Backward(order) {
		for _, e := range out[n] {
			e.to.layer, led[e.to] = max(e.to.layer, n.layer+1), true
			last = max(last, e.to.layer)
		}
	}
	for _, n := range order { // successors come first
		if n.class == "attribute" {
			n.layer = last
		}
		if len(out[n]) > 0 && !led[n] {
			n.layer = slices.MinFunc(out[n], func(a, b *edge) int { return a.to.layer - b.to.layer }).to.layer - 1
		}
	}
	g.columns = make([][]*node, last+1)
}

// order fills the columns and orders each by the positions of its neighbours.
func (g *graph) order() {
	linked := map[*node]bool{}
	for _, e := range g.edges {
		linked[e.from], linked[e.to] = true, true
	}
	for _, n := range g.nodes {
		if linked[n] {
			g.columns[n.layer] = append(g.columns[n.layer], n)
		}
	}
	for _, e := range g.edges {
		a, b := e.from, e.to
		if a.layer > b.layer {
			a, b = b, a
		}
		if a.layer == b.layer {
			continue
		}
		e.path = []*node{a}
		for l := a.layer + 1; l < b.layer; l++ {
			bend := &node{layer: l, h: bendHeight}
			g.columns[l] = append(g.columns[l], bend)
			e.path = append(e.path, bend)
		}
		e.path = append(e.path, b)
		for i, n := range e.path[1:] {
			e.path[i].right, n.left = append(e.path[i].right, n), append(n.left, e.path[i])
		}
	}
	g.sweep(func(column []*node, side func(*node) []*node) {
		rank := map[*node]int{}
		for _, n := range column {
			rank[n] = mean(n, side(n))
		}
		for _, e := range g.edges { // references within a column connect neighbours
			if a, ok := rank[e.from]; ok && len(e.path) == 0 {
				rank[e.from] = (a + rank[e.to]) / 2
				rank[e.to] = rank[e.from]
			}
		}
		slices.SortStableFunc(column, func(a, b *node) int { return cmp.Compare(rank[a], rank[b]) })
		stack(column, make([]int, len(column)))
	})
}

// place positions the linked nodes in their columns and the others in rows below.
func (g *graph) place() {
	g.sweep(func(column []*node, side func(*node) []*node) {
		want := make([]int, len(column))
		for i, n := range column {
			want[i] = mean(n, side(n))
		}
		stack(column, want)
	})
	x := margin
	for _, column := range g.columns {
		x += g.gap(column)
		width := 0
		for _, n := range column {
			width = max(width, n.w)
		}
		for _, n := range column {
			n.x, n.w = x, width
		}
		x += width
	}
	g.width = x + margin
	for _, e := range g.edges {
		if len(e.path) == 0 { // an arc
			g.width = max(g.width, e.from.x+e.from.w+arcWidth+labelLength(e)+margin)
		}
	}
	g.placeLoose(moveDown(slices.Concat(g.columns...)))
}

// moveDown moves all nodes so that the topmost is just below the title. It returns
// the bottom of the lowest.
func moveDown(nodes []*node) (bottom int) {
	top, bottom := margin+titleHeight, margin+titleHeight
	if len(nodes) > 0 {
		highest := slices.MinFunc(nodes, func(a, b *node) int { return (a.y - a.h/2) - (b.y - b.h/2) })
		top -= highest.y - highest.h/2
	}
	for _, n := range nodes {
		n.y += top
		bottom = max(bottom, n.y+n.h/2)
	}
	return bottom
}

// gap returns the width of the lines and labels before a column.
func (g *graph) gap(column []*node) int {
	label := -1
	for _, e := range g.edges {
		if len(e.path) > 0 && slices.Contains(column, e.path[len(e.path)-1]) {
			label = max(label, labelLength(e))
		}
	}
	if label < 0 {
		return 0
	}
	return curveWidth + label
}

func labelLength(e *edge) int { return utf8.RuneCountInString(shorten(e.label)) * labelWidth }

// placeLoose arranges the nodes without lines in rows.
func (g *graph) placeLoose(bottom int) {
	var loose []*node
	for _, n := range g.nodes {
		if !slices.ContainsFunc(g.columns[n.layer], func(m *node) bool { return m == n }) {
			loose = append(loose, n)
			g.width = max(g.width, n.w+2*margin)
		}
	}
	x, y, high := margin, bottom+2*rowGap, 0
	for _, n := range loose {
		if x+n.w > g.width-margin && x > margin {
			x, y, high = margin, y+high+rowGap, 0
		}
		n.x, n.y = x, y+n.h/2
		x, high = x+n.w+rowGap, max(high, n.h)
	}
	g.height = y + high + 2*margin
}

// sweep visits the columns from left to right and back, several times, and passes
// f the neighbours on the side that it comes from.
func (g *graph) sweep(f func(column []*node, side func(*node) []*node)) {
	for range 8 {
		for _, column := range g.columns {
			f(column, func(n *node) []*node { return n.left })
		}
		for _, column := range slices.Backward(g.columns) {
			f(column, func(n *node) []*node { return n.right })
		}
	}
}

// mean returns the average height of the neighbours, or of n if it has none.
func mean(n *node, neighbours []*node) int {
	if len(neighbours) == 0 {
		return n.y
	}
	sum := 0
	for _, m := range neighbours {
		sum += m.y
	}
	return sum / len(neighbours)
}

// stack arranges a column's nodes in order without overlap, as close as possible to
// the heights in want: it minimises the sum of squares, by isotonic regression.
func stack(column []*node, want []int) {
	type block struct{ sum, n int }
	var blocks []block
	offset := 0
	offsets := make([]int, len(column))
	for i, n := range column {
		offsets[i] = offset + n.h/2
		offset += n.h + rowGap
		b := block{want[i] - offsets[i], 1}
		for len(blocks) > 0 {
			before := blocks[len(blocks)-1]
			if before.sum*b.n < b.sum*before.n {
				break
			}
			b.sum, b.n, blocks = b.sum+before.sum, b.n+before.n, blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	i := 0
	for _, b := range blocks {
		for range b.n {
			column[i].y = b.sum/b.n + offsets[i]
			i++
		}
	}
}

// breakLines breaks a text into at most two lines, after a space or a slash if
// possible.
func breakLines(s string) []string {
	r := []rune(defuse.Terminal(s))
	if len(r) <= lineLength {
		return []string{string(r)}
	}
	at := lineLength
	for i := 1; i <= lineLength; i++ {
		if (r[i-1] == ' ' || r[i-1] == '/') && (i > lineLength/2 || len(r)-i <= lineLength) {
			at = i
		}
	}
	rest := r[at:]
	if len(rest) > lineLength {
		rest = append(rest[:lineLength-1:lineLength-1], '…')
	}
	return []string{string(r[:at]), string(rest)}
}
