package extract

import (
	"net/netip"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
)

// hostPairs caches the rows of the hosts that exchanged packets most recently, so
// that most packets need no lookup.
type hostPairs struct {
	limit int
	table lru.Table[[2]netip.Addr, hostPair] // the smaller address first
	last  *lru.Entry[[2]netip.Addr, hostPair]
}

// A hostPair holds two hosts, in the order of the addresses in its key.
type hostPair struct {
	hosts  [2]*Host // nil if the table had no room for a row
	linked [2]bool  // the hardware address was recorded since a conversation began
}

// find returns the pair of src and dst, and the side of src.
func (t *hostPairs) find(w *worker, src, dst netip.Addr) (pair *hostPair, side int) {
	if e := t.last; e != nil {
		switch key := e.Key(); {
		case src == key[0] && dst == key[1]:
			return &e.Value, 0
		case src == key[1] && dst == key[0]:
			return &e.Value, 1
		}
	}
	key, side := pairKey(src, dst)
	e := t.table.Find(key)
	if e == nil {
		if t.table.Len() >= t.limit {
			t.table.Remove(t.table.Oldest())
		}
		e = t.table.Add(key, hostPair{hosts: [2]*Host{w.host(key[0]), w.host(key[1])}})
	}
	t.table.Touch(e)
	t.last = e
	return &e.Value, side
}

// opened notes that a conversation begins: the hardware addresses of its first
// packets are recorded.
func (t *hostPairs) opened(dir layers.Flow) {
	key, _ := pairKey(dir.Src.Addr(), dir.Dst.Addr())
	if e := t.table.Find(key); e != nil {
		e.Value.linked = [2]bool{}
	}
}

// pairKey returns the key of a pair, and the side of src.
func pairKey(src, dst netip.Addr) (key [2]netip.Addr, side int) {
	if dst.Less(src) {
		return [2]netip.Addr{dst, src}, 1
	}
	return [2]netip.Addr{src, dst}, 0
}
