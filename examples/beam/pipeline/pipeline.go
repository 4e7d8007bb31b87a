// Package pipeline has the stages of an Apache Beam pipeline that does the work of
// sightline event: list, scan, order, plan, divide, reassemble, do, merge, write. A file has
// one stage.
package pipeline

import (
	"reflect"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
)

var (
	foundType  = reflect.TypeFor[found]()
	jobType    = reflect.TypeFor[job]()
	pieceType  = reflect.TypeFor[piece]()
	reportType = reflect.TypeFor[report]()
)

// Build adds the pipeline that reads the files matching patterns and writes with w: one
// Report of all sensors or, if w writes a feed, an event for each sensor or, if merge
// is set, one for all.
func Build(s beam.Scope, patterns []string, c Settings, merge bool, w *Writer) {
	files := list(s, patterns)
	scanned := beam.ParDo(s, &scanFn{Settings: c}, files)
	distinct := beam.ParDo(s, &distinctFn{}, beam.GroupByKey(s, scanned))
	ordered := beam.ParDo(s, &orderFn{}, beam.GroupByKey(s, distinct))
	parted := beam.ParDo(s, &seamFn{c}, beam.Reshuffle(s, ordered))
	jobs, secrets, captures, problems := beam.ParDo4(s, &planFn{c}, beam.GroupByKey(s, parted))

	runs, fragments, undecoded := beam.ParDo3(s, &divideFn{c}, beam.Reshuffle(s, jobs))
	datagrams, defrag := beam.ParDo2(s, &datagramsFn{c}, beam.GroupByKey(s, fragments))
	tasks := beam.GroupByKey(s, beam.Flatten(s, secrets, runs, datagrams))
	shards := beam.ParDo(s, &shardFn{Settings: c}, tasks)

	pieces := beam.CombinePerKey(s, &pieceSum{}, beam.Flatten(s, captures, undecoded, defrag, shards))
	reports := beam.ParDo(s, &reportFn{merge}, pieces)
	if merge {
		reports = beam.CombinePerKey(s, &reportSum{}, reports)
	}
	all := beam.DropKey(s, reports)
	beam.ParDo0(s, w, beam.Impulse(s), beam.SideInput{Input: all}, beam.SideInput{Input: problems})
}
