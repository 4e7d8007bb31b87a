package pipeline

import (
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/sightline-go/sightline/extract"
)

// Tasks travel in runs: tasks of one shard in order, each after its length. A run is as
// long as a runner moves well, and what one worker holds for each shard.
const runBytes = 128 << 10

// shardKey returns the key of the runs of a sensor's shard.
func shardKey(sensor string, shard int) string { return fmt.Sprintf("%02d %s", shard, sensor) }

// sensorOf returns the sensor of such a key.
func sensorOf(key string) string { return key[3:] }

// runs collects tasks, which arrive in order, into runs.
type runs struct {
	emit func(shard int, run []byte)
	open [extract.Shards + 1][]byte
}

func newRuns(emit func(shard int, run []byte)) *runs { return &runs{emit: emit} }

func (r *runs) add(shard int, task []byte) {
	b := binary.AppendUvarint(r.open[shard], uint64(len(task)))
	r.open[shard] = append(b, task...)
	if len(r.open[shard]) >= runBytes {
		r.emit(shard, r.open[shard])
		r.open[shard] = nil
	}
}

func (r *runs) flush() {
	for shard, run := range r.open {
		if len(run) > 0 {
			r.emit(shard, run)
		}
	}
	clear(r.open[:])
}

var errRun = errors.New("damaged run")

// cut returns the first task of a run and the rest.
func cut(run []byte) (task, rest []byte, err error) {
	n, size := binary.Uvarint(run)
	if size <= 0 || n > uint64(len(run)-size) {
		return nil, nil, errRun
	}
	return run[size:][:n], run[size+int(n):], nil
}

// A pile holds the runs of a shard in a temporary file, however many there are.
type pile struct {
	file *os.File
	size int64
	list []placed
}

// A placed is a run in a pile.
type placed struct {
	first  []byte // task, as far as it decides the order
	offset int64
	length int
}

// orderBytes is how much of a task decides the order nearly always. The start of the
// run decides the rest.
const orderBytes = 11

func newPile() (*pile, error) {
	file, err := os.CreateTemp("", "sightline-*.tasks")
	if err != nil {
		return nil, err
	}
	return &pile{file: file}, nil
}

func (p *pile) close() {
	p.file.Close()
	os.Remove(p.file.Name())
}

func (p *pile) add(run []byte) error {
	first, _, err := cut(run)
	if err != nil {
		return err
	}
	if _, err := p.file.Write(run); err != nil {
		return err
	}
	first = bytes.Clone(first[:min(len(first), orderBytes)])
	p.list = append(p.list, placed{first, p.size, len(run)})
	p.size += int64(len(run))
	return nil
}

// each calls do for the tasks of all runs in order. Only runs that overlap are in
// memory together.
func (p *pile) each(do func(task []byte) error) error {
	slices.SortFunc(p.list, func(a, b placed) int {
		return cmp.Or(bytes.Compare(a.first, b.first), cmp.Compare(a.offset, b.offset))
	})
	var h merging
	for next := 0; ; {
		for next < len(p.list) && (len(h) == 0 || bytes.Compare(p.list[next].first, h[0].task) <= 0) {
			run := make([]byte, p.list[next].length)
			if _, err := p.file.ReadAt(run, p.list[next].offset); err != nil {
				return err
			}
			task, rest, err := cut(run)
			if err != nil {
				return err
			}
			heap.Push(&h, reading{task, rest})
			next++
		}
		if len(h) == 0 {
			return nil
		}
		if err := do(h[0].task); err != nil {
			return err
		}
		if err := h.advance(); err != nil {
			return err
		}
	}
}

// merging is a heap of runs, that with the next task first.
type merging []reading

// A reading is a run from some task on.
type reading struct{ task, rest []byte }

func (h *merging) advance() (err error) {
	top := &(*h)[0]
	if len(top.rest) == 0 {
		heap.Pop(h)
		return nil
	}
	if top.task, top.rest, err = cut(top.rest); err == nil {
		heap.Fix(h, 0)
	}
	return err
}

func (h merging) Len() int           { return len(h) }
func (h merging) Less(i, j int) bool { return bytes.Compare(h[i].task, h[j].task) < 0 }
func (h merging) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *merging) Push(v any)        { *h = append(*h, v.(reading)) }
func (h *merging) Pop() any {
	last := len(*h) - 1
	v := (*h)[last]
	*h = (*h)[:last]
	return v
}
