package event

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/cli"
)

// summarise tells what was read, what comes out of it, and what does not.
func summarise(w io.Writer, rep *extract.Report, sel *event.Selection) {
	fmt.Fprintf(w, "%s, %s in %s\n", count(rep.Packets, "packet"), cli.Size(rep.Bytes), count(len(rep.Captures), "capture"))
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
		fmt.Fprintf(w, "left out: %s beyond the bound of the event\n", count(sel.ObjectsLeftOut, "object"))
	}
	for kind, n := range rep.LeftOut() {
		fmt.Fprintf(w, "not seen: %d observations of %s, beyond the limit of distinct values\n", n, kind)
	}
	unseen(w, &rep.Unseen)
}

// unseen tells what the Report could not take into account.
func unseen(w io.Writer, u *extract.Unseen) {
	s := &u.Stream
	for _, line := range []struct {
		n    int64
		what string
	}{
		{u.Cut, "packets are shorter in the capture than on the wire"},
		{u.Untimed, "packets have no time from 1970 to 9999: what they show goes out without first and last seen"},
		{u.Backwards, "packets run backwards in time: nothing goes out with first and last seen"},
		{u.TooLong, "values are longer than the limit"},
		{u.Parted, "connections were counted in parts, as too many went on at once"},
		{u.Unpaired, "TLS hellos and mails were given up before their answers and attachments, as too many waited"},
		{int64(s.Defrag.Incomplete + s.Defrag.Evicted), "IP datagrams lack fragments"},
		{int64(s.Defrag.Dropped), "IP datagrams were dropped because their fragments overlap"},
		{int64(s.Defrag.Cut + s.Defrag.Malformed), "IP fragments are cut or cannot be right"},
		{s.Missing, "bytes of TCP connections are missing"},
		{int64(s.Incomplete), "messages are incomplete"},
		{int64(s.TooLong), "messages are longer than the limit"},
		{int64(s.TooDeep + s.Defrag.TooDeep), "mails, tunnels or datagrams are nested too deep"},
		{s.Stray, "bytes of TCP connections lie behind their end, or belong to none"},
		{int64(s.Conflicts), "TCP segments contradict others"},
		{int64(s.Unmet), "transfers that FTP announced are missing"},
		{int64(s.Evicted), "connections were given up at the memory limit"},
	} {
		if line.n > 0 {
			fmt.Fprintf(w, "not seen: %d %s\n", line.n, line.what)
		}
	}
	for link, n := range u.LinkTypes {
		fmt.Fprintf(w, "not seen: %s of link type %v, which is not decoded\n", count(n, "packet"), link)
	}
	if len(u.Damaged) > 0 {
		fmt.Fprint(w, "not seen: packets that are damaged or cut, by the layer: ")
		list(w, u.Damaged, "")
		fmt.Fprintln(w)
	}
}

// list writes counts in the order of their names.
func list[N int | int64](w io.Writer, counts map[string]N, before string) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(w, "%s%d %s", before, counts[name], name)
		before = ", "
	}
}

// count returns n things.
func count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
