package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

func init() {
	register.DoFn7x0[context.Context, string, func(*found) bool, func(string, job), func(string, []byte), func(string, piece), func(found)](&planFn{})
	register.Emitter2[string, job]()
	register.Emitter2[string, []byte]()
	register.Emitter2[string, piece]()
	register.Emitter1[found]()
	beam.RegisterCoder(jobType, encodeJob, decodeJob)
}

// A job is consecutive spans of the captures of a sensor, for one worker to divide.
type job struct {
	Spans   []span
	Opening bool // find where shards get their reserves, instead
}

// A span is a range of a capture.
type span struct {
	Name    string
	Capture int     // index in the order of reading
	Before  int64   // packets of the sensor before it
	Records int64   // in it
	Skip    records // packets that the capture before it has, too
	Whole   bool    // it is all of the capture, which may be compressed
	Size    int64   // of the capture
	Range   pcap.Range
}

func encodeJob(j job) ([]byte, error) { return json.Marshal(j) }

func decodeJob(b []byte) (j job, err error) {
	err = json.Unmarshal(b, &j)
	return j, err
}

// planFn has the files of a sensor. It emits jobs, the tasks of the secrets in the captures, the piece of the Report with the captures,
// and the files that have a problem.
type planFn struct{ Settings Settings }

func (f *planFn) ProcessElement(ctx context.Context, sensor string, files func(*found) bool, emitJob func(string, job), emitRun func(string, []byte), emitPiece func(string, piece), emitProblem func(found)) {
	all := collect(files)
	slices.SortFunc(all, func(a, b found) int { return cmp.Compare(a.place.Order, b.place.Order) })
	failed := false
	for _, v := range all {
		if v.Problem != "" {
			emitProblem(found{Name: v.Name, Sensor: v.Sensor, Problem: v.Problem})
		}
		failed = failed || v.Problem != "" && !strings.HasPrefix(v.Problem, "same contents")
	}
	all = slices.DeleteFunc(all, func(v found) bool { return v.scan == nil })
	if len(all) == 0 {
		return
	}
	scans := make([]*extract.Scan, len(all))
	keys := secrets(all, failed)
	for i, v := range all {
		scans[i] = v.scan
	}
	overlaps(scans, sensor, emitProblem)
	runs := newRuns(func(shard int, run []byte) { emitRun(shardKey(sensor, shard), run) })
	for _, log := range keys {
		for shard := range extract.Shards {
			runs.add(shard, extract.KeysTask(0, log))
		}
	}
	runs.flush()
	f.jobs(all, func(j job) { emitJob(sensor, j) })
	count(ctx, "captures", len(scans))
	emitPiece(sensor, piece{extract.Scanned(scans)})
}

// secrets returns the key logs in the captures. Those after the first packet of a
// capture are used unless a file has failed, as sightline event does.
func secrets(all []found, failed bool) (logs [][]byte) {
	late := int64(0)
	for _, v := range all {
		late += v.scan.Unseen.LateSecrets
	}
	for _, v := range all {
		logs = append(logs, v.scan.Keys...)
		if late > 0 && !failed {
			logs = append(logs, v.scan.LateKeys...)
			v.scan.Unseen.LateSecrets = 0
		}
	}
	return logs
}

// overlaps reports the captures that begin more than a second before the end of one
// before them: they may have the same packets.
func overlaps(scans []*extract.Scan, sensor string, emit func(found)) {
	var latest *extract.Capture
	for _, s := range scans {
		c := &s.Capture
		if latest != nil && !c.First.IsZero() && latest.Last.Sub(c.First) > time.Second {
			emit(found{Name: c.Name, Sensor: sensor, Problem: fmt.Sprintf("overlaps %s by %v", latest.Name, latest.Last.Sub(c.First))})
		}
		if latest == nil || c.Last.After(latest.Last) {
			latest = c
		}
	}
}

// jobs emits the jobs: ranges of large captures, small captures together, and the
// opening.
func (f *planFn) jobs(all []found, emit func(job)) {
	var next, opening job
	opening.Opening = true
	size, captured, before := int64(0), int64(0), int64(0)
	for i, v := range all {
		for p := range v.spans(i, before) {
			next.Spans = append(next.Spans, p)
			if size += p.Range.To - p.Range.From.Offset; size >= f.Settings.Range {
				emit(next)
				next, size = job{}, 0
			}
		}
		c := &v.scan.Capture
		if captured < extract.OpeningBytes {
			opening.Spans = append(opening.Spans, span{Name: c.Name, Capture: i, Records: v.records(), Whole: true, Skip: v.place.Repeated})
		}
		captured += c.Bytes
		before += c.Packets
	}
	if len(next.Spans) > 0 {
		emit(next)
	}
	emit(opening)
}

// records returns the number of records in the file.
func (v *found) records() int64 { return v.scan.Capture.Packets + v.place.Repeated.count() }

// spans yields the ranges of capture i, with before packets in those before it.
func (v *found) spans(i int, before int64) func(yield func(span) bool) {
	return func(yield func(span) bool) {
		ranges := v.scan.Ranges
		for k, rg := range ranges {
			end := v.records()
			if k+1 < len(ranges) {
				end = ranges[k+1].From.Number
			}
			p := span{
				Name: v.scan.Capture.Name, Capture: i, Before: before, Records: end - rg.From.Number,
				Skip:  v.place.Repeated.within(rg.From.Number+1, end),
				Whole: len(ranges) == 1, Size: ranges[len(ranges)-1].To, Range: rg,
			}
			if !yield(p) {
				return
			}
			before += p.packets()
		}
	}
}

// packets returns the number of records that are not skipped.
func (p *span) packets() int64 { return p.Records - p.Skip.count() }
