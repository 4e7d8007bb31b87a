package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A result is what a contestant found. All contestants of a row must find the
// same, unless the row is loose.
type result struct {
	items int // packets or messages
	bytes int
	sum   uint64 // of the fields that the row reads
	names int    // of DNS, in the rows that decode packets
}

// found adds a name.
func (res *result) found(length int) {
	res.names++
	res.bytes += length
}

// A contestant does the work of a row once.
type contestant struct {
	name string
	run  func() (result, error)
}

// A title names the input and the work of a row, and the unit of its figures.
type title struct{ input, work, unit string }

func (t title) String() string { return t.input + ", " + t.work }

// A row is one kind of work on one input. The first contestant is Sightline.
type row struct {
	title
	contestants []contestant
	loose       bool // the contestants need only find the same number of items
}

// leastTime is the minimum duration of a measurement.
const leastTime = 100 * time.Millisecond

// measure checks that all contestants agree, then times them in turn.
func (r *row) measure(rounds int) (*measured, error) {
	finds, passes, err := r.check()
	if err != nil {
		return nil, err
	}
	times := newTimes(len(r.contestants), rounds)
	for round := range rounds {
		for i := range r.contestants {
			i = (i + round) % len(r.contestants) // so that none is always first
			t, err := r.contestants[i].time(passes[i])
			if err != nil {
				return nil, err
			}
			times[i][round] = t / float64(finds[0].items)
		}
	}
	m := &measured{title: r.title}
	for i, c := range r.contestants {
		m.entries = append(m.entries, entry{name: c.name, figure: median(times[i]), ratio: ratio(times[i], times[0]), note: r.note(finds[i])})
	}
	return m, nil
}

// note says how many names a contestant finds, if they need not agree.
func (r *row) note(found result) string {
	if !r.loose || found.names == 0 {
		return ""
	}
	return fmt.Sprintf("finds %d names", found.names)
}

// check returns what each contestant finds, and how many passes of it take
// leastTime.
func (r *row) check() (finds []result, passes []int, err error) {
	for _, c := range r.contestants {
		start := time.Now()
		got, err := c.run()
		took := time.Since(start)
		finds = append(finds, got)
		switch want := finds[0]; {
		case err != nil:
			return nil, nil, fmt.Errorf("%s: %w", c.name, err)
		case got.items != want.items || got != want && !r.loose:
			return nil, nil, fmt.Errorf("results differ: %s finds %+v, %s %+v", c.name, got, r.contestants[0].name, want)
		}
		passes = append(passes, 1+int(leastTime/(took+1)))
	}
	return finds, passes, nil
}

// time runs the contestant passes times and returns the CPU time of one pass, in
// nanoseconds.
func (c *contestant) time(passes int) (float64, error) {
	runtime.GC()
	start := cpuTime()
	for range passes {
		if _, err := c.run(); err != nil {
			return 0, err
		}
	}
	return float64(cpuTime()-start) / float64(passes), nil
}

func newTimes(contestants, rounds int) [][]float64 {
	times := make([][]float64, contestants)
	for i := range times {
		times[i] = make([]float64, rounds)
	}
	return times
}

// ratio returns the median of the ratios of all rounds.
func ratio(times, to []float64) float64 {
	ratios := make([]float64, len(times))
	for i := range times {
		ratios[i] = times[i] / to[i]
	}
	return median(ratios)
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}
