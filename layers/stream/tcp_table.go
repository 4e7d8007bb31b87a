package stream

import (
	"hash/maphash"
	"time"

	"github.com/sightline-go/sightline/internal/lru"
)

// timeWait is how long, in capture time, a closed connection is kept, so that
// retransmitted segments do not open it anew. A host keeps the port out of use
// for the same time (RFC 9293 section 3.6.1; Linux and the BSDs use 60 seconds
// for twice the maximum segment lifetime).
const timeWait = time.Minute

// A table finds connections by key, and keeps them in the order of their last
// packets. It maps hashes to chains of connections, because a map by key would
// hold each key twice: in a port scan or a flood most connections carry no
// data, and must be small. The hash is seeded, so nobody can construct
// collisions.
type table struct {
	seed  maphash.Seed
	chain map[uint64]*tcb
	lists [stateCount]lru.List[tcb]
	last  *tcb            // the connection of the last packet, or nil if it was removed
	open  int             // connections in it
	pairs lru.Quota[pair] // of connections without data
	quiet time.Duration   // until then no connection is idle
}

func (t *table) hash(k *key) uint64 { return maphash.Bytes(t.seed, k[:]) }

// find returns the connection of k, or nil.
func (t *table) find(k *key) *tcb {
	if t.chain == nil {
		return nil
	}
	c := t.chain[t.hash(k)]
	for c != nil && c.key != *k {
		c = c.chain
	}
	return c
}

// add adds c, whose key must be new.
func (t *table) add(c *tcb) {
	if t.chain == nil {
		t.seed, t.chain = maphash.MakeSeed(), make(map[uint64]*tcb)
	}
	h := t.hash(&c.key)
	c.chain = t.chain[h]
	t.chain[h] = c
	t.enter(c, c.state)
	t.last = c
	t.open++
}

func (t *table) remove(c *tcb) {
	h := t.hash(&c.key)
	if head := t.chain[h]; head != c {
		for head.chain != c {
			head = head.chain
		}
		head.chain = c.chain
	} else if c.chain != nil {
		t.chain[h] = c.chain
	} else {
		delete(t.chain, h)
	}
	t.leave(c)
	if t.last == c {
		t.last = nil
	}
	t.open--
}

// move sets the state of c to s, and makes it the newest of that state.
func (t *table) move(c *tcb, s state) {
	t.last = c
	if c.state == s {
		t.lists[s].Touch(&c.place)
		return
	}
	t.leave(c)
	t.enter(c, s)
}

func (t *table) enter(c *tcb, s state) {
	c.state = s
	t.lists[s].Add(&c.place, c)
	if s == silent && t.pairs.Counting() {
		t.pairs.Added(c.key.pair())
	}
}

func (t *table) leave(c *tcb) {
	t.lists[c.state].Remove(&c.place)
	if c.state == silent && t.pairs.Counting() {
		t.pairs.Removed(c.key.pair(), t.lists[silent].Len())
	}
}

// full reports whether the connections without data between the addresses of k have
// reached the limit.
func (t *table) full(k *key, limit int) bool {
	t.pairs.Limit = limit
	return t.pairs.Full(k.pair(), t.lists[silent].Len(), func(yield func(pair)) {
		for c := range t.lists[silent].All() {
			yield(c.key.pair())
		}
	})
}

// oldest returns the connection to evict first: one that ended; then one without
// data, of which only its start is lost; then the one idle longest. It returns
// nil if there is none.
func (t *table) oldest() *tcb {
	for i := range t.lists {
		if c := t.lists[i].Oldest(); c != nil {
			return c
		}
	}
	return nil
}

// refresh records that the clock has advanced to now. The clock only advances
// with the next packet, so the last packet arrived now.
func (t *table) refresh(now time.Duration) {
	if t.last != nil {
		t.last.seen = now
		t.last = nil
	}
}

// idle returns a connection that has been silent for longer than limit, or one that
// ended and has been silent for longer than timeWait, or nil.
func (t *table) idle(now, limit time.Duration) *tcb {
	if now <= t.quiet {
		return nil
	}
	quiet := now + limit
	for s := range t.lists {
		keep := limit
		if state(s) <= ending {
			keep = min(limit, timeWait)
		}
		since := now
		if c := t.lists[s].Oldest(); c != nil {
			if now-c.seen > keep {
				return c
			}
			since = c.seen
		}
		quiet = min(quiet, since+keep)
	}
	t.quiet = quiet
	return nil
}
