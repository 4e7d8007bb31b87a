package stream

import (
	"time"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/internal/port"
	"github.com/sightline-go/sightline/layers"
)

// A tcb is the state of every TCP connection (a transmission control block, RFC
// 9293 section 3.3.1). It is small: state that only connections with data need
// is in conn.
type tcb struct {
	key    key
	client uint8 // the side that is probably the client, until there is a conn
	state  state
	bare   bool // no packet so far opens a connection, see find
	signs  signs

	wasReset bool
	resetter uint8 // the side that reset it
	half     [2]half
	start    Ref
	seen     time.Duration // arrival of the last packet, by Assembler.clock
	conn     *connection   // nil before the first data, and when closed
	life     *life         // nil unless Config.Connections is set

	place lru.Node[tcb] // in table.lists
	chain *tcb          // in table.chain
}

// tcbCost is what a tcb counts as held, with its table entry.
const tcbCost = 240

// A state says how much is lost if a connection is evicted; the least comes
// first.
type state uint8

const (
	closed  state = iota // both directions ended
	ending               // reset, or with both FINs, unless data follows
	silent               // no data yet
	talking              // with a conn
	stateCount
)

// A half is one direction of a connection. Sequence numbers are compared by
// their difference, because they wrap (RFC 9293 section 3.4).
type half struct {
	next  uint32 // sequence number of the next byte to deliver
	isn   uint32 // of the SYN, or before the first byte
	acked uint32 // the receiver has all bytes before it
	fin   uint32 // of the FIN

	seen    bool // a packet went this way
	syn     bool // isn is that of a SYN
	known   bool // next and acked are valid
	started bool // bytes were delivered
	hasFin  bool // fin is valid
	ended   bool // all bytes were delivered, and the FIN acknowledged
}

// over reports whether all bytes before a FIN were delivered.
func (h *half) over() bool { return h.ended || h.hasFin && h.fin == h.next }

// begins makes next the first byte of the direction.
func (h *half) begins(next uint32) { h.next, h.acked, h.isn, h.known = next, next, next-1, true }

// open adds a connection whose first packet is start, from side from. client is
// the sender of the first SYN, or as the ports suggest.
func (a *Assembler) open(k *key, from, client int, start Ref) *tcb {
	a.roomForSilent(k)
	t := &tcb{key: *k, client: uint8(client), state: silent, start: start}
	a.table.add(t)
	a.hold(tcbCost)
	a.stats.Conns++
	if a.Connections {
		first := packRef(start)
		t.life = &life{client: uint8(client), first: first, last: first}
		a.hold(lifeCost)
		a.opened(t, from)
	}
	return t
}

// roomForSilent makes room for a connection without data between the addresses of k.
func (a *Assembler) roomForSilent(k *key) {
	if a.MaxSilent <= 0 || a.table.lists[silent].Len() < a.MaxSilent || !a.table.full(k, a.MaxSilent) {
		return
	}
	pair, n := k.pair(), a.table.pairs.Excess()
	for t := range a.table.lists[silent].All() {
		if t.key.pair() != pair {
			continue
		}
		a.stats.Parted++
		a.drop(t, EndEvicted)
		if n--; n == 0 {
			return
		}
	}
}

// guessClient returns the client's side, as the first captured packet suggests
// it. All packets of a connection but its SYN and resets have an acknowledgement (RFC
// 9293 section 3.10.7.4): one without is a probe.
func guessClient(from int, f layers.Flow, flags layers.TCPFlags) int {
	sends := true
	switch flags & (layers.TCPSyn | layers.TCPAck | layers.TCPRst) {
	case 0, layers.TCPSyn:
	case layers.TCPSyn | layers.TCPAck:
		sends = false
	default:
		sends = port.ClientSends(f.Src.Port(), f.Dst.Port(), false)
	}
	if !sends {
		return 1 - from
	}
	return from
}

// drop ends and removes a connection. reason applies if no end was captured.
func (a *Assembler) drop(t *tcb, reason End) {
	a.finish(t)
	if t.life != nil {
		a.closed(t, reason)
		a.hold(-lifeCost)
	}
	a.table.remove(t)
	a.hold(-tcbCost)
}
