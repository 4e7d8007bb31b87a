package extract

import (
	"bytes"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Reading terminates for every capture of the corpus, with a known error if any, and
// with the same report for one worker and four.
func TestCorpusEnds(t *testing.T) {
	dir := os.Getenv("SIGHTLINE_CORPUS")
	if dir == "" {
		t.Skip("SIGHTLINE_CORPUS does not name a directory of captures")
	}
	var names []string
	err := filepath.WalkDir(filepath.Join(dir, "dev"), func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.Contains(filepath.Base(name), "cap") {
			names = append(names, name)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	for _, name := range names {
		if r, err := pcap.Open(name); err != nil {
			if damage := new(pcap.Error); !errors.As(err, &damage) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		} else {
			r.Close()
		}
		var reports [2]string
		for i, workers := range []int{1, 4} {
			rep := readFile(t, name, Options{Workers: workers, Stream: stream.Config{Hash: stream.HashAll}})
			var damage *pcap.Error
			if err := rep.Captures[0].Err; err != nil && !errors.As(err, &damage) {
				t.Errorf("%s: %d packets, %v", name, rep.Packets, err)
			}
			if s := rep.Unseen.Stream; s.Held != 0 || s.Open != 0 {
				t.Errorf("%s: %+v", name, s)
			}
			withinWork(t, name, rep, Options{})
			reports[i] = jsonOf(t, rep, true)
		}
		sameText(t, name+", four workers", reports[0], reports[1])
	}
}

// Reading terminates, and soon, if any byte of a capture has a flipped bit.
func TestFlippedBits(t *testing.T) {
	for _, name := range []string{"dns.pcap", "two-interfaces.pcapng", "http.pcap", "smtp.pcap"} {
		b, err := os.ReadFile(filepath.Join("..", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		b = b[:min(len(b), 4096)]
		begun := time.Now()
		readBytes(t, b, Options{})
		once := time.Since(begun)
		for i := 0; i < len(b); i += fault.Size(1, 29) {
			flipped := bytes.Clone(b)
			flipped[i] ^= 1 << (i % 8)
			begun := time.Now()
			r, err := pcap.Config{Resync: i%2 == 0}.NewReaderBytes(flipped)
			if err != nil {
				continue
			}
			rep, _ := Read(t.Context(), r, Options{})
			if s := rep.Unseen.Stream; s.Held != 0 || s.Open != 0 {
				t.Errorf("%s, byte %d: %+v", name, i, s)
			}
			if d := time.Since(begun); d > 10*once+5*time.Second {
				t.Errorf("%s, byte %d: %v, unharmed %v", name, i, d, once)
			}
		}
	}
}

// fnv is the 32-bit FNV-1a hash (RFC 9923), used by many programs to look up flows.
func fnv(b ...byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// Flows chosen to collide, under FNV or in the choice of the shard, cost no more than
// any others.
func TestHashFlooding(t *testing.T) {
	if testing.Short() {
		t.Skip("fewer flows take too little time to compare")
	}
	const flows = 40_000
	dst := netip.MustParseAddr("192.0.2.1")
	var x Extractor
	x.open()
	run := func(chosen func(src netip.Addr) bool) time.Duration {
		var x Extractor
		var d layers.Decoder
		var p layers.Packet
		packets := make([][]byte, 0, flows)
		for src := netip.MustParseAddr("10.0.0.0"); len(packets) < flows; src = src.Next() {
			if chosen(src) {
				packets = append(packets, build.TCP{Src: src.String(), Dst: dst.String(), SrcPort: 4000, DstPort: 80, Seq: 1, Flags: 2}.Packet())
			}
		}
		best := time.Hour
		for range 3 {
			began := time.Now()
			for _, b := range packets {
				rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
				d.Decode(&p, rec)
				x.Add(&p, rec)
			}
			x.Finish()
			best = min(best, time.Since(began))
		}
		return best
	}
	ordinary := run(func(netip.Addr) bool { return true })
	for name, chosen := range map[string]func(netip.Addr) bool{
		"FNV":   func(src netip.Addr) bool { return fnv(append(src.AsSlice(), dst.AsSlice()...)...)%64 == 7 },
		"shard": func(src netip.Addr) bool { return shardOfPair(src, dst) == 7 },
	} {
		if took := run(chosen); took > 2*ordinary+time.Second {
			t.Errorf("%s: %d flows take %v, colliding ones %v", name, flows, ordinary, took)
		}
	}
}
