package pipeline

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/sightline-go/sightline/extract"
)

// count adds to the counter called name. Runners show counters while the job runs.
func count(ctx context.Context, name string, n int) {
	beam.NewCounter("sightline", name).Inc(ctx, int64(n))
}

// countUnseen counts what a Report could not see.
func countUnseen(ctx context.Context, r *extract.Report) {
	u := &r.Unseen
	damaged := int64(0)
	for _, n := range u.Damaged {
		damaged += n
	}
	failed := int64(0)
	for i := range r.Captures {
		if r.Captures[i].Err != nil {
			failed++
		}
	}
	left := int64(0)
	for _, n := range r.LeftOut() {
		left += n
	}
	for name, n := range map[string]int64{
		"captures with damage": failed, "packets cut": u.Cut, "packets damaged": damaged, "packets without a time": u.Untimed,
		"packets early": u.Early + u.Backwards, "values too long": u.TooLong, "observations left out": left,
		"late secrets": u.LateSecrets, "bytes missing": u.Stream.Missing, "messages too costly": int64(u.Stream.TooCostly),
		"limits on all connections reached": u.Crowded + int64(u.Stream.Full),
	} {
		if n > 0 {
			count(ctx, name, int(n))
		}
	}
}

// PrintCounters prints the counters of all stages together.
func PrintCounters(w io.Writer, result beam.PipelineResult) {
	if result == nil { // the runner has none
		return
	}
	sums := map[string]int64{}
	for _, c := range result.Metrics().Query(func(beam.MetricResult) bool { return true }).Counters() {
		if c.Namespace() == "sightline" {
			sums[c.Name()] += c.Result()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(w, "%s: %d\n", name, sums[name])
	}
}
