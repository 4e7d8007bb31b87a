package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// firstChunk is the minimum cost of a stream.
const firstChunk = 64 << 10

// liars are short files with a record that claims 1 GiB.
func liars() map[string][]byte {
	var plain, modified build.Pcap
	modified.Magic = 0xa1b2cd34
	claim := []uint32{1, 1, 1 << 30, 1 << 30}
	var ng build.Pcapng
	ng.Section().Interface(1, 0)
	cut := func(typ uint32) []byte {
		b := bytes.Clone(ng.Bytes())
		for _, v := range []uint32{typ, 1 << 30, 0, 0} {
			b = append(b, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
		}
		return b
	}
	return map[string][]byte{
		"classic":             plain.AddRaw(claim, nil).Bytes(),
		"modified":            modified.AddRaw(append(claim, 0, 0), nil).Bytes(),
		"pcapng packet":       cut(6),
		"pcapng interface":    cut(1),
		"pcapng section":      cut(0x0a0d0d0a),
		"pcapng other":        cut(5),
		"pcapng first header": cut(0x0a0d0d0a)[48:],
	}
}

func TestClaimsCostNothing(t *testing.T) {
	for name, b := range liars() {
		for _, c := range []pcap.Config{{}, {MaxRecord: math.MaxInt32}, {MaxRecord: math.MaxInt32, OnBlock: func(pcap.RawBlock) {}}} {
			for _, w := range ways {
				var err error
				n := fault.Allocated(func() {
					var r *pcap.Reader
					if r, err = w.open(c, b); err == nil {
						_, err = drain(r)
					}
				})
				if err == nil {
					t.Errorf("%s, %s: no error for a record of 1 GiB in %d bytes", name, w.name, len(b))
				}
				if n > 2*firstChunk {
					t.Errorf("%s, %s: %d bytes allocated for a file of %d", name, w.name, n, len(b))
				}
			}
		}
	}
}

// A long input with a record that claims even more: memory grows with the bytes
// read.
func TestMemoryGrowsWithTheInput(t *testing.T) {
	var f build.Pcap
	f.Add(noon, packet(1, 100)).AddRaw([]uint32{1, 1, 1 << 30, 1 << 30}, make([]byte, 3<<20))
	b := f.Bytes()
	var err error
	n := fault.Allocated(func() {
		var r *pcap.Reader
		if r, err = (pcap.Config{MaxRecord: math.MaxInt32}).NewReader(bytes.NewReader(b)); err == nil {
			_, err = drain(r)
		}
	})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	// Buffers double, so their total is twice the last one.
	if limit := uint64(4*len(b) + 1<<20); n > limit {
		t.Errorf("%d bytes allocated for an input of %d, want at most %d", n, len(b), limit)
	}
}

func TestNoAllocations(t *testing.T) {
	const runs = 2000
	var f build.Pcap
	var g build.Pcapng
	g.Section().Interface(1, 0, build.Option{Code: 9, Value: []byte{9}})
	for i := range 3 * runs {
		f.Add(noon, packet(i, 900))
		g.Enhanced(0, uint64(i), packet(i, 900), build.Option{Code: 1, Value: []byte("x")})
	}
	for name, b := range map[string][]byte{"classic": f.Bytes(), "pcapng": g.Bytes(), "gzip": gzipped(f.Bytes()), "zstd": build.Zstd(f.Bytes())} {
		for _, w := range ways {
			if w.name == "poisoned" {
				continue // copies on purpose
			}
			r, err := w.open(pcap.Config{OnBlock: func(pcap.RawBlock) {}}, b)
			if err != nil {
				t.Fatal(err)
			}
			next := func() {
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
			}
			for range runs { // until the chunks have their final size
				next()
			}
			if n := testing.AllocsPerRun(runs-1, next); n != 0 {
				t.Errorf("%s, %s: %v allocations a record", name, w.name, n)
			}
		}
	}
}
