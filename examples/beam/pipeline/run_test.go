package pipeline

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/extract"
)

// A pile gives back tasks in order, of any runs that overlap.
func TestPile(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var want [][]byte
	var all [][]byte
	for range 40 {
		r := newRuns(func(shard int, run []byte) {
			if shard != 7 {
				t.Errorf("shard %d", shard)
			}
			if most := runBytes + 2 + 8 + 4000; len(run) >= most { // a task, after its length
				t.Errorf("a run of %d bytes", len(run))
			}
			all = append(all, run)
		})
		at := uint64(rng.IntN(10_000))
		for range 200 {
			at += uint64(1 + rng.IntN(20))
			task := append(binary.BigEndian.AppendUint64(nil, at), make([]byte, rng.IntN(4000))...)
			want = append(want, task)
			r.add(7, task)
		}
		r.flush()
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortFunc(want, bytes.Compare)
	p, err := newPile()
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	for _, run := range all {
		if err := p.add(run); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	err = p.each(func(task []byte) error {
		if n < len(want) && !bytes.Equal(task, want[n]) {
			t.Fatalf("task %d is out of order", n)
		}
		n++
		return nil
	})
	if err != nil || n != len(want) {
		t.Errorf("%d of %d tasks: %v", n, len(want), err)
	}
	if err := p.add([]byte{200}); err == nil {
		t.Error("no error for a damaged run")
	}
}

func TestShardKey(t *testing.T) {
	for _, sensor := range []string{"", "a b", "dir/"} {
		if got := sensorOf(shardKey(sensor, extract.Fragments)); got != sensor {
			t.Errorf("%q", got)
		}
	}
}
