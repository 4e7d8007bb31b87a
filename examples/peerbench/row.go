package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// A result is what a contestant found. All contestants of a row must find the
// same.
type result struct {
	items int // packets or messages
	bytes int
	sum   uint64 // of the fields that the row reads
}

// A contestant does the work of a row once.
type contestant struct {
	name string
	run  func() (result, error)
}

// A title says what was measured on what, and the unit of the figures.
type title struct{ input, work, unit string }

func (t title) String() string { return t.input + ", " + t.work }

// A row is one kind of work on one input. The first contestant is Sightline.
type row struct {
	title
	contestants []contestant
	loose       bool // the contestants need not find the same
}

// leastTime is how long a measurement takes at least.
const leastTime = 100 * time.Millisecond

// measure checks that all contestants agree, then times them in turn.
func (r *row) measure(rounds int) (*measured, error) {
	want, passes, err := r.check()
	if err != nil {
		return nil, err
	}
	times := newTimes(len(r.contestants), rounds)
	for round := range rounds {
		for i := range r.contestants {
			i = (i + round) % len(r.contestants) // nobody is always the first
			t, err := r.contestants[i].time(passes[i])
			if err != nil {
				return nil, err
			}
			times[i][round] = t / float64(want.items)
		}
	}
	m := &measured{title: r.title}
	for i, c := range r.contestants {
		m.entries = append(m.entries, entry{name: c.name, figure: median(times[i]), ratio: ratio(times[i], times[0])})
	}
	return m, nil
}

// check returns what all contestants find, and how many passes of each take
// leastTime.
func (r *row) check() (want result, passes []int, err error) {
	for i, c := range r.contestants {
		start := time.Now()
		got, err := c.run()
		took := time.Since(start)
		switch {
		case err != nil:
			return want, nil, fmt.Errorf("%s: %w", c.name, err)
		case i == 0:
			want = got
		case got.items != want.items || got != want && !r.loose:
			return want, nil, fmt.Errorf("%s finds %+v, %s %+v: no comparison", c.name, got, r.contestants[0].name, want)
		}
		passes = append(passes, 1+int(leastTime/(took+1)))
	}
	return want, passes, nil
}

// time returns the CPU time of one of so many passes, in nanoseconds.
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

// newTimes returns room for a figure of each contestant in each round.
func newTimes(contestants, rounds int) [][]float64 {
	times := make([][]float64, contestants)
	for i := range times {
		times[i] = make([]float64, rounds)
	}
	return times
}

// ratio returns the median of the ratios of each round.
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
