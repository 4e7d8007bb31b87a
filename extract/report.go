package extract

import (
	"fmt"
	"iter"
	"maps"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A Report holds what was observed in one or more captures, and what could not
// be seen. It is the caller's own: it refers to no packet bytes.
//
// Everything in it is a sum, a union, a first and last time or the first few by
// time, so Reports that were made apart can be put together with Merge, in any
// order. What follows from the whole, such as which name an address has, is
// worked out when it is asked for.
//
// A Report is safe for concurrent reading, but not while Merge changes it.
type Report struct {
	// Captures lists what was read, in the order of their times.
	Captures []Capture

	// Packets and Bytes count the packets read and the bytes captured of them.
	Packets, Bytes int64

	// Unseen counts what could not be looked at.
	Unseen Unseen

	limits limits
	tables []tabled // by kind; nil when all are empty
}

// Unseen counts what a Report could not take into account.
type Unseen struct {
	Cut       int64                   `json:"cut,omitempty"`        // packets shorter in the capture than on the wire
	Untimed   int64                   `json:"untimed,omitempty"`    // packets without a time from 1970 to 9999
	Backwards int64                   `json:"backwards,omitempty"`  // packets more than 100 ms earlier than the one before; any makes all times doubtful
	LinkTypes map[pcap.LinkType]int64 `json:"link_types,omitempty"` // packets of link types that are not decoded
	Damaged   map[string]int64        `json:"damaged,omitempty"`    // packets whose decoding stopped, by the name of the layer it stopped at
	TooLong   int64                   `json:"too_long,omitempty"`   // values longer than Options.MaxValueLen
	Parted    int64                   `json:"parted,omitempty"`     // connections taken for ended at Options.MaxLive
	Unpaired  int64                   `json:"unpaired,omitempty"`   // hellos whose answer was not waited for, as too many waited
	Stream    stream.Stats            `json:"stream"`               // what package stream gave up, and which protocols it recognised
}

// A tabled is a table of whatever kind.
type tabled interface {
	facts() iter.Seq[*Fact]
	left() int64
	len() int
	ids(dst []rowID) []rowID
	prune(above rowID)
	setLimit(rows int)
	merge(o tabled)
	complete()
	encode(bare bool) iter.Seq2[[]byte, error]
	readJSON(array []byte, leftOut int64) error
}

// setLimits sets how many rows are kept of each kind, and makes the tables if there
// are none.
func (r *Report) setLimits(l limits) {
	r.limits = l
	for i, k := range kinds {
		if i == len(r.tables) {
			r.tables = append(r.tables, k.table())
		}
		r.tables[i].setLimit(k.limit(l))
	}
}

// complete puts the captures in order, and prepares the tables for being read by
// many at once.
func (r *Report) complete() {
	r.sortCaptures()
	for _, t := range r.tables {
		t.complete()
	}
}

// LeftOut returns how many observations of each kind were left out at
// Options.MaxValues or MaxConns.
func (r *Report) LeftOut() map[string]int64 {
	left := map[string]int64{}
	for i, t := range r.tables {
		if n := t.left(); n > 0 {
			left[kinds[i].name] = n
		}
	}
	return left
}

// Merge adds what o holds. It is for Reports of different captures, or of
// different parts of one; the order of merging makes no difference. It is an
// error, and changes nothing, when both hold the same packets. o must not be
// used afterwards.
func (r *Report) Merge(o *Report) error {
	for i := range r.Captures {
		for j := range o.Captures {
			if r.Captures[i].overlaps(&o.Captures[j]) {
				return fmt.Errorf("extract: both reports hold the same packets of %q", r.Captures[i].Name)
			}
		}
	}
	place := make([]int, len(o.Captures))
	for i := range place {
		place[i] = len(r.Captures) + i
	}
	o.moveCaptures(place)
	r.Captures = append(r.Captures, o.Captures...)
	r.Packets += o.Packets
	r.Bytes += o.Bytes
	r.Unseen.add(&o.Unseen)
	r.absorb(o)
	r.complete()
	return nil
}

// absorb adds the tables of o, whose captures are r's.
func (r *Report) absorb(o *Report) {
	r.setLimits(r.limits.tighter(o.limits))
	for i, t := range o.tables {
		r.tables[i].merge(t)
	}
}

func (u *Unseen) add(o *Unseen) {
	u.Cut += o.Cut
	u.Untimed += o.Untimed
	u.Backwards += o.Backwards
	u.TooLong += o.TooLong
	u.Parted += o.Parted
	u.Unpaired += o.Unpaired
	u.LinkTypes = sum(u.LinkTypes, o.LinkTypes)
	u.Damaged = sum(u.Damaged, o.Damaged)
	u.Stream.Add(o.Stream)
}

// sum adds the counts of b to those of a.
func sum[K comparable](a, b map[K]int64) map[K]int64 {
	if a == nil {
		return maps.Clone(b)
	}
	for k, n := range b {
		a[k] += n
	}
	return a
}
