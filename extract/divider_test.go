package extract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A sensor is captures, by index in the order of reading.
type sensor struct {
	names []string
	data  [][]byte
}

func sensorOf(t testing.TB, names []string) (s sensor) {
	t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pcap.NewReaderBytes(b); err == nil {
			s.names, s.data = append(s.names, filepath.Base(name)), append(s.data, b)
		}
	}
	return s
}

// whole returns the Report of an Extractor.
func (s sensor) whole(t testing.TB, o Options) *Report {
	x := Extractor{Options: o}
	for i, b := range s.data {
		x.ReadInput(context.Background(), s.names[i], bytes.NewReader(b))
	}
	return x.Finish()
}

// A divided holds the pieces and the tasks of a sensor's captures.
type divided struct {
	options Options
	rng     *rand.Rand
	pieces  []*Piece
	tasks   [Shards + 1][][]byte
}

func (d *divided) yield(shard int, task []byte) {
	d.tasks[shard] = append(d.tasks[shard], bytes.Clone(task))
}

// inPieces returns the Report of a sensor, made in pieces: each capture in ranges of
// every bytes. Tasks, shards and pieces come in any order, and some are made twice.
func (s sensor) inPieces(t testing.TB, o Options, every int64, seed uint64) *Report {
	t.Helper()
	d := divided{options: o, rng: rand.New(rand.NewPCG(seed, uint64(every)))}
	scans := s.divide(t, &d, every)
	d.pieces = append(d.pieces, Scanned(scans))
	s.open(&d)
	d.datagrams(t)
	for _, shard := range d.rng.Perm(Shards) {
		d.do(t, shard)
	}
	return d.merged(t)
}

// divide divides the ranges of all captures.
func (s sensor) divide(t testing.TB, d *divided, every int64) (scans []*Scan) {
	t.Helper()
	before := int64(0)
	for i, b := range s.data {
		scan, err := ScanInput(context.Background(), s.names[i], bytes.NewReader(b), every, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k := range Shards {
			for _, keys := range scan.Keys {
				d.yield(k, KeysTask(before, keys))
			}
		}
		next := int64(0)
		for k, rg := range scan.Ranges {
			if rg.From.Number != next {
				t.Errorf("%s: range %d of %d begins after %d records, not %d", s.names[i], k, len(scan.Ranges), rg.From.Number, next)
			}
			next += s.divideRange(t, d, i, before, rg, len(scan.Ranges) == 1)
		}
		if next != scan.Capture.Packets {
			t.Errorf("%s: %d packets in ranges, %d in the scan", s.names[i], next, scan.Capture.Packets)
		}
		before += next
		scans = append(scans, scan)
	}
	return scans
}

// divideRange divides one range and returns its number of packets.
func (s sensor) divideRange(t testing.TB, d *divided, capture int, before int64, rg pcap.Range, all bool) (packets int64) {
	t.Helper()
	src := bytes.NewReader(s.data[capture])
	var r *pcap.Reader
	var err error
	if all {
		r, err = pcap.NewReader(src)
	} else {
		r, err = pcap.Config{}.OpenRange(src, src.Size(), rg)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := Divider{Options: d.options, Capture: capture, Before: before + rg.From.Number}
	eachRecord(r, func(p *layers.Packet, rec *pcap.Record) bool {
		v.Divide(p, rec, d.yield)
		packets++
		return true
	})
	d.pieces = append(d.pieces, v.Finish())
	return packets
}

// eachRecord calls do for the records of r until it returns false.
func eachRecord(r *pcap.Reader, do func(*layers.Packet, *pcap.Record) bool) (more bool) {
	var dec layers.Decoder
	var p layers.Packet
	for {
		rec, err := r.Next()
		if err != nil {
			return true
		}
		dec.Decode(&p, rec)
		if !do(&p, rec) {
			return false
		}
	}
}

func (s sensor) open(d *divided) {
	var o Opening
	for _, b := range s.data {
		r, _ := pcap.NewReaderBytes(b)
		if !eachRecord(r, func(p *layers.Packet, rec *pcap.Record) bool { return o.Add(p, rec, d.yield) }) {
			return
		}
	}
}

func (d *divided) inOrder(shard int) [][]byte {
	tasks := d.tasks[shard]
	d.rng.Shuffle(len(tasks), func(i, j int) { tasks[i], tasks[j] = tasks[j], tasks[i] })
	slices.SortFunc(tasks, bytes.Compare)
	return tasks
}

func (d *divided) datagrams(t testing.TB) {
	g := Datagrams{Options: d.options}
	for _, task := range d.inOrder(Fragments) {
		if err := g.Do(task, d.yield); err != nil {
			t.Fatal(err)
		}
	}
	d.pieces = append(d.pieces, g.Finish(d.yield))
}

// do does the tasks of a shard, some after an attempt that was abandoned or whose
// result is dropped.
func (d *divided) do(t testing.TB, shard int) {
	t.Helper()
	tasks := d.inOrder(shard)
	for attempt := range 1 + d.rng.IntN(2) {
		s := Shard{Options: d.options}
		until := len(tasks)
		if attempt > 0 {
			until = d.rng.IntN(until + 1)
		}
		for _, task := range tasks[:until] {
			if err := s.Do(task); err != nil {
				t.Fatal(err)
			}
		}
		p, err := s.Finish()
		if err != nil {
			t.Fatal(err)
		}
		if attempt == 0 {
			d.pieces = append(d.pieces, stored(t, p))
		}
	}
}

// stored returns a piece as it comes from another machine.
func stored(t testing.TB, p *Piece) *Piece {
	t.Helper()
	b, err := p.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	q := new(Piece)
	if err := q.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	return q
}

// merged merges the pieces as a random tree.
func (d *divided) merged(t testing.TB) *Report {
	t.Helper()
	for len(d.pieces) > 1 {
		last := len(d.pieces) - 1
		i := d.rng.IntN(last)
		if err := d.pieces[i].Merge(d.pieces[last]); err != nil {
			t.Fatal(err)
		}
		d.pieces = d.pieces[:last]
		d.rng.Shuffle(last, func(i, j int) { d.pieces[i], d.pieces[j] = d.pieces[j], d.pieces[i] })
	}
	rep, err := d.pieces[0].Report()
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// The Report made in pieces is that of an Extractor, byte for byte, however the
// captures are divided.
func TestPieces(t *testing.T) {
	o := Options{Stream: stream.Config{Hash: stream.HashAll}}
	s := sensorOf(t, captures(t))
	want := jsonOf(t, s.whole(t, o), true)
	for i, every := range []int64{1 << 30, 40_000, 3000, 700, 1} {
		sameText(t, fmt.Sprint("all captures in ranges of ", every), want, jsonOf(t, s.inPieces(t, o, every, uint64(i)), true))
	}
	for i := range s.data {
		alone := sensor{s.names[i : i+1], s.data[i : i+1]}
		want := jsonOf(t, alone.whole(t, o), true)
		for _, n := range []int64{1, 2, 7, 64} {
			every := int64(len(s.data[i]))/n + 1
			sameText(t, fmt.Sprint(s.names[i], " in ", n), want, jsonOf(t, alone.inPieces(t, o, every, 1), true))
		}
	}
}

// So is that of a corpus as one sensor, where damage, snapshot lengths, tunnels and
// compressed captures occur.
func TestPiecesOfCorpus(t *testing.T) {
	if os.Getenv("SIGHTLINE_CORPUS") == "" {
		t.Skip("needs SIGHTLINE_CORPUS")
	}
	names := withCorpus(t)
	if every := fault.Size(4, 40); every > 1 {
		names = slices.DeleteFunc(names, func(name string) bool { return slices.Index(names, name)%every != 0 })
	}
	s := sensorOf(t, names)
	o := Options{Stream: stream.Config{Hash: stream.HashAll}}
	want := s.whole(t, o)
	if want.Unseen.Crowded > 0 || want.Unseen.Stream.Full > 0 {
		t.Skip("a limit on all connections together was reached")
	}
	text := jsonOf(t, want, true)
	for _, every := range []int64{1 << 30, 100_000} {
		sameText(t, fmt.Sprint("in ranges of ", every), text, jsonOf(t, s.inPieces(t, o, every, 3), true))
	}
}

// Reserves of work are granted at the same packets, and a full table keeps the same
// rows.
func TestPiecesAtLimits(t *testing.T) {
	var c capture
	for i := range 100 {
		c.conversation(fmt.Sprintf("198.51.100.%d", i), "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", zeros(1<<20))
		c.conversation(fmt.Sprintf("198.51.101.%d", i), "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"+string(make([]byte, 60<<10)))
	}
	s := sensor{[]string{"bombs", "crowd"}, [][]byte{c.file.Bytes(), crowd()}}
	o := Options{MaxValues: 100, MaxConns: 150, MaxReport: 200 << 10, Stream: stream.Config{Hash: stream.HashSHA256, MaxWork: 4 << 20}}
	want := s.whole(t, o)
	if want.Unseen.Stream.TooCostly == 0 || len(want.LeftOut()) < 4 {
		t.Fatalf("not every limit is reached: %+v, %v", want.Unseen.Stream, want.LeftOut())
	}
	for i, every := range []int64{1 << 30, 1 << 20, 50_000} {
		sameText(t, fmt.Sprint("in ranges of ", every), jsonOf(t, want, true), jsonOf(t, s.inPieces(t, o, every, uint64(i)), true))
	}
}

// A task that is not one is an error, and the next is done.
func TestInvalidTask(t *testing.T) {
	var s Shard
	var g Datagrams
	for _, task := range [][]byte{nil, {1}, make([]byte, taskHead-1), appendHead(nil, 1, 0, 99), appendHead(nil, 1, 0, taskTunnel)} {
		if err := s.Do(task); err == nil {
			t.Errorf("shard: no error for %x", task)
		}
		if err := g.Do(task, nil); err == nil {
			t.Errorf("datagrams: no error for %x", task)
		}
	}
	if p, err := s.Finish(); err != nil || p == nil {
		t.Error(err)
	}
}

func FuzzTask(f *testing.F) {
	d := Divider{}
	r, err := pcap.Open(filepath.Join("..", "testdata", "fragments.pcap"))
	if err != nil {
		f.Fatal(err)
	}
	defer r.Close()
	eachRecord(r, func(p *layers.Packet, rec *pcap.Record) bool {
		d.Divide(p, rec, func(_ int, task []byte) { f.Add(bytes.Clone(task)) })
		return d.Before < 20
	})
	f.Fuzz(func(t *testing.T, task []byte) {
		var s Shard
		s.Do(task)
		if p, err := s.Finish(); err != nil {
			t.Error(err)
		} else if err := p.WriteJSON(io.Discard); err != nil {
			t.Error(err)
		}
		var g Datagrams
		g.Do(task, func(_ int, task []byte) {
			if err := s.Do(task); err != nil {
				t.Error(err)
			}
		})
		g.Finish(func(_ int, task []byte) { s.Do(task) })
	})
}
