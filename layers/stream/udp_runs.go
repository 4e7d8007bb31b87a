package stream

import (
	"slices"
	"sort"
)

// maxWaiting limits how many runs of a sequence wait for an earlier one.
const maxWaiting = 256

// A sequence puts runs of bytes from datagrams in order, by their offsets: the
// frames of QUIC's CRYPTO streams, and the fragments of DTLS messages.
//
//	for f, ok := q.push(a, f); ok; f, ok = q.pop(a) { ... }
type sequence struct {
	next    uint64 // offset of the next byte
	waiting []run  // that begin after it, by offset
	size    int    // of waiting, in bytes
	most    int    // limit of waiting; 0: maxWaiting
}

// A run is consecutive bytes of a sequence.
type run struct {
	off  uint64
	data []byte
	ref  Ref
}

func (f run) end() uint64 { return f.off + uint64(len(f.data)) }

// push adds a run, and returns the part of it that is next in order.
func (q *sequence) push(a *Assembler, f run) (run, bool) {
	if f.off > q.next {
		q.wait(a, f)
		return run{}, false
	}
	return q.advance(a, f)
}

// pop returns the part of a waiting run that is next in order.
func (q *sequence) pop(a *Assembler) (run, bool) {
	for len(q.waiting) > 0 && q.waiting[0].off <= q.next {
		f := q.waiting[0]
		q.waiting[0] = run{}
		q.waiting = q.waiting[1:]
		q.size -= len(f.data)
		a.hold(-segmentCost - len(f.data))
		if f, ok := q.advance(a, f); ok {
			return f, true
		}
	}
	return run{}, false
}

// advance cuts off the bytes before next.
func (q *sequence) advance(a *Assembler, f run) (run, bool) {
	old := min(q.next-f.off, uint64(len(f.data)))
	a.stats.Retransmitted += int64(old)
	f.off, f.data = f.off+old, f.data[old:]
	q.next = max(q.next, f.end())
	return f, len(f.data) > 0
}

// wait keeps a copy of f, unless it lies inside a waiting run.
func (q *sequence) wait(a *Assembler, f run) {
	i := sort.Search(len(q.waiting), func(i int) bool { return q.waiting[i].off > f.off })
	switch {
	case i > 0 && q.waiting[i-1].end() >= f.end():
		a.stats.Retransmitted += int64(len(f.data))
	case len(q.waiting) == withDefault(q.most, maxWaiting):
		a.stats.TooLong++
	default:
		f.data = slices.Clone(f.data)
		q.waiting = slices.Insert(q.waiting, i, f)
		q.size += len(f.data)
		a.hold(segmentCost + len(f.data))
	}
}

// drop drops the waiting runs, and reports whether there were any.
func (q *sequence) drop(a *Assembler) bool {
	some := len(q.waiting) > 0
	for _, f := range q.waiting {
		a.hold(-segmentCost - len(f.data))
	}
	q.waiting, q.size = nil, 0
	return some
}
