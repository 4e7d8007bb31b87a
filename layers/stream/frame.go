package stream

// A framer splits the bytes of a conversation into messages. It does not know
// what carries the bytes: a TCP connection, or a tunnel in one.
type framer interface {
	// lost reports that the next n bytes of one side are missing. It is
	// followed by push or end.
	lost(s sink, side, n int)
	// push processes the next bytes of one side, at least one.
	push(s sink, p piece)
	// end reports that no more bytes of one side will come.
	end(s sink, side int)
	// free releases the memory that the framer holds.
	free(s sink)
}

// A piece is consecutive bytes of one side, from one packet.
type piece struct {
	side   int
	data   []byte
	ref    Ref
	origin *Ref // packet of the first fragment, if the packet was fragmented
	gap    int  // bytes lost just before data, for Message.Gap

	// The sequence number after data, and the other side's that its sender
	// acknowledged. They are valid if placed.
	end, seen uint32
	placed    bool
}

// first returns the first packet of the piece.
func (p *piece) first() Ref {
	if p.origin != nil {
		return *p.origin
	}
	return p.ref
}

// A sink receives a framer's messages.
type sink struct {
	a     *Assembler
	c     *connection
	via   Path
	clean bool // for end: the side itself ended the direction
}

func (s sink) emit(m Message) {
	if !m.Kind.ofFile() && len(s.a.out) >= maxMessages {
		s.a.stats.TooMany++
		return
	}
	m.Conn, m.Via = &s.c.Conn, s.via
	if s.c.life != nil {
		s.c.life.protos.add(m.Proto)
	}
	s.a.out = append(s.a.out, m)
}

// count counts a recognised conversation.
func (s sink) count(p Proto) {
	s.a.count(p)
	if s.c.life != nil {
		s.c.life.protos.add(p)
	}
}

// maxMessages limits the messages of one call: many lines of two bytes may have
// waited for the same segment. The rest is skipped and counted in
// Stats.TooMany, except messages of files, which would be incomplete, and of
// connections, whose counts must add up. Memory for more than keptMessages is
// not kept for later calls.
const (
	maxMessages  = 1 << 18
	keptMessages = 1 << 10
)

// A buffer collects a message that arrives in several pieces. A message inside
// one piece is not copied. The capacity of b counts for Config.MaxBytes.
type buffer struct {
	b     []byte
	first Ref
	gap   int
	turn  turn // of the first byte
}

// begin records that the message begins with p.
func (b *buffer) begin(p *piece) {
	b.first, b.gap = p.first(), p.gap
	b.turn = turn{at: p.end - uint32(len(p.data)), seen: p.seen, known: p.placed}
}

// Buffers up to spareSize are reused, at most maxSpare of them.
const (
	spareSize = 24 << 10 // a TLS record, grown in steps
	maxSpare  = 16
)

// fill returns the first need bytes of the message once they have arrived. The
// bytes that it has to copy are removed from p.data.
func (b *buffer) fill(s sink, p *piece, need int) ([]byte, bool) {
	if len(b.b) == 0 {
		b.begin(p)
		if len(p.data) >= need {
			return p.data[:need], true
		}
	}
	b.add(s, p, min(max(need-len(b.b), 0), len(p.data)))
	return b.b, len(b.b) >= need
}

func (b *buffer) add(s sink, p *piece, n int) {
	before := cap(b.b)
	if b.b == nil && n > 0 {
		b.b = s.a.getSpare()
	}
	b.b = append(b.b, p.data[:n]...)
	p.data = p.data[n:]
	s.a.hold(cap(b.b) - before)
}

// done drops the message of n bytes that fill returned. It stays readable until
// the Assembler's next call.
func (b *buffer) done(s sink, p *piece, n int) {
	if len(b.b) == 0 {
		p.data = p.data[n:]
	} else {
		b.drop(s)
	}
	p.gap = 0
}

func (b *buffer) drop(s sink) {
	s.a.hold(-cap(b.b))
	s.a.lend(b.b)
	b.b = nil
}

func (b *buffer) abandon(s sink) {
	if len(b.b) > 0 {
		s.a.stats.Incomplete++
	}
	b.drop(s)
}

func (a *Assembler) getSpare() []byte {
	if n := len(a.spare); n > 0 {
		b := a.spare[n-1]
		a.spare = a.spare[:n-1]
		return b[:0]
	}
	return nil
}

// lend returns a buffer for reuse after this call, whose messages may point
// into it.
func (a *Assembler) lend(b []byte) {
	if b != nil && cap(b) <= spareSize && len(a.lent) < maxSpare {
		a.lent = append(a.lent, b)
	}
}
