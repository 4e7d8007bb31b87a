package pipeline

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
)

var workload = flag.String("workload", "", "pattern of the captures for BenchmarkStages, of one sensor")

// BenchmarkStages does the work of each stage in one goroutine, without a runner, and
// prints what it costs. docs/scale.md has its figures.
func BenchmarkStages(b *testing.B) {
	names, err := filepath.Glob(*workload)
	if err != nil || len(names) == 0 {
		b.Skip("needs -workload")
	}
	for b.Loop() {
		s := stages{b: b, names: names, settings: defaults}
		s.settings.Sensor = ""
		s.run()
	}
}

// stages are the stages in work, with what each hands to the next.
type stages struct {
	b        *testing.B
	names    []string
	settings Settings
	bytes    int64 // of the captures
	started  time.Time
	last     time.Duration // that the latest stage took

	scanned, planned []found
	jobs             []job
	fragments        [][]byte
	runs             [extract.Shards][][]byte
	pieces           [][]byte
}

func (s *stages) run() {
	for _, name := range s.names {
		info, err := os.Stat(name)
		s.check(err)
		s.bytes += info.Size()
	}
	fmt.Printf("\n%d files, %d bytes\n", len(s.names), s.bytes)
	s.time("scan", s.scan)
	s.time("order, seam, plan", s.plan)
	s.time("divide", s.divide)
	fmt.Printf("%-18s %6.2f bytes of tasks a byte\n", "", float64(s.size())/float64(s.bytes))
	s.time("datagrams", s.datagrams)
	s.shards()
	s.sum()
}

func (s *stages) check(err error) {
	if err != nil {
		s.b.Fatal(err)
	}
}

// time does a stage and prints how long it takes.
func (s *stages) time(stage string, do func()) {
	start := time.Now()
	do()
	s.last = time.Since(start)
	fmt.Printf("%-18s %6.2f s, %5.2f s a GB\n", stage, s.last.Seconds(), s.last.Seconds()/float64(s.bytes)*1e9)
}

func (s *stages) scan() {
	f := scanFn{Settings: s.settings}
	s.check(f.Setup())
	for _, name := range s.names {
		s.check(f.ProcessElement(context.Background(), name, func(_ string, v found) { s.scanned = append(s.scanned, v) }))
	}
}

func (s *stages) plan() {
	ctx := context.Background()
	seam, plan := seamFn{s.settings}, planFn{s.settings}
	new(orderFn).ProcessElement("", each(s.scanned), func(_ string, v found) {
		s.check(seam.ProcessElement(ctx, "", v, func(_ string, v found) { s.planned = append(s.planned, v) }))
	})
	plan.ProcessElement(ctx, "", each(s.planned), func(_ string, j job) { s.jobs = append(s.jobs, j) }, s.emit, s.piece, func(found) {})
}

func (s *stages) divide() {
	f := divideFn{s.settings}
	for _, j := range s.jobs {
		s.check(f.ProcessElement(context.Background(), "", j, s.emit, func(_ string, run []byte) { s.fragments = append(s.fragments, run) }, s.piece))
	}
}

func (s *stages) datagrams() {
	f := datagramsFn{s.settings}
	s.check(f.ProcessElement(context.Background(), shardKey("", extract.Fragments), each(s.fragments), s.emit, s.piece))
}

// shards does all shards, and then the largest again to find the memory that it needs.
func (s *stages) shards() {
	f := shardFn{Settings: s.settings}
	widest := 0
	var most time.Duration
	s.time("shard", func() {
		for shard, runs := range s.runs {
			start := time.Now()
			s.check(f.ProcessElement(context.Background(), shardKey("", shard), each(runs), s.piece))
			if took := time.Since(start); took > most {
				widest, most = shard, took
			}
		}
	})
	var x extract.Shard
	x.Options = s.settings.options()
	before := held()
	s.check(inOrder(each(s.runs[widest]), func(task []byte) error { return x.Do(task) }))
	fmt.Printf("%-18s %6.2f s, %d MB of tasks, %d MB of state\n", "widest shard", most.Seconds(), total(s.runs[widest])>>20, (held()-before)>>20)
	runtime.KeepAlive(&x)
}

// sum merges the pieces as the runner does, each of which travels once.
func (s *stages) sum() {
	all := new(extract.Piece)
	s.time("sum", func() {
		for _, b := range s.pieces {
			p, err := decodePiece(b)
			s.check(err)
			s.check(all.Merge(p.sum))
		}
	})
	fmt.Printf("%-18s %d pieces, %d MB\n", "", len(s.pieces), total(s.pieces)>>20)
	s.time("write", func() {
		r, err := all.Report()
		s.check(err)
		s.check(r.WriteJSON(new(bytes.Buffer), true))
	})
}

func (s *stages) emit(key string, run []byte) {
	var shard int
	_, err := fmt.Sscan(key, &shard)
	s.check(err)
	s.runs[shard] = append(s.runs[shard], run)
}

func (s *stages) piece(_ string, p piece) {
	b, err := encodePiece(p)
	s.check(err)
	s.pieces = append(s.pieces, b)
}

func (s *stages) size() (n int64) {
	for _, runs := range s.runs {
		n += total(runs)
	}
	return n + total(s.fragments)
}

func total(values [][]byte) (n int64) {
	for _, b := range values {
		n += int64(len(b))
	}
	return n
}

// each returns an iterator as runners give it.
func each[V any](values []V) func(*V) bool {
	return func(v *V) bool {
		if len(values) == 0 {
			return false
		}
		*v, values = values[0], values[1:]
		return true
	}
}

// held returns the bytes in use.
func held() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
