package stream

import (
	"hash/maphash"
	"time"

	"github.com/sightline-go/sightline/internal/lru"
)

// timeWait is how long a closed connection is remembered, in capture time, so
// that segments sent again do not open it anew. It is the time that a host keeps
// a port out of use after the end (RFC 9293 section 3.6.1; 60 seconds is what
// Linux and the BSDs take for twice the maximum segment lifetime).
const timeWait = time.Minute

// A table finds connections by key, and has them in the order of their last
// packets. It is a map by hash, and chains where hashes collide, because a map
// by key would hold each key twice: connections that carry no data are most of
// a port scan or a flood, and must be small. The hash is seeded, so nobody can
// make keys collide.
type table struct {
	seed  maphash.Seed
	chain map[uint64]*tcb
	lists [stateCount]lru.List[tcb]
	last  *tcb // where the last packet went, nil when that is gone
	open  int  // connections in it
}

func (t *table) hash(k *key) uint64 { return maphash.Bytes(t.seed, k[:]) }

// find returns the connection of k, nil when there is none.
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

// add adds c, whose key must not be there.
func (t *table) add(c *tcb) {
	if t.chain == nil {
		t.seed, t.chain = maphash.MakeSeed(), make(map[uint64]*tcb)
	}
	h := t.hash(&c.key)
	c.chain = t.chain[h]
	t.chain[h] = c
	t.lists[c.state].Add(&c.place, c)
	t.last = c
	t.open++
}

// remove takes c out.
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
	t.lists[c.state].Remove(&c.place)
	if t.last == c {
		t.last = nil
	}
	t.open--
}

// move puts c, in state s from now on, behind all others of that state.
func (t *table) move(c *tcb, s state) {
	t.last = c
	if c.state == s {
		t.lists[s].Touch(&c.place)
		return
	}
	t.lists[c.state].Remove(&c.place)
	c.state = s
	t.lists[s].Add(&c.place, c)
}

// oldest returns the connection to give up first when there is no room: one
// that is closed; then one that carried no data, of which nothing is lost but
// where it began; then the one that was idle longest. It returns nil when there
// is none.
func (t *table) oldest() *tcb {
	for i := range t.lists {
		if c := t.lists[i].Oldest(); c != nil {
			return c
		}
	}
	return nil
}

// refresh says that the clock has moved to now. As it follows the packets one
// behind, the last packet came then, and not when the clock said.
func (t *table) refresh(now time.Duration) {
	if t.last != nil {
		t.last.seen = now
		t.last = nil
	}
}

// idle returns a connection whose last packet came before now less limit, nil
// when there is none.
func (t *table) idle(now, limit time.Duration) *tcb {
	for s := range t.lists {
		keep := limit
		if state(s) == closed {
			keep = min(limit, timeWait)
		}
		if c := t.lists[s].Oldest(); c != nil && now-c.seen > keep {
			return c
		}
	}
	return nil
}
