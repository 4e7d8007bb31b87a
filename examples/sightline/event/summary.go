package event

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/internal/defuse"
)

// summarise prints what was read, selected, left out and missed.
func summarise(w io.Writer, rep *extract.Report, sel *event.Selection) {
	fmt.Fprintf(w, "%s, %s in %s\n", count(rep.Packets, "packet"), cli.Size(rep.Bytes), count(capturesRead(rep), "capture"))
	byType := map[string]int{}
	for _, a := range sel.Attributes {
		byType[string(a.Type)]++
	}
	fmt.Fprint(w, count(len(sel.Attributes), "attribute"))
	list(w, byType, ": ")
	fmt.Fprintln(w)
	if len(sel.Objects) > 0 {
		byName := map[string]int{}
		for i := range sel.Objects {
			byName[sel.Objects[i].Template.Name]++
		}
		fmt.Fprint(w, count(len(sel.Objects), "object"))
		list(w, byName, ": ")
		fmt.Fprintln(w)
	}
	if len(sel.LeftOut) > 0 {
		byRule := map[string]int{}
		for _, l := range sel.LeftOut {
			byRule[string(l.Rule)]++
		}
		fmt.Fprint(w, "left out")
		before := ": "
		for _, rule := range slices.Sorted(maps.Keys(byRule)) {
			fmt.Fprintf(w, "%s%s (%d)", before, rule, byRule[rule])
			before = ", "
		}
		fmt.Fprintln(w)
	}
	if sel.ObjectsLeftOut > 0 {
		fmt.Fprintf(w, "left out: %s beyond the event size limit\n", count(sel.ObjectsLeftOut, "object"))
	}
	for _, text := range slices.Concat(event.Unread(rep), event.Unseen(rep)) {
		fmt.Fprintf(w, "missed: %s\n", defuse.Terminal(text))
	}
}

// list writes counts, sorted by name.
func list[N int | int64](w io.Writer, counts map[string]N, before string) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%s%d %s", before, counts[name], name)
		before = ", "
	}
}

func count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// capturesRead returns the number of captures of which something was read.
func capturesRead(rep *extract.Report) int {
	n := 0
	for _, c := range rep.Captures {
		if c.Err == nil || c.Packets > 0 {
			n++
		}
	}
	return n
}
