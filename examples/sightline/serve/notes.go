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
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/layers/stream"
)

// MISP shows the notes above the proposal. Each is a sentence that says why the
// proposal is not complete.

// stopNote says why reading ended before the end of the capture, or returns "" if it
// did not. total is the size of the body, or -1 if it is not known.
func stopNote(err error, in *intake, total int64, packets int64) string {
	far := size(in.taken)
	if total > 0 {
		far += " of " + size(total) + fmt.Sprintf(" (%d %%)", in.taken*100/total)
	}
	far += " of the request and " + count(packets, "packet") + " were read"
	var bad *base64Error
	var panicked *extract.PanicError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errBudget):
		return fmt.Sprintf("Time ran out after %s: %s. Please split the capture.", in.until.Sub(in.began).Round(time.Millisecond), far)
	case errors.As(err, &panicked):
		return fmt.Sprintf("Decoding failed at packet %d, an error of the service that its log describes: %s.", panicked.Packet.Number, far)
	case errors.Is(err, errLeft):
		return fmt.Sprintf("The client closed the connection: %s.", far)
	case errors.Is(err, errSlow):
		return fmt.Sprintf("The client sent too slowly: %s.", far)
	case errors.Is(err, errMemory):
		return fmt.Sprintf("The service ran out of memory: %s. Please try again later, or split the capture.", far)
	case errors.Is(err, errTooLarge):
		return fmt.Sprintf("The request exceeds the limit of %s: %s. Please split the capture.", size(in.maxBody), far)
	case errors.As(err, &bad):
		return requestDamaged(bad, packets)
	case errors.Is(err, errBroken):
		return requestDamaged(errBroken, packets)
	case errors.Is(err, errSyntax):
		return requestDamaged(errSyntax, packets)
	}
	return fmt.Sprintf("The capture is damaged (%v). The results cover the part before the damage: %s.", err, count(packets, "packet"))
}

func requestDamaged(why error, packets int64) string {
	return fmt.Sprintf("The request is damaged (%v). The results cover the part before the damage: %s.", why, count(packets, "packet"))
}

// notes returns the notes on the reading of a capture.
func (s *server) notes(j *job, q *query, in *intake, total int64) []string {
	notes := []string{stopNote(j.err, in, total, j.report.Packets), s.hashNote(j, q)}
	if j.asked && s.warned == nil {
		notes = append(notes, "This service has no warninglists.")
	}
	return notes
}

// keysNote says which keys were used, if the data had any.
func (j *job) keysNote() string {
	if j.ring.logs == 0 {
		return ""
	}
	return join([]string{j.ring.summary(j.report).String(), j.ring.note()})
}

// note says that key logs were not read to their end.
func (k *keyring) note() string {
	if !k.full {
		return ""
	}
	return fmt.Sprintf("Key logs have no room beyond %s: the rest was not read.", size(k.most))
}

// note says which files of an archive were not used.
func (c *contents) note() string {
	var notes []string
	if c.late {
		notes = append(notes, "A key log comes after captures, in an archive that is too large to be read again: put it first, or send it separately.")
	}
	if c.unread > 0 {
		notes = append(notes, "Not read because they are encrypted, damaged or too many: "+count(c.unread, "file")+" of the archive.")
	}
	if c.others > 0 {
		notes = append(notes, "Neither captures nor key logs: "+count(c.others, "file")+" of the archive.")
	}
	return join(notes)
}

// hashNote says that files were not hashed, or that reading without hashes is
// faster.
func (s *server) hashNote(j *job, q *query) string {
	switch {
	case q.module == expandModule:
	case j.unhashed:
		return fmt.Sprintf("Files were not hashed, because %q is off.", optionHashes.label)
	case errors.Is(j.err, errBudget) && s.stream.Hash != stream.HashNone:
		return fmt.Sprintf("Without %q, a capture takes a third less time.", optionHashes.label)
	}
	return ""
}

// cutNote says what did not fit, and what to do about it.
func (p *proposal) cutNote(rows int, expansion bool) string {
	var cut []string
	if n := p.uncutAttributes - len(p.Attributes); n > 0 {
		cut = append(cut, fmt.Sprintf("%d of %s", n, count(p.uncutAttributes, "attribute")))
	}
	objects := p.uncutObjects - len(p.Objects)
	if objects > 0 {
		cut = append(cut, fmt.Sprintf("%d of %s", objects, count(p.uncutObjects, "object")))
	}
	if len(cut) == 0 {
		return ""
	}
	name := func(o option) string { return fmt.Sprintf("%q", o.label) }
	if expansion {
		name = func(o option) string { return "the setting Plugin.Enrichment_" + expandModule + "_" + o.key }
	}
	var advice []string
	if objects > 0 && len(p.Attributes) > 0 {
		advice = append(advice, fmt.Sprintf("choose %q in %s", details[1].text, name(optionDetail)))
	}
	advice = append(advice, "name topics in "+name(optionInclude))
	if rows < maxRows {
		advice = append(advice, fmt.Sprintf("raise %s (%d at most)", name(optionRows), maxRows))
	}
	room := count(rows, "row")
	if p.moreObjects {
		advice = append(advice, "raise "+name(optionObjects))
		room += " and " + count(len(p.Objects), "object")
	}
	do := alternatives(advice)
	return fmt.Sprintf("%s did not fit into %s. %s.", strings.Join(cut, " and "), room, strings.ToUpper(do[:1])+do[1:])
}

// alternatives joins texts by commas and "or".
func alternatives(all []string) string {
	last := len(all) - 1
	switch last {
	case 0:
		return all[0]
	case 1:
		return all[0] + " or " + all[1]
	}
	return strings.Join(all[:last], ", ") + ", or " + all[last]
}

// emptyNote says why a proposal is empty.
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

// about returns the notes on a capture that was read whole: that nothing is in it, and
// what could not be decoded or kept.
func (p *proposal) about(rep *extract.Report) string {
	return join([]string{p.emptyNote(rep), incompleteNote(rep)})
}

// incompleteNote says what could not be decoded or kept.
func incompleteNote(rep *extract.Report) string {
	missing := event.Unseen(rep)
	if len(missing) == 0 {
		return ""
	}
	return "Incomplete: " + strings.Join(missing, "; ") + "."
}

// explain adds notes to the object about the capture, and reports whether there is
// one. Where MISP enriches an attribute, an error is shown instead of the results.
func (p *proposal) explain(notes string) bool {
	o := p.metadata()
	if o != nil && notes != "" {
		o.Comment = join([]string{o.Comment + ".", notes})
	}
	return o != nil
}

// most lists the largest counts, five at most.
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

func count[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// size formats n bytes in megabytes.
func size(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// join joins the notes that are not empty.
func join(notes []string) string {
	var b strings.Builder
	for _, n := range notes {
		if n != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n)
	}
	return b.String()
}
