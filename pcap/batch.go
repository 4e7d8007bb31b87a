package pcap

import (
	"slices"

	"github.com/sightline-go/sightline/internal/window"
)

// maxBatch is how many records a Batch holds at most, so that they stay in the
// processor's cache.
const maxBatch = 512

// A Batch is a run of records that lie together in memory. It is filled by
// Reader.Batch, without copying, and valid until Release: meanwhile the Reader
// goes on in other memory, so another goroutine may work on the Batch. The zero
// Batch is ready to use; a Batch that was released can be filled again and then
// costs no allocation.
//
// A Batch that is not released keeps a chunk of 256 KiB (or of its largest record)
// from being used again, so the number of batches in use bounds the memory.
type Batch struct {
	// Records are the records, in file order. They are valid until Release,
	// their Data and Options included.
	Records []Record

	chunk    *window.Chunk
	poisoned []byte // the copies that the records were given
}

// Release ends the use of the records. It may be called from any goroutine.
func (b *Batch) Release() {
	poison(b.poisoned)
	b.chunk.Release()
	b.chunk, b.Records, b.poisoned = nil, b.Records[:0], nil
}

// Batch fills b with the next records: at least one, and others as far as they
// are in memory already. It releases b first. At the end of the input, and at
// damage, it returns the errors that Next would return, and no records; calls of
// Next and of Batch may alternate. A Batch ends before a block for
// Config.OnBlock, so those come in order.
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
			break // the next call meets it again
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

// detach gives the records a copy of their bytes.
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
