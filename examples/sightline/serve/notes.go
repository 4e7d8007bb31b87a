package serve

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/stream"
)

// What MISP shows above the proposal: why it is not all that there is. Each note
// is a sentence.

// stopNote says why reading ended before the end of the capture, "" when it did
// not. total is the size of the body, -1 when it is not known.
func stopNote(err error, in *intake, total int64, packets int64) string {
	far := size(in.taken)
	if total > 0 {
		far += " of " + size(total) + fmt.Sprintf(" (%d %%)", in.taken*100/total)
	}
	far += " of the request and " + count(packets, "packet") + " were looked at"
	var bad *base64Error
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errBudget):
		return fmt.Sprintf("Time ran out after %s: %s. Please split the capture.", in.until.Sub(in.began).Round(time.Millisecond), far)
	case errors.Is(err, errSlow):
		return fmt.Sprintf("The request came too slowly: %s.", far)
	case errors.Is(err, errMemory):
		return fmt.Sprintf("The memory of the service was used up: %s. Please try again later, or split the capture.", far)
	case errors.Is(err, errTooLarge):
		return fmt.Sprintf("The request is larger than the %s that this service takes: %s. Please split the capture.", size(in.maxBody), far)
	case errors.As(err, &bad):
		return requestDamaged(bad, packets)
	case errors.Is(err, errBroken):
		return requestDamaged(errBroken, packets)
	case errors.Is(err, errSyntax):
		return requestDamaged(errSyntax, packets)
	}
	return fmt.Sprintf("The capture is damaged (%v): what was before that is here, from %s.", err, count(packets, "packet"))
}

func requestDamaged(why error, packets int64) string {
	return fmt.Sprintf("The request is damaged (%v): what came before is here, from %s.", why, count(packets, "packet"))
}

// hashNote says that files were not hashed, or that more would have been read
// without that.
func (s *server) hashNote(j *job) string {
	switch {
	case j.unhashed:
		return "Files were not hashed, as the option \"hashes\" says."
	case errors.Is(j.err, errBudget) && s.hash != stream.HashNone:
		return "Without the option \"hashes\" captures take two thirds of the time."
	}
	return ""
}

// cutNote says what there was no room for.
func (p *proposal) cutNote(rows int) string {
	attributes, objects := p.uncutAttributes-len(p.Attributes), p.uncutObjects-len(p.Objects)
	if attributes <= 0 && objects <= 0 {
		return ""
	}
	hint := "Look for less, or ask for more rows."
	if rows == maxRows {
		hint = "Look for less."
	}
	return fmt.Sprintf("%s and %s are not here, as %d rows are all that was asked for. %s",
		count(max(attributes, 0), "attribute"), count(max(objects, 0), "object"), rows, hint)
}

// emptyNote says why there is nothing, when there is nothing.
func (p *proposal) emptyNote(rep *extract.Report) string {
	if len(p.Attributes) > 0 || len(p.Objects) > len(rep.Captures) {
		return ""
	}
	note := "Nothing to propose in " + count(rep.Packets, "packet")
	byRule := map[string]int64{}
	for _, l := range p.leftOut {
		byRule[string(l.Rule)]++
	}
	if len(byRule) > 0 {
		note += ". Left out: " + most(byRule)
	}
	return note + "."
}

// reportNotes say what of the packets could not be looked at, or kept.
func reportNotes(rep *extract.Report) (notes []string) {
	var kept int64
	for _, n := range rep.LeftOut() {
		kept += n
	}
	u := &rep.Unseen
	kept += u.TooLong
	if kept > 0 {
		notes = append(notes, fmt.Sprintf("Not kept, beyond the bounds of the service: %s.", count(kept, "observation")))
	}
	if n := u.Stream.Evicted; n > 0 {
		notes = append(notes, fmt.Sprintf("Given up, as too many went on at once: %s.", count(int64(n), "connection")))
	}
	if u.Backwards > 0 {
		notes = append(notes, "Times are left out, as packets run backwards in time.")
	}
	if len(u.LinkTypes) > 0 {
		byName := map[string]int64{}
		for link, n := range u.LinkTypes {
			byName[link.String()] = n
		}
		notes = append(notes, "Packets of link types that are not decoded: "+most(byName)+".")
	}
	return notes
}

// most lists the largest counts.
func most(counts map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(a, b))
	})
	const shown = 5
	var parts []string
	for i, name := range names {
		if i == shown {
			parts = append(parts, "and others")
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", name, counts[name]))
	}
	return strings.Join(parts, ", ")
}

// count returns n things.
func count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// size returns n bytes in megabytes.
func size(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
