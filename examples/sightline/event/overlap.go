package event

import (
	"encoding/binary"
	"hash/maphash"
	"time"

	"github.com/sightline-go/sightline/pcap"
)

// maxOverlap limits the packets of a file that are compared with those of the next.
// Of a longer overlap, the rest is counted twice.
const maxOverlap = 1 << 20

// A seam finds the packets at the beginning of a file that are at the end of the one
// before it, too. It compares times and bytes.
type seam struct {
	seed   maphash.Seed
	before map[uint64]int // how often each is in the file before, from the time of the first of this one
	after  map[uint64]int // likewise in this file, from that of the next
	next   time.Time      // of the first packet of the next file
}

func newSeam() *seam { return &seam{seed: maphash.MakeSeed()} }

// enter begins a file. next is the time of the first packet of the file after it,
// zero for the last file. It returns the function for [extract.Extractor.Skip].
func (s *seam) enter(next time.Time) func(*pcap.Record) bool {
	s.before, s.after, s.next = s.after, nil, next
	if s.before == nil && next.IsZero() {
		return nil
	}
	return s.skip
}

func (s *seam) skip(rec *pcap.Record) bool {
	late := !s.next.IsZero() && !rec.Time.Before(s.next)
	if len(s.before) == 0 && !late {
		return false
	}
	h := s.hash(rec)
	if late && len(s.after) < maxOverlap {
		if s.after == nil {
			s.after = map[uint64]int{}
		}
		s.after[h]++
	}
	switch n := s.before[h]; n {
	case 0:
		return false
	case 1:
		delete(s.before, h)
	default:
		s.before[h] = n - 1
	}
	return true
}

func (s *seam) hash(rec *pcap.Record) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(rec.Time.UnixNano()))
	h.Write(b[:])
	h.Write(rec.Data)
	return h.Sum64()
}

// overlaps reports whether b begins with a packet of a.
func overlaps(a, b source) bool {
	if b.first.IsZero() || a.last.Before(b.first) {
		return false
	}
	s, begun := newSeam(), false
	s.enter(b.first)
	for rec := range records(a.name) {
		s.skip(rec)
	}
	skip := s.enter(time.Time{})
	for rec := range records(b.name) {
		begun = skip != nil && skip(rec)
		break
	}
	return begun
}

// records yields the packets of a file up to its end or to damage.
func records(name string) func(yield func(*pcap.Record) bool) {
	return func(yield func(*pcap.Record) bool) {
		r, err := pcap.Open(name)
		if err != nil {
			return
		}
		defer r.Close()
		for rec, err := range r.All() {
			if err != nil || !yield(rec) {
				return
			}
		}
	}
}
