package pcap

import (
	"slices"

	"github.com/sightline-go/sightline/internal/window"
)

// maxBatch limits the records of a Batch, so that they stay in the processor's
// cache.
const maxBatch = 512

// A Batch is a run of records that are contiguous in memory. Reader.Batch fills
// it without copying. It is valid until Release: the Reader continues in other
// memory, so another goroutine may work on the Batch. The zero Batch is ready
// to use. Refilling a released Batch does not allocate.
//
// An unreleased Batch keeps a chunk of 256 KiB (or of its largest record) from
// being reused, so the number of batches in use limits the memory.
type Batch struct {
	// Records holds the records in file order. They are valid until Release,
	// including their Data and Options.
	Records []Record

	chunk    *window.Chunk
	poisoned []byte // the records' bytes with Config.Poison
}

// Release ends the use of the records. Any goroutine may call it.
func (b *Batch) Release() {
	poison(b.poisoned)
	b.chunk.Release()
	b.chunk, b.Records, b.poisoned = nil, b.Records[:0], nil
}

// Batch releases b and fills it with the next records: at least one, and as
// many more as are already in memory. At the end of the input and at damage, it
// returns no records, and the error that Next would return. Calls of Next and
// Batch may alternate. A Batch ends before a block for Config.OnBlock, so that
// blocks and records stay in order.
func (r *Reader) Batch(b *Batch) error {
	b.Release()
	rec, err := r.next()
	if err != nil {
		return err
	}
	b.Records = append(b.Records, *rec)
	r.w.Held = true
	for len(b.Records) < maxBatch {
		if rec, err = r.next(); err != nil {
			break // the next call returns it
		}
		b.Records = append(b.Records, *rec)
	}
	r.w.Held = false
	if r.config.Poison {
		b.detach()
		return nil
	}
	b.chunk = r.w.Share()
	return nil
}

// detach replaces the records' bytes by a copy.
func (b *Batch) detach() {
	n := 0
	for i := range b.Records {
		n += len(b.Records[i].Data) + len(b.Records[i].Options)
	}
	b.poisoned = slices.Grow([]byte(nil), n)
	for i := range b.Records {
		b.poisoned = detach(&b.Records[i], b.poisoned)
	}
}
