package stream

import (
	"slices"
	"sort"
)

// maxWaiting bounds how many runs of a sequence wait for an earlier one.
const maxWaiting = 256

// A sequence puts runs of bytes in order that come in datagrams, each with its
// offset: the fragments of QUIC's CRYPTO streams and of DTLS's messages.
//
//	for f, ok := q.push(a, f); ok; f, ok = q.pop(a) { ... }
type sequence struct {
	next    uint64 // offset of the next byte
	waiting []run  // that begin behind it, by offset
}

// A run is consecutive bytes of a sequence.
type run struct {
	off  uint64
	data []byte
	ref  Ref
}

func (f run) end() uint64 { return f.off + uint64(len(f.data)) }

// push takes a run, and returns what of it comes next in order.
func (q *sequence) push(a *Assembler, f run) (run, bool) {
	if f.off > q.next {
		q.wait(a, f)
		return run{}, false
	}
	return q.advance(a, f)
}

// pop returns what comes next in order of the runs that wait.
func (q *sequence) pop(a *Assembler) (run, bool) {
	for len(q.waiting) > 0 && q.waiting[0].off <= q.next {
		f := q.waiting[0]
		q.waiting = slices.Delete(q.waiting, 0, 1)
		a.hold(-segmentCost - len(f.data))
		if f, ok := q.advance(a, f); ok {
			return f, true
		}
	}
	return run{}, false
}

// advance cuts off what came before.
func (q *sequence) advance(a *Assembler, f run) (run, bool) {
	old := min(q.next-f.off, uint64(len(f.data)))
	a.stats.Retransmitted += int64(old)
	f.off, f.data = f.off+old, f.data[old:]
	q.next = max(q.next, f.end())
	return f, len(f.data) > 0
}

// wait keeps a copy of f, unless another fragment that waits has all of it.
func (q *sequence) wait(a *Assembler, f run) {
	i := sort.Search(len(q.waiting), func(i int) bool { return q.waiting[i].off > f.off })
	switch {
	case i > 0 && q.waiting[i-1].end() >= f.end():
		a.stats.Retransmitted += int64(len(f.data))
	case len(q.waiting) == maxWaiting:
		a.stats.TooLong++
	default:
		f.data = slices.Clone(f.data)
		q.waiting = slices.Insert(q.waiting, i, f)
		a.hold(segmentCost + len(f.data))
	}
}

// drop gives up what waits, and reports whether something did.
func (q *sequence) drop(a *Assembler) bool {
	some := len(q.waiting) > 0
	for _, f := range q.waiting {
		a.hold(-segmentCost - len(f.data))
	}
	q.waiting = nil
	return some
}
