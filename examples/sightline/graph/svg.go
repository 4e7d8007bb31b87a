package graph

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/sightline-go/sightline/internal/defuse"
)

// style has colours for light and dark mode.
const style = `<style>
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
.title { font: 600 15px system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
.kind, .label, .note { font: 11px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #59636e }
.kind { font-weight: 600 }
.label { text-anchor: end; paint-order: stroke; stroke: #ffffff; stroke-width: 3px } .arc { text-anchor: start }
.page { fill: #ffffff }
.box { fill: #f6f8fa; stroke: #d1d9e0 }
.line { fill: none; stroke: #818b98; stroke-width: 1.3 }
.same { stroke: #9a6700; stroke-dasharray: 2 4; opacity: .75 }
.tip { fill: #818b98 }
.mark { fill: #818b98 } .network .mark { fill: #0969da } .file .mark { fill: #cf222e } .attribute .mark { fill: #bf8700 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .kind, .label, .note { fill: #9198a1 }
.page { fill: #0d1117 } .label { stroke: #0d1117 } .box { fill: #161b22; stroke: #3d444d }
.line { stroke: #7d8590 } .same { stroke: #d29922 } .tip, .mark { fill: #7d8590 }
.network .mark { fill: #4493f8 } .file .mark { fill: #f85149 } .attribute .mark { fill: #d29922 }
}
</style>
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="tip" d="M0 .8 8 4 0 7.2z"/></marker></defs>
`

func (g *graph) writeSVG(w io.Writer) {
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img">`+"\n", g.width, g.height)
	fmt.Fprintf(w, "<title>%s</title>\n%s", escape(g.title), style)
	fmt.Fprintf(w, `<rect class="page" width="%d" height="%d"/>`+"\n", g.width, g.height)
	fmt.Fprintf(w, `<text class="title" x="%d" y="%d">%s</text>`+"\n", margin, margin+10, escape(g.title))
	for _, e := range slices.Backward(g.edges) { // labels above the dashed lines
		g.writeEdge(w, e)
	}
	for _, n := range g.nodes {
		n.write(w)
	}
	fmt.Fprintf(w, `<text class="note" x="%d" y="%d">%s</text>`+"\n</svg>\n", margin, g.height-margin/2, g.note())
}

// write writes a box with the node's kind and text.
func (n *node) write(w io.Writer) {
	radius, top := 5, n.y-n.h/2
	if n.class == "attribute" {
		radius = 16
	}
	fmt.Fprintf(w, `<g class="%s"><title>%s</title>`, n.class, escape(n.text))
	fmt.Fprintf(w, `<rect class="box" x="%d" y="%d" width="%d" height="%d" rx="%d"/>`, n.x, top, n.w, n.h, radius)
	fmt.Fprintf(w, `<circle class="mark" cx="%d" cy="%d" r="4"/>`, n.x+15, top+15)
	fmt.Fprintf(w, `<text class="kind" x="%d" y="%d">%s</text>`, n.x+25, top+19, escape(shorten(n.kind)))
	for i, s := range n.lines {
		fmt.Fprintf(w, `<text x="%d" y="%d">%s</text>`, n.x+12, top+19+(i+1)*lineHeight, escape(s))
	}
	fmt.Fprintln(w, "</g>")
}

// writeEdge writes a line: curves between columns, and a straight end below the label.
func (g *graph) writeEdge(w io.Writer, e *edge) {
	class, tip, run := "line", ` marker-end="url(#tip)"`, labelLength(e)+14
	if e.label == "" {
		class, tip, run = "line same", "", 4
	}
	if e.from.layer > e.to.layer {
		tip = ` marker-start="url(#tip)"`
	}
	if len(e.path) == 0 {
		writeArc(w, e, tip)
		return
	}
	x, y := e.path[0].x+e.path[0].w, e.path[0].y
	fmt.Fprintf(w, `<path class="%s"%s d="M%d %d`, class, tip, x, y)
	last := len(e.path) - 1
	for _, n := range e.path[1:last] {
		fmt.Fprintf(w, "C%d %d %[1]d %[3]d %[4]d %[3]dH%[5]d", (x+n.x)/2, y, n.y, n.x, n.x+n.w)
		x, y = n.x+n.w, n.y
	}
	n := e.path[last]
	to, label := g.port(e)
	fmt.Fprintf(w, `C%d %d %[1]d %[3]d %[4]d %[3]dH%[5]d"/>`, (x+n.x-run)/2, y, to, n.x-run, n.x)
	if label != "" {
		fmt.Fprintf(w, `<text class="label" x="%d" y="%d">%s</text>`, n.x-12, to-5, escape(label))
	}
	fmt.Fprintln(w)
}

// writeArc writes a line within a column.
func writeArc(w io.Writer, e *edge, tip string) {
	x, a, b := e.from.x+e.from.w, e.from.y+8, e.to.y-8
	if a > b {
		a, b = e.from.y-8, e.to.y+8
	}
	fmt.Fprintf(w, `<path class="line"%s d="M%d %dC%d %[3]d %[4]d %[5]d %[2]d %[5]d"/>`, tip, x, a, x+arcWidth, b)
	fmt.Fprintf(w, `<text class="label arc" x="%d" y="%d">%s</text>`+"\n", x+arcWidth-4, (a+b)/2+4, escape(shorten(e.label)))
}

// port returns the height at which a line ends, and its label, which is empty if the
// line above has the same.
func (g *graph) port(e *edge) (y int, label string) {
	n := e.path[len(e.path)-1]
	var ends []*edge
	for _, o := range g.edges {
		if len(o.path) > 0 && o.path[len(o.path)-1] == n {
			ends = append(ends, o)
		}
	}
	before := func(e *edge) int { return e.path[len(e.path)-2].y }
	slices.SortStableFunc(ends, func(a, b *edge) int { return before(a) - before(b) })
	i := slices.Index(ends, e)
	step := 15
	if len(ends) > 1 {
		step = min(step, (n.h-14)/(len(ends)-1))
	}
	if label = shorten(e.label); i > 0 && ends[i-1].label == e.label {
		label = ""
	}
	return n.y + (2*i-len(ends)+1)*step/2, label
}

// note explains the lines, and counts what the diagram leaves out.
func (g *graph) note() string {
	s := "arrow: reference"
	if slices.ContainsFunc(g.edges, func(e *edge) bool { return e.label == "" }) {
		s += "; dashed: same value"
	}
	if g.nodesLeft+g.edgesLeft > 0 {
		s += fmt.Sprintf("; not drawn: %d objects and attributes, %d references", g.nodesLeft, g.edgesLeft)
	}
	return s
}

func shorten(s string) string {
	if r := []rune(s); len(r) > maxLabel {
		return string(r[:maxLabel-1]) + "…"
	}
	return s
}

// escape escapes text for XML and replaces control characters.
func escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(defuse.Terminal(s)))
	return b.String()
}
