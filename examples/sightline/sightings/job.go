package sightings

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/sightline-go/sightline/internal/defuse"
)

// A job is one run of the program: for each capture it reads, searches and sends.
type job struct {
	world
	command
	api    *client
	bar    *progress
	failed bool
	count  counts
	known  map[value][]known // the server's attributes; empty for values that it does not know
	names  map[[sha256.Size]byte]string
}

// counts are the numbers in the summary.
type counts struct {
	captures, packets         int64
	skipped, unasked, untimed int64 // values, summed over captures
	own                       int64 // known attributes of events that were made from the capture
	sightings                 int64 // of known values
	added, there, refused     int64 // of these sightings; the rest was not sent
}

func newJob(c command, w world, api *client) *job {
	return &job{
		world: w, command: c, api: api, bar: newProgress(&c, w),
		known: map[value][]known{}, names: map[[sha256.Size]byte]string{},
	}
}

// all processes all captures, up to an error that would affect the next capture
// too.
func (j *job) all(ctx context.Context) {
	for _, input := range j.files {
		c, err := j.read(ctx, input)
		if err != nil {
			j.complain(input, err)
		}
		if c != nil {
			err = j.report(ctx, c)
		}
		if ctx.Err() != nil || c != nil && err != nil {
			break
		}
	}
	j.bar.line.Clear()
}

var errTimeout = errors.New("not done within -timeout")

// report searches for the values of a capture and sends sightings of the known ones.
// An error that it returns ends the run.
func (j *job) report(ctx context.Context, c *capture) error {
	if twin, ok := j.names[c.id]; ok {
		j.note("%s is the same capture as %s", c.name, twin)
		return nil
	}
	j.names[c.id] = c.name
	j.choose(c)
	ctx, cancel := context.WithTimeoutCause(ctx, j.timeout, errTimeout)
	defer cancel()
	err := j.ask(ctx, c.values)
	if err == nil && !j.own {
		err = j.disown(ctx, c)
	}
	if err == nil && j.dryRun {
		err = j.show(c)
	} else if err == nil {
		err = j.send(ctx, c)
	}
	if err != nil {
		j.complain(c.name, err)
	}
	return err
}

// choose removes values for which nothing will be sent.
func (j *job) choose(c *capture) {
	j.count.captures++
	j.count.packets += c.report.Packets
	j.count.skipped += c.values.remove(func(v value, _ []int64) bool { return j.filter.skips(v) })
	j.count.untimed += c.values.remove(func(_ value, times []int64) bool { return len(times) == 0 })
	j.count.unasked += c.values.remove(func(v value, _ []int64) bool { return !searchable(v.terms()[0]) })
	for kind, n := range c.report.LeftOut() {
		j.note("%s: %d observations of %s left out beyond the limit of distinct values", c.name, n, kind)
	}
	if c.cut {
		j.note("%s has too many times of values: after the limit, only the first eight and the last of a value count", c.name)
	}
}

func (j *job) complain(about string, err error) {
	j.failed = true
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	j.note("%s: %v", about, err)
}

// note writes a line to standard error. It escapes the text, which may come from a
// capture or a server.
func (j *job) note(format string, args ...any) {
	j.bar.line.Clear()
	fmt.Fprintln(j.stderr, program+": "+defuse.Terminal(fmt.Sprintf(format, args...)))
}

func (j *job) summarise() {
	n := &j.count
	fmt.Fprintf(j.stderr, "%s of %s: %s", many(n.packets, "packet"), many(n.captures, "capture"), many(int64(len(j.known)), "value"))
	for _, left := range []struct {
		n   int64
		why string
	}{{n.skipped, "skipped"}, {n.untimed, "without a time"}, {n.unasked, "that MISP's search would treat as a pattern"}} {
		if left.n > 0 {
			fmt.Fprintf(j.stderr, ", %d %s", left.n, left.why)
		}
	}
	values, attributes := int64(0), int64(0)
	for _, list := range j.known {
		values += int64(min(len(list), 1))
		attributes += int64(len(list))
	}
	fmt.Fprintf(j.stderr, "\nMISP knows %s in %s\n", many(values, "value"), many(attributes, "attribute"))
	if n.own > 0 {
		fmt.Fprintf(j.stderr, "left out: %s of events that were made from the same capture; -own includes them\n", many(n.own, "attribute"))
	}
	if j.dryRun {
		fmt.Fprintf(j.stderr, "%s would be sent\n", many(n.sightings, "sighting"))
		return
	}
	fmt.Fprintf(j.stderr, "%s: %d new, %d already there", many(n.sightings, "sighting"), n.added, n.there)
	if n.refused > 0 {
		fmt.Fprintf(j.stderr, ", %d refused", n.refused)
	}
	if unsent := n.sightings - n.added - n.there - n.refused; unsent > 0 {
		fmt.Fprintf(j.stderr, ", %d not sent", unsent)
	}
	fmt.Fprintln(j.stderr)
}

func many(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
