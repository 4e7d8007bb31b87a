package stream

// A framer cuts the bytes of a conversation into messages. It does not know
// what carries the bytes: a TCP connection, or a tunnel in one.
type framer interface {
	// lost says that the next n bytes of one side are missing. What comes after
	// them follows at once: push, or end.
	lost(s sink, side, n int)
	// push takes the next bytes of one side, at least one.
	push(s sink, p piece)
	// end says that no more bytes of one side will come.
	end(s sink, side int)
	// free gives back what the framer holds.
	free(s sink)
}

// A piece is consecutive bytes of one side, from one packet.
type piece struct {
	side   int
	data   []byte
	ref    Ref
	origin *Ref // the first fragment's packet, when the data came in several
	gap    int  // bytes lost just before data, for Message.Gap
}

// first returns the first packet that the piece came in.
func (p *piece) first() Ref {
	if p.origin != nil {
		return *p.origin
	}
	return p.ref
}

// A sink is where a framer's messages go.
type sink struct {
	a     *Assembler
	c     *connection
	via   Path
	clean bool // of end: the side said itself that it was the end
}

func (s sink) emit(m Message) {
	if !m.Kind.ofFile() && len(s.a.out) >= maxMessages {
		s.a.stats.TooMany++
		return
	}
	m.Conn, m.Via = &s.c.Conn, s.via
	if s.c.life != nil {
		s.c.life.speaks(m.Proto)
	}
	s.a.out = append(s.a.out, m)
}

// count counts a conversation that was recognised.
func (s sink) count(p Proto) {
	s.a.count(p)
	if s.c.life != nil {
		s.c.life.speaks(p)
	}
}

// maxMessages bounds the messages of one call: many lines of two bytes may have
// waited for the same segment. Further ones are passed over and counted in
// Stats.TooMany, but for those of files, whose parts belong together, and of
// connections, which add up. The memory of
// more than keptMessages is not kept for later calls.
const (
	maxMessages  = 1 << 18
	keptMessages = 1 << 10
)

// A buffer gathers a message that comes in several pieces. A message that lies
// in one piece is never copied. Its capacity is what counts for Config.MaxBytes.
type buffer struct {
	b     []byte
	first Ref
	gap   int
}

// Buffers up to spareSize are used again, at most maxSpare of them.
const (
	spareSize = 16 << 10
	maxSpare  = 16
)

// fill returns the first need bytes of the message when they are there. What
// it has to copy out of p is taken from p.data.
func (b *buffer) fill(s sink, p *piece, need int) ([]byte, bool) {
	if len(b.b) == 0 {
		b.first, b.gap = p.first(), p.gap
		if len(p.data) >= need {
			return p.data[:need], true
		}
	}
	b.add(s, p, min(max(need-len(b.b), 0), len(p.data)))
	return b.b, len(b.b) >= need
}

// add moves n bytes from p.data to the buffer.
func (b *buffer) add(s sink, p *piece, n int) {
	before := cap(b.b)
	if b.b == nil && n > 0 {
		b.b = s.a.getSpare()
	}
	b.b = append(b.b, p.data[:n]...)
	p.data = p.data[n:]
	s.a.hold(cap(b.b) - before)
}

// done drops the message of n bytes that fill returned. It stays readable
// until the Assembler's next call.
func (b *buffer) done(s sink, p *piece, n int) {
	if len(b.b) == 0 {
		p.data = p.data[n:]
	} else {
		b.drop(s)
	}
	p.gap = 0
}

// drop empties the buffer.
func (b *buffer) drop(s sink) {
	s.a.hold(-cap(b.b))
	s.a.lend(b.b)
	b.b = nil
}

// abandon drops an incomplete message and counts it.
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

// lend gives a buffer back that a message of this call may be in.
func (a *Assembler) lend(b []byte) {
	if b != nil && cap(b) <= spareSize && len(a.lent) < maxSpare {
		a.lent = append(a.lent, b)
	}
}
