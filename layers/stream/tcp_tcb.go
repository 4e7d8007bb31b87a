package stream

import (
	"time"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/internal/port"
	"github.com/sightline-go/sightline/layers"
)

// A tcb is what is kept of every TCP connection (a transmission control block,
// RFC 9293 section 3.3.1). It is small: what only connections with data need is
// in conn.
type tcb struct {
	key    key
	client uint8 // the side that is taken for the client, until there is a conn
	state  state
	bare   bool // there were only packets that open no connection, see find
	half   [2]half
	start  Ref
	seen   time.Duration // when the last packet came, by Assembler.clock
	conn   *connection   // nil while there is no data, and when closed
	life   *life         // nil unless Config.Connections asks for it

	place lru.Node[tcb] // in table.lists
	chain *tcb          // in table.chain
}

// tcbCost is what a tcb takes, its place in the table included.
const tcbCost = 224

// A state says what there is to lose with a connection; the least comes first.
type state uint8

const (
	closed  state = iota // both directions ended
	silent               // no data yet
	talking              // there is a conn
	stateCount
)

// A half is one direction of a connection. Sequence numbers are compared by
// their difference, as they wrap (RFC 9293 section 3.4).
type half struct {
	next  uint32 // sequence number of the next byte to deliver
	isn   uint32 // of the SYN
	acked uint32 // the receiver has all before it

	seen    bool // a packet went this way
	syn     bool // isn is valid
	known   bool // next and acked are valid
	started bool // something was delivered
	ended   bool // everything was delivered
}

// begins makes next the first byte of the direction.
func (h *half) begins(next uint32) { h.next, h.acked, h.known = next, next, true }

// open adds a connection, whose first packet is start, in direction f from side
// from. The client is who sent the first SYN; without one, the ports decide.
func (a *Assembler) open(k *key, from int, f layers.Flow, client int, start Ref) *tcb {
	if a.MaxSilent > 0 && a.table.lists[silent].Len() >= a.MaxSilent {
		a.stats.Evicted++
		a.drop(a.table.lists[silent].Oldest(), EndEvicted)
	}
	t := &tcb{key: *k, client: uint8(client), state: silent, start: start}
	a.table.add(t)
	a.hold(tcbCost)
	a.stats.Conns++
	if a.Connections {
		t.life = newLife(f, from, client, start)
		a.hold(lifeCost)
		a.opened(t.life, from)
	}
	return t
}

// guessClient returns the client's side, as the first packet that was seen of a
// connection suggests it.
func guessClient(from int, f layers.Flow, flags layers.TCPFlags) int {
	syn, ack := flags.Has(layers.TCPSyn), flags.Has(layers.TCPAck)
	if syn && ack || !syn && !port.ClientSends(f.Src.Port(), f.Dst.Port(), false) {
		return 1 - from
	}
	return from
}

// drop ends a connection and forgets it, for a reason that counts if no end was
// seen.
func (a *Assembler) drop(t *tcb, reason End) {
	a.finish(t)
	if t.life != nil {
		a.closed(t, reason)
		a.hold(-lifeCost)
	}
	a.table.remove(t)
	a.hold(-tcbCost)
}
