package stream

import (
	"bytes"
	"math/rand/v2"
)

// A segment is data at its place: in one direction of a TCP connection, or in an
// IP datagram.
type segment struct {
	seq    uint32 // of the first byte
	rank   uint32 // in the tree
	data   []byte
	ref    Ref
	origin *Ref // where the first fragment was, when the data came in several

	left, right *segment
	cost        int // what it counts for until it is gone
}

// segmentCost is what a waiting segment takes beyond its bytes.
const segmentCost = 128

func (s *segment) end() uint32 { return s.seq + uint32(len(s.data)) }

// skip takes the first n bytes off.
func (s *segment) skip(n int) { s.seq, s.data = s.seq+uint32(n), s.data[n:] }

// segments is an ordered set of segments that do not overlap and lie within
// 2^31 of each other. It is a treap: a search tree by sequence number and a heap
// by random rank, so that no order of insertion makes it deep.
type segments struct {
	root *segment
	size int // bytes of data
	cost int // what the segments count for
}

// first returns the first segment, nil when there is none.
func (q *segments) first() *segment {
	s := q.root
	for s != nil && s.left != nil {
		s = s.left
	}
	return s
}

// last returns the last segment, nil when there is none.
func (q *segments) last() *segment {
	s := q.root
	for s != nil && s.right != nil {
		s = s.right
	}
	return s
}

// after returns the first segment that ends behind seq, nil when there is none.
func (q *segments) after(seq uint32) *segment {
	var found *segment
	for s := q.root; s != nil; {
		if int32(s.end()-seq) > 0 {
			found, s = s, s.left
		} else {
			s = s.right
		}
	}
	return found
}

// insert adds s, which must not overlap another.
func (q *segments) insert(s *segment) {
	s.rank = rand.Uint32()
	at := &q.root
	for *at != nil && (*at).rank >= s.rank {
		if int32((*at).seq-s.seq) > 0 {
			at = &(*at).left
		} else {
			at = &(*at).right
		}
	}
	s.left, s.right = split(*at, s.seq)
	*at = s
	q.size += len(s.data)
	q.cost += s.cost
}

// remove takes s out.
func (q *segments) remove(s *segment) {
	at := &q.root
	for *at != nil && *at != s {
		if int32((*at).seq-s.seq) > 0 {
			at = &(*at).left
		} else {
			at = &(*at).right
		}
	}
	*at = join(s.left, s.right)
	s.left, s.right = nil, nil
	q.size -= len(s.data)
	q.cost -= s.cost
}

// split parts a tree into what lies before and behind seq.
func split(t *segment, seq uint32) (before, behind *segment) {
	if t == nil {
		return nil, nil
	}
	if int32(t.seq-seq) > 0 {
		before, t.left = split(t.left, seq)
		return before, t
	}
	t.right, behind = split(t.right, seq)
	return t, behind
}

// join makes one tree of two, of which one lies before the other.
func join(before, behind *segment) *segment {
	switch {
	case before == nil:
		return behind
	case behind == nil:
		return before
	case before.rank >= behind.rank:
		before.right = join(before.right, behind)
		return before
	}
	behind.left = join(before, behind.left)
	return behind
}

// cut takes the bytes from from up to to, which may reach beyond s, out of s.
// The memory of s is given back only with all of it, so what it costs stays.
func (q *segments) cut(s *segment, from, to uint32) {
	lead, rest := int32(from-s.seq), int32(s.end()-to)
	switch {
	case lead <= 0 && rest <= 0:
		q.remove(s)
	case lead <= 0:
		q.size -= len(s.data) - int(rest)
		s.skip(len(s.data) - int(rest))
	case rest <= 0:
		q.size -= len(s.data) - int(lead)
		s.data = s.data[:lead]
	default:
		tail := *s
		tail.skip(len(s.data) - int(rest))
		tail.cost = segmentCost + len(tail.data)
		q.size -= len(s.data) - int(lead)
		s.data = s.data[:lead:lead] // what is behind is tail's
		q.insert(&tail)
	}
}

// differs reports whether s and t have different bytes where they overlap.
func (s *segment) differs(t *segment) bool {
	a, b := s.data, t.data
	if d := int32(t.seq - s.seq); d >= 0 {
		a = a[min(int(d), len(a)):]
	} else {
		b = b[min(int(-d), len(b)):]
	}
	n := min(len(a), len(b))
	return !bytes.Equal(a[:n], b[:n])
}

// appendTo appends the data of the tree t, in order, to b.
func (s *segment) appendTo(b []byte) []byte {
	for ; s != nil; s = s.right {
		b = append(s.left.appendTo(b), s.data...)
	}
	return b
}
