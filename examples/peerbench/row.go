package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/tabwriter"
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

// A row is one kind of work on one input. The first contestant is Sightline.
type row struct {
	name        string
	contestants []contestant
}

// A figure is what was measured of one contestant.
type figure struct {
	perItem float64 // nanoseconds
	ratio   float64 // to the first contestant
}

// leastTime is how long a measurement takes at least.
const leastTime = 100 * time.Millisecond

// measure checks that all contestants agree, then times them in turn.
func (r *row) measure(rounds int) ([]figure, error) {
	want, passes, err := r.check()
	if err != nil {
		return nil, err
	}
	times := make([][]float64, len(r.contestants))
	for round := range rounds {
		for i := range r.contestants {
			i = (i + round) % len(r.contestants) // nobody is always the first
			t, err := r.contestants[i].time(passes[i])
			if err != nil {
				return nil, err
			}
			times[i] = append(times[i], t/float64(want.items))
		}
	}
	figures := make([]figure, len(times))
	for i := range times {
		ratios := make([]float64, rounds)
		for round := range rounds {
			ratios[round] = times[i][round] / times[0][round]
		}
		figures[i] = figure{median(times[i]), median(ratios)}
	}
	return figures, nil
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
		case got != want:
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

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}

func (r *row) print(w io.Writer, figures []figure) error {
	fmt.Fprintf(w, "%s\n", r.name)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i, f := range figures {
		fmt.Fprintf(table, "%.1f ns\t%.2f\t  %s\n", f.perItem, f.ratio, r.contestants[i].name)
	}
	return table.Flush()
}
