package extract

import (
	"encoding/binary"
	"hash/maphash"
	"time"

	"github.com/sightline-go/sightline/pcap"
)

// maxOverlap limits the packets of a capture that are compared with those of the next.
const maxOverlap = 1 << 20

// A Seam finds the packets that consecutive captures of one sensor both have, as
// dumpcap -b writes them with an overlap: equal in time and bytes, at the end of the
// one and at the beginning of the other. Of an overlap of more than 1,048,576 packets
// it does not find the rest. The zero value is ready to use.
type Seam struct {
	seed   maphash.Seed
	before map[uint64]int // how often each packet is in the capture before, from the time of the first of this one
	after  map[uint64]int // likewise in this capture, from that of the next
	next   time.Time      // of the first packet of the next capture
}

// Begin begins a capture. next is the time of the first packet of the capture after it,
// zero for the last one. The function that it returns is for [Extractor.Skip], and must
// see all packets of the capture. It is nil if no packet has to be compared.
func (s *Seam) Begin(next time.Time) func(*pcap.Record) bool {
	if s.seed == (maphash.Seed{}) {
		s.seed = maphash.MakeSeed()
	}
	s.before, s.after, s.next = s.after, nil, next
	if s.before == nil && next.IsZero() {
		return nil
	}
	return s.skip
}

func (s *Seam) skip(rec *pcap.Record) bool {
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

func (s *Seam) hash(rec *pcap.Record) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(rec.Time.UnixNano()))
	h.Write(b[:])
	h.Write(rec.Data)
	return h.Sum64()
}
