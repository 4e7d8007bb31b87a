package stream

import "slices"

// A turn is the place of a message in the sequence numbers of both sides.
type turn struct {
	at    uint32 // of its first byte
	end   uint32 // after its last byte
	seen  uint32 // its sender had received all bytes of the other side before it
	known bool
}

// turn returns the place of the message of n bytes that began with begin.
func (b *buffer) turnOf(n int) turn {
	r := b.turn
	r.end = r.at + uint32(n)
	return r
}

// mayAnswer reports whether a reply at r may belong to a message at q: its
// sender had seen all of q, and the sender of q nothing of the reply.
func (r turn) mayAnswer(q turn) bool {
	return !r.known || !q.known || int32(r.seen-q.end) >= 0 && int32(r.at-q.seen) >= 0
}

// mayInterrupt is like mayAnswer, for a sender that need not have seen all of the
// message: it may refuse a request of which it has seen the beginning.
func (r turn) mayInterrupt(q turn) bool {
	return !r.known || !q.known || int32(r.seen-q.at) > 0 && int32(r.at-q.seen) >= 0
}

// follows reports whether a reply at r begins with the first byte that the
// sender of the message at q had not seen.
func (r turn) follows(q turn) bool { return r.known && q.known && r.at == q.seen }

// A queue holds the commands without a reply, oldest first. A reply belongs to
// the oldest, unless bytes were lost: then to the command whose sender had seen
// everything before the reply. At a limit of the commands, replies are no longer
// paired.
type queue[K any] struct {
	waiting []asked[K]
	held    int    // what they count as held
	seen    uint32 // by the sender of the last command
	heard   turn   // the last reply, if hear was called
	unsure  bool   // commands or replies may have been lost
	piped   bool   // the client did not wait for replies before it sent another command
	many    bool
}

// An asked is a command in a queue.
type asked[K any] struct {
	kind K
	turn turn
	cost int  // what it counts as held
	lost bool // not a command, but bytes that may have held some
}

// askedCost is what a command counts as held, beyond what its framer keeps of it.
const askedCost = 96

// maxUnanswered limits the commands of SMTP, POP3 and FTP that wait for
// replies.
const maxUnanswered = 512

// push adds a command, of which size bytes are kept, and at most limit may wait.
// It reports false if replies are no longer paired.
func (q *queue[K]) push(s sink, k K, at turn, size, limit int) bool {
	if q.many = q.many || len(q.waiting) >= limit; q.many {
		q.drop(s, len(q.waiting))
		return false
	}
	q.piped = q.piped || len(q.waiting) > 0 && (!at.known || at.seen == q.seen)
	q.seen = at.seen
	q.add(s, asked[K]{kind: k, turn: at, cost: askedCost + size})
	return true
}

func (q *queue[K]) add(s sink, w asked[K]) {
	q.waiting = append(q.waiting, w)
	q.held += w.cost
	s.a.hold(w.cost)
}

// newest returns the last command, or the zero K.
func (q *queue[K]) newest() (k K) {
	if n := len(q.waiting); n > 0 {
		k = q.waiting[n-1].kind
	}
	return k
}

// loseCommand records that commands may have been lost.
func (q *queue[K]) loseCommand(s sink) {
	q.unsure = true
	if n := len(q.waiting); !q.many && (n == 0 || !q.waiting[n-1].lost) {
		q.add(s, asked[K]{lost: true, cost: askedCost})
	}
}

// loseReply records that replies may have been lost.
func (q *queue[K]) loseReply() { q.unsure = q.unsure || len(q.waiting) > 0 }

// hear processes a reply, for protocols whose replies have nothing between them:
// if they do, it was not recognised, and may have been a reply.
func (q *queue[K]) hear(r turn) {
	begins := q.heard.end
	if !q.heard.known && len(q.waiting) > 0 {
		begins = q.waiting[0].turn.seen
		r.known = r.known && q.waiting[0].turn.known
	}
	if r.known && r.at != begins {
		q.loseReply()
	}
	q.heard = r
}

// find returns the index of the command that a reply at r answers. The commands
// before it have no reply. If bytes were lost and acknowledgements say nothing, it
// is the last command: a client waits for each reply before it asks again.
func (q *queue[K]) find(r turn) (i int, ok bool) {
	if q.many {
		return 0, false
	}
	if !q.unsure {
		return 0, len(q.waiting) > 0 && r.mayInterrupt(q.waiting[0].turn)
	}
	for i := range q.waiting {
		if w := &q.waiting[i]; !w.lost && r.follows(w.turn) && r.mayAnswer(w.turn) {
			return i, true
		}
	}
	last := len(q.waiting) - 1
	if last < 0 || q.piped || q.waiting[last].lost || r.known && q.waiting[last].turn.known {
		return 0, false
	}
	return last, true
}

// begins reports whether p begins where the sender of a command waits for its
// reply.
func (q *queue[K]) begins(p *piece) bool {
	r := turn{at: p.end - uint32(len(p.data)), seen: p.seen, known: p.placed}
	return slices.ContainsFunc(q.waiting, func(w asked[K]) bool { return !w.lost && r.follows(w.turn) && r.mayAnswer(w.turn) })
}

// front drops the commands before the one that a reply at r answers, and
// returns that, or nil. If it stays in the queue, the next reply may answer it
// too.
func (q *queue[K]) front(s sink, r turn) *K {
	i, ok := q.find(r)
	if !ok {
		if q.ambiguous() {
			q.pop(s)
		}
		return nil
	}
	q.drop(s, i)
	q.unsure = q.unsure && slices.ContainsFunc(q.waiting, func(w asked[K]) bool { return w.lost })
	q.waiting[0].turn.seen = r.end
	return &q.waiting[0].kind
}

// ambiguous reports whether a reply may belong to any command of a client that
// does not wait. Then one fewer has none: which one does not matter.
func (q *queue[K]) ambiguous() bool {
	return q.unsure && q.piped && len(q.waiting) > 0 && !q.waiting[0].lost
}

// pop removes the command that front returned.
func (q *queue[K]) pop(s sink) { q.drop(s, 1) }

// drop drops the n oldest.
func (q *queue[K]) drop(s sink, n int) {
	for i := range q.waiting[:n] {
		q.held -= q.waiting[i].cost
		s.a.hold(-q.waiting[i].cost)
	}
	clear(q.waiting[:n])
	if q.waiting = q.waiting[n:]; len(q.waiting) == 0 {
		q.unsure, q.piped, q.waiting = false, false, nil
	}
}

func (q *queue[K]) free(s sink) { q.drop(s, len(q.waiting)) }
