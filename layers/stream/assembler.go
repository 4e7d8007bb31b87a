package stream

import (
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// Config bounds an Assembler. A field that is 0 has its default.
type Config struct {
	// MaxBytes bounds what is held in all: segments that wait for an earlier
	// one, incomplete messages, and the connections themselves. Reaching it
	// gives up the connection that was idle longest; QUIC connections may take
	// a quarter of it. 0: 64 MiB.
	MaxBytes int

	// MaxConn bounds what one direction of a connection holds of segments
	// that wait for an earlier one. Reaching it gives up what is missing.
	// 0: 4 MiB.
	MaxConn int

	// MaxMessage bounds one message. A longer one is given up. 0: 1 MiB.
	MaxMessage int

	// MaxDecode bounds a compressed body: as much of it is held until it is
	// whole, and as much comes out of it. A larger one is reported and not
	// decoded. 0: 16 MiB.
	MaxDecode int

	// Hash says which hashes of files are made.
	Hash Hash

	// Content asks for the content of files, as Messages with Part Data.
	Content bool

	// Idle is how long in capture time a connection may be silent before it is
	// given up. 0: 5 minutes.
	Idle time.Duration
}

const (
	defaultMaxBytes   = 64 << 20
	defaultMaxConn    = 4 << 20
	defaultMaxMessage = 1 << 20
	defaultMaxDecode  = 16 << 20
	defaultIdle       = 5 * time.Minute
)

// Stats counts what an Assembler has done and what it gave up.
type Stats struct {
	Conns int // connections seen
	Open  int // connections in memory now
	Held  int // bytes in memory now, as Config.MaxBytes counts them

	Expired    int // connections given up because they were idle for Config.Idle
	Evicted    int // connections given up at Config.MaxBytes
	TooLong    int // messages given up at Config.MaxMessage
	Incomplete int // messages whose rest never came

	Retransmitted int64 // bytes that had come before
	Missing       int64 // bytes in gaps
	Fragments     int   // packets left out because they are IP fragments of a TCP segment
}

// An Assembler follows TCP connections and cuts them into messages. The zero
// value is ready, with the bounds that Config documents. It is not safe for
// concurrent use.
type Assembler struct {
	Config

	table  map[key]*connection
	idle   list // every connection of table, the one that was silent longest first
	quic   quicTable
	dtls   []*dtlsMessage // in the order of their first fragments
	clock  time.Time
	latest time.Time // of the packet before

	out      []Message
	datagram Conn
	stats    Stats
	spare    [][]byte // buffers to use again
	lent     [][]byte // buffers that messages of this call are in
}

// Push takes a packet, which d decoded from rec, and returns the messages that
// it completes. They are valid until the next call.
func (a *Assembler) Push(p *layers.Packet, rec *pcap.Record) []Message {
	a.begin()
	ref := Ref{rec.Offset, rec.Number, rec.Time}
	a.tick(rec.Time)
	if tcp, ok := p.TCP(); ok {
		if p.Fragment() {
			a.stats.Fragments++
			return nil
		}
		if f, ok := p.Flow(); ok && f.Proto == layers.IPProtoTCP {
			a.segment(f, tcp, uncaptured(p), ref)
		}
	} else if udp, ok := p.UDP(); ok && a.pushHandshake(p, udp.Payload(), ref) {
		return a.out
	} else if m, ok := p.DNS(); ok {
		a.pushDNS(p, m, ref)
	}
	return a.out
}

// Flush gives up waiting for what is missing on all connections, ends them,
// and returns the messages that this brings. They are valid until the next call.
func (a *Assembler) Flush() []Message {
	a.begin()
	for a.idle.first != nil {
		a.drop(a.idle.first)
	}
	a.flushQUIC()
	a.flushDTLS()
	return a.out
}

// Stats returns the counts so far.
func (a *Assembler) Stats() Stats {
	s := a.stats
	s.Open = len(a.table) + len(a.quic.conns)
	return s
}

// Reset forgets all connections and counts, and keeps Config.
func (a *Assembler) Reset() { *a = Assembler{Config: a.Config} }

// begin takes back what the messages of the last call used.
func (a *Assembler) begin() {
	clear(a.out)
	a.out = a.out[:0]
	a.spare = append(a.spare, a.lent...)
	a.spare = a.spare[:min(len(a.spare), maxSpare)]
	a.lent = a.lent[:0]
	if a.table == nil {
		a.table = make(map[key]*connection)
	}
}

// tick moves the clock to t and gives up the connections that are idle too
// long. The clock is the earlier of two packets' times, so that one packet
// from the far future does not end everything.
func (a *Assembler) tick(t time.Time) {
	if t.IsZero() {
		return
	}
	now := t
	if a.latest.Before(t) {
		now = a.latest
	}
	a.latest = t
	if !now.After(a.clock) {
		return
	}
	a.clock = now
	limit := now.Add(-withDefault(a.Idle, defaultIdle))
	for c := a.idle.first; c != nil && c.seen.Before(limit); c = a.idle.first {
		a.stats.Expired++
		a.drop(c)
	}
}

// limit gives up connections until what is held is within MaxBytes.
func (a *Assembler) limit() {
	for a.stats.Held > withDefault(a.MaxBytes, defaultMaxBytes) && a.idle.first != nil {
		a.stats.Evicted++
		a.drop(a.idle.first)
	}
}

// drop ends a connection and forgets it.
func (a *Assembler) drop(c *connection) {
	a.finish(c)
	a.idle.remove(c)
	delete(a.table, c.key)
	a.hold(-connectionCost)
}

// uncaptured returns how many bytes the innermost IP layer promises beyond
// what was captured.
func uncaptured(p *layers.Packet) int {
	if !p.Truncated() {
		return 0
	}
	if ip, ok := p.IPv4(); ok && ip.Truncated() {
		return ip.TotalLen() - len(ip.Bytes())
	}
	if ip, ok := p.IPv6(); ok && ip.Truncated() {
		return ip.PayloadLen() - len(ip.Payload())
	}
	return 0
}

func (a *Assembler) hold(n int) { a.stats.Held += n }

// pushHandshake takes a datagram that is part of a handshake of QUIC or DTLS, on
// whatever port.
func (a *Assembler) pushHandshake(p *layers.Packet, b []byte, ref Ref) bool {
	return a.pushQUIC(p, b, ref) || a.pushDTLS(p, b, ref)
}

func (a *Assembler) pushDNS(p *layers.Packet, m layers.DNS, ref Ref) {
	f, ok := p.Flow()
	if !ok {
		return
	}
	query := !m.Response()
	if !query {
		f = f.Reverse()
	}
	a.datagram = Conn{Flow: f, Start: ref}
	a.out = append(a.out, Message{
		Conn: &a.datagram, Via: UDP, Proto: DNS, FromClient: query,
		First: ref, Last: ref, Data: m.Bytes(),
	})
}

func withDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}
