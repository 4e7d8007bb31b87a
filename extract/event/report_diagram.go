package event

import (
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/internal/defuse"
)

// maxParticipants limits the hosts of a diagram, and maxLabel the characters of a
// text in it.
const (
	maxParticipants = 12
	maxLabel        = 48
)

// diagram draws the steps whose sides are known as a sequence diagram of mermaid
// (https://mermaid.js.org/syntax/sequenceDiagram.html).
func (r *reporter) diagram(list []step) {
	d := drawing{reporter: r, ids: map[netip.Addr]string{}}
	for i := range list {
		d.arrow(&list[i])
	}
	if len(d.arrows) == 0 {
		return
	}
	r.line("```mermaid\nsequenceDiagram")
	for _, l := range append(d.participants, d.arrows...) {
		r.line("    " + l)
	}
	r.line("```\n")
	if d.more > 0 {
		r.line("Not in the diagram, which has room for " + strconv.Itoa(maxParticipants) + " hosts: " + plural(d.more, "step") + ".\n")
	}
}

// A drawing is a diagram that is being drawn.
type drawing struct {
	*reporter
	ids                  map[netip.Addr]string
	participants, arrows []string
	more                 int // steps without room for their hosts
}

func (d *drawing) arrow(s *step) {
	if !s.from.IsValid() || !s.to.IsValid() {
		return
	}
	if missing := d.missing(s.from) + d.missing(s.to); len(d.ids)+missing > maxParticipants {
		d.more++
		return
	}
	from, to := d.id(s.from), d.id(s.to)
	text := defuse.Mermaid(s.label, maxLabel)
	if s.reply {
		d.arrows = append(d.arrows, to+"-->>"+from+": "+text)
	} else {
		d.arrows = append(d.arrows, from+"->>"+to+": "+text)
	}
}

func (d *drawing) missing(a netip.Addr) int {
	if d.ids[a] == "" {
		return 1
	}
	return 0
}

// id returns the name of a host in the diagram. It is not captured text.
func (d *drawing) id(a netip.Addr) string {
	id := d.ids[a]
	if id == "" {
		id = "h" + strconv.Itoa(len(d.ids)+1)
		d.ids[a] = id
		label := addrText(a)
		if names := d.names[a]; len(names) > 0 {
			label = defuse.Mermaid(names[0], maxLabel) + " (" + label + ")"
		}
		d.participants = append(d.participants, "participant "+id+" as "+label)
	}
	return id
}
