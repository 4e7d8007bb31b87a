package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

func init() {
	register.DoFn3x0[string, func(*found) bool, func(string, found)](&orderFn{})
	register.DoFn4x1[context.Context, string, found, func(string, found), error](&seamFn{})
}

// A place is where a file is in the order in which a sensor's files are read.
type place struct {
	Order    int
	After    string  // the file before it, if both may have the same packets
	Repeated records // the packets that both have
}

// orderFn puts the files of a sensor in the order in which an Extractor would read
// them.
type orderFn struct{}

func (*orderFn) ProcessElement(sensor string, files func(*found) bool, emit func(string, found)) {
	var before *found
	for i, v := range inTimeOrder(collect(files)) {
		v.place.Order = i
		if v.scan != nil && !v.scan.Start.IsZero() {
			if before != nil && meet(before.scan, v.scan) {
				v.place.After = before.Name
			}
			before = &v
		}
		emit(sensor, v)
	}
}

// inTimeOrder sorts files by the time of their first packet. A file without a known
// time stays after its predecessor by name.
func inTimeOrder(all []found) []found {
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.Name, b.Name) })
	var last time.Time
	starts := map[string]time.Time{}
	for _, v := range all {
		if v.scan != nil && !v.scan.Start.IsZero() {
			last = v.scan.Start
		}
		starts[v.Name] = last
	}
	slices.SortStableFunc(all, func(a, b found) int { return starts[a.Name].Compare(starts[b.Name]) })
	return all
}

// meet reports whether a has packets that are as late as the first one of b.
func meet(a, b *extract.Scan) bool {
	return !a.Capture.Last.Before(b.Start) || a.Unseen.Untimed > 0
}

// seamFn scans a file again that may have packets of the one before it, without them.
type seamFn struct{ Settings Settings }

func (f *seamFn) ProcessElement(ctx context.Context, sensor string, v found, emit func(string, found)) error {
	if v.place.After != "" {
		if err := f.skip(ctx, &v); err != nil {
			return fmt.Errorf("%s and %s: %w", v.place.After, v.Name, err)
		}
	}
	emit(sensor, v)
	return nil
}

func (f *seamFn) skip(ctx context.Context, v *found) error {
	var seam extract.Seam
	if _, err := scan(ctx, v.place.After, math.MaxInt64, seam.Begin(v.scan.Start)); err != nil {
		return err
	}
	skip := seam.Begin(time.Time{})
	if skip == nil {
		return nil
	}
	again, err := scan(ctx, v.Name, f.Settings.Range, func(rec *pcap.Record) bool {
		skips := skip(rec)
		if skips {
			v.place.Repeated.add(rec.Number)
		}
		return skips
	})
	if err != nil {
		return err
	}
	v.scan = again
	return nil
}

// records are the numbers of records of a capture, in order: the first and the last of
// consecutive ones.
type records [][2]int64

func (r *records) add(n int64) {
	if last := len(*r) - 1; last >= 0 && (*r)[last][1] == n-1 {
		(*r)[last][1] = n
		return
	}
	*r = append(*r, [2]int64{n, n})
}

// within returns those from first to last.
func (r records) within(first, last int64) (part records) {
	for _, s := range r {
		if s[0] <= last && first <= s[1] {
			part = append(part, [2]int64{max(s[0], first), min(s[1], last)})
		}
	}
	return part
}

func (r records) count() (n int64) {
	for _, s := range r {
		n += s[1] - s[0] + 1
	}
	return n
}

// next reports whether n is among them, and forgets those before it.
func (r *records) next(n int64) bool {
	for len(*r) > 0 && (*r)[0][1] < n {
		*r = (*r)[1:]
	}
	return len(*r) > 0 && (*r)[0][0] <= n
}
