package sightings

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A match is a known attribute with the times at which a capture shows its value.
type match struct {
	known
	times []int64
}

// matches yields the known attributes of a capture by event, in the order of event
// IDs, types and values, except those of events that were made from the capture.
func (j *job) matches(c *capture) iter.Seq2[string, []match] {
	byEvent := map[string][]match{}
	for v, times := range c.values {
		for _, k := range j.known[v] {
			if c.made[k.event] {
				continue
			}
			byEvent[k.event] = append(byEvent[k.event], match{k, times})
		}
	}
	events := slices.SortedFunc(maps.Keys(byEvent), func(a, b string) int {
		return cmp.Or(len(a)-len(b), cmp.Compare(a, b))
	})
	return func(yield func(string, []match) bool) {
		for _, event := range events {
			list := byEvent[event]
			slices.SortFunc(list, func(a, b match) int {
				return cmp.Or(cmp.Compare(a.typ, b.typ), cmp.Compare(a.value, b.value), slices.Compare(a.uuid[:], b.uuid[:]))
			})
			if !yield(event, list) {
				return
			}
		}
	}
}

// sightings yields the sightings of a list of matches. Each UUID is derived from
// attribute, capture, type and bucket, so that a server stores the sighting once.
func (j *job) sightings(c *capture, list []match) iter.Seq[misp.Sighting] {
	identity, typ := hex.EncodeToString(c.id[:]), misp.Seen
	if j.falsePositive {
		identity, typ = identity+" false positive", misp.FalsePositive
	}
	source := cmp.Or(j.source, "pcap:"+c.name)
	return func(yield func(misp.Sighting) bool) {
		for _, m := range list {
			for _, t := range m.times {
				s := misp.NewSighting(m.uuid, identity, time.Unix(t-t%j.bucket, 0))
				s.Date, s.Type, s.Source = time.Unix(t, 0), typ, source
				if !yield(s) {
					return
				}
			}
		}
	}
}

// send sends the sightings of a capture, event by event.
func (j *job) send(ctx context.Context, c *capture) error {
	total := int64(0)
	for _, list := range j.matches(c) {
		for _, m := range list {
			total += int64(len(m.times))
		}
	}
	j.count.sightings += total
	j.bar.begin("sending sightings", total, number)
	for event, list := range j.matches(c) {
		batch := make([]misp.Sighting, 0, j.batch)
		for s := range j.sightings(c, list) {
			if batch = append(batch, s); len(batch) == j.batch {
				if err := j.sendBatch(ctx, event, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
		if err := j.sendBatch(ctx, event, batch); err != nil {
			return err
		}
	}
	return nil
}

// A saved is the response of /sightings/bulkSaveSightings.
type saved struct {
	Saved   bool
	Success string // "2 sightings added."
	Message string
}

// sendBatch sends sightings of one event and counts those that the server refuses.
// An error that it returns ends the run.
func (j *job) sendBatch(ctx context.Context, event string, batch []misp.Sighting) error {
	if len(batch) == 0 {
		return nil
	}
	var a saved
	err := j.api.post(ctx, "/sightings/bulkSaveSightings/"+event, batch, &a)
	n := 0
	if err == nil {
		n, err = a.added(len(batch))
	}
	switch {
	case err == nil:
		j.count.added += int64(n)
		j.count.there += int64(len(batch) - n)
	case !ends(err):
		j.count.refused += int64(len(batch))
		j.complain("event "+event, err)
	default:
		return err
	}
	j.bar.step(int64(len(batch)))
	return nil
}

// added returns how many of n sightings the server stored. It had the others
// already.
func (a *saved) added(n int) (int, error) {
	took := 0
	switch {
	case !a.Saved && a.Success == "No sightings added.":
		return 0, nil
	case !a.Saved:
		return 0, &refusal{text: fmt.Sprintf("the server stored no sightings: %.300s", cmp.Or(a.Message, a.Success))}
	}
	if _, err := fmt.Sscanf(a.Success, "%d", &took); err != nil || took < 0 || took > n {
		return 0, fmt.Errorf("the server received %d sightings and responds %.300q", n, a.Success)
	}
	return took, nil
}

// show prints the sightings that would be sent.
func (j *job) show(c *capture) error {
	j.bar.line.Clear()
	out := tabwriter.NewWriter(j.stdout, 0, 0, 2, ' ', 0)
	for event, list := range j.matches(c) {
		for _, m := range list {
			for s := range j.sightings(c, []match{m}) {
				if j.count.sightings++; j.count.sightings == 1 {
					fmt.Fprintln(out, "TIME\tTYPE\tVALUE\tEVENT\tATTRIBUTE\tSOURCE")
				}
				fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Date.UTC().Format(time.RFC3339), m.typ, defuse.Terminal(m.value),
					event, m.uuid, defuse.Terminal(s.Source))
			}
		}
	}
	return out.Flush()
}
