package stream

import (
	"bytes"
	"math/rand/v2"
)

// A segment is data at a position in one direction of a TCP connection, or in
// an IP datagram.
type segment struct {
	seq    uint32 // of the first byte
	rank   uint32 // in the treap
	data   []byte
	ref    Ref
	origin *Ref   // packet of the first fragment, if the packet was fragmented
	ack    uint32 // its sender had received all bytes of the other side before it
	acks   bool   // ack is valid

	left, right *segment
	cost        int // what it counts as held
}

// segmentCost is what a waiting segment counts as held, beyond its bytes.
const segmentCost = 128

func (s *segment) end() uint32 { return s.seq + uint32(len(s.data)) }

// skip drops the first n bytes.
func (s *segment) skip(n int) { s.seq, s.data = s.seq+uint32(n), s.data[n:] }

// segments is an ordered set of segments that do not overlap and lie within
// 2^31 of each other. It is a treap: a search tree by sequence number and a
// heap by random rank, so that no order of insertion makes it deep.
type segments struct {
	root *segment
	size int // bytes of data
	cost int // what the segments count as held
}

// first returns the first segment, or nil.
func (q *segments) first() *segment {
	s := q.root
	for s != nil && s.left != nil {
		s = s.left
	}
	return s
}

// last returns the last segment, or nil.
func (q *segments) last() *segment {
	s := q.root
	for s != nil && s.right != nil {
		s = s.right
	}
	return s
}

// after returns the first segment that ends after seq, or nil.
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

// split splits a tree into the segments before and after seq.
func split(t *segment, seq uint32) (before, after *segment) {
	if t == nil {
		return nil, nil
	}
	if int32(t.seq-seq) > 0 {
		before, t.left = split(t.left, seq)
		return before, t
	}
	t.right, after = split(t.right, seq)
	return t, after
}

// join joins two trees. All segments of the first must be before those of the
// second.
func join(before, after *segment) *segment {
	switch {
	case before == nil:
		return after
	case after == nil:
		return before
	case before.rank >= after.rank:
		before.right = join(before.right, after)
		return before
	}
	after.left = join(before, after.left)
	return after
}

// cut removes the bytes in [from, to), which may reach beyond s, from s. The
// cost of s does not change, as its memory is released only as a whole.
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
		s.data = s.data[:lead:lead] // the rest is tail's
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

// appendTo appends the data of the tree s to b, in order.
func (s *segment) appendTo(b []byte) []byte {
	for ; s != nil; s = s.right {
		b = append(s.left.appendTo(b), s.data...)
	}
	return b
}
