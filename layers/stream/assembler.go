package stream

import (
	"maps"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/pcap"
)

// Config bounds an Assembler. A field that is 0 has its default.
type Config struct {
	// MaxBytes bounds what is held in all: segments that wait for an earlier
	// one, incomplete messages, and the connections themselves. Reaching it
	// gives up the connection that was idle longest, those that carried no data
	// before those that did; QUIC connections may take a quarter of it. 0: 64 MiB.
	MaxBytes int

	// MaxSilent bounds the connections that carry no data, such as those of a
	// flood of SYNs. Reaching it gives up the one that was idle longest. 0: as
	// many as MaxBytes has room for.
	MaxSilent int

	// MaxConn bounds what one direction of a connection holds of segments
	// that wait for an earlier one. Reaching it gives up what is missing.
	// 0: 4 MiB.
	MaxConn int

	// MaxMessage bounds one message. A longer one is given up. 0: 1 MiB.
	MaxMessage int

	// MaxDecode bounds a compressed body, which is held until it is whole, and
	// what one call of Push or Flush decodes. What is beyond is reported and not
	// decoded. 0: 16 MiB.
	MaxDecode int

	// Hash says which hashes of files are made.
	Hash Hash

	// Content asks for the content of files, as Messages with Part Data.
	Content bool

	// NoFiles leaves out the Messages of files: bodies, attachments and transfers
	// are passed over, and Hash and Content have no effect.
	NoFiles bool

	// Detect, if set, recognises protocols of the caller's own.
	Detect Detector

	// Idle is how long in capture time a connection may be silent before it is
	// given up. A closed one is forgotten after a minute. 0: 5 minutes.
	Idle time.Duration

	// Overlap says which bytes count where segments that wait for an earlier
	// one overlap. 0: PolicyFirst.
	Overlap Policy

	// MaxFragments bounds what is held of incomplete IP datagrams, as
	// Defragmenter.MaxBytes does. 0: 4 MiB.
	MaxFragments int
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
	Open  int // connections in memory now, closed ones of the last minute included
	Held  int // bytes in memory now, as Config.MaxBytes counts them

	Expired    int // connections given up because they were idle for Config.Idle
	Evicted    int // connections given up at Config.MaxBytes or MaxSilent
	TooLong    int // messages given up at Config.MaxMessage
	Incomplete int // messages whose rest never came
	TooDeep    int // nested too deep: mails and multiparts, tunnels
	TooMany    int // parts of a mail or form beyond the thousandth, and messages of one call beyond the 2^18th, passed over
	Unmet      int // data connections that FTP announced and that were not seen

	// Protos counts conversations by what they were recognised as; several for a
	// connection that carries one in another.
	Protos map[Proto]int

	Retransmitted int64 // bytes that had come before
	Missing       int64 // bytes in gaps
	Stray         int64 // bytes behind the end of a direction, or of other sequence numbers
	Conflicts     int   // segments that differ from a waiting one where they overlap

	Defrag DefragStats
}

// Add adds the counts of o, another Assembler's.
func (s *Stats) Add(o Stats) {
	s.Conns += o.Conns
	s.Open += o.Open
	s.Held += o.Held
	s.Expired += o.Expired
	s.Evicted += o.Evicted
	s.TooLong += o.TooLong
	s.Incomplete += o.Incomplete
	s.TooDeep += o.TooDeep
	s.TooMany += o.TooMany
	s.Unmet += o.Unmet
	for p, n := range o.Protos {
		if s.Protos == nil {
			s.Protos = make(map[Proto]int)
		}
		s.Protos[p] += n
	}
	s.Retransmitted += o.Retransmitted
	s.Missing += o.Missing
	s.Stray += o.Stray
	s.Conflicts += o.Conflicts
	s.Defrag.add(o.Defrag)
}

// An Assembler follows TCP connections and cuts them into messages. The zero
// value is ready, with the bounds that Config documents. It is not safe for
// concurrent use.
type Assembler struct {
	Config

	// Capture numbers the capture whose packets come next, for callers with
	// several. It stands in their Refs.
	Capture int

	table   table
	quic    quicTable
	dtls    []*dtlsMessage // in the order of their first fragments
	openvpn openvpnTable
	clock   clock
	defrag  Defragmenter

	expected map[transferKey]*ftpTransfer

	out      []Message
	datagram Conn
	stats    Stats
	spare    [][]byte // buffers to use again
	lent     [][]byte // buffers that messages of this call are in
	decoded  int      // bytes that this call has decoded

	spareWaits, lentWaits [][]byte // likewise, of waiting segments
	unpacker              unpacker
}

// Push takes a packet, which was decoded from rec, and returns the messages that
// it completes. They are valid until the next call. A packet that completes an
// IP datagram is followed by the datagram: what the datagram completes has the
// first of its fragments that came as First, and the packet as Last.
func (a *Assembler) Push(p *layers.Packet, rec *pcap.Record) []Message {
	a.defrag.MaxBytes = withDefault(a.MaxFragments, defaultMaxFragments)
	a.defrag.Capture = a.Capture
	whole, first := a.defrag.Whole(p, rec)
	return a.PushWhole(whole, first, rec)
}

// PushWhole is Push for a caller with a Defragmenter of its own, whose Whole
// returned p and first for rec. When p is nil, rec moves the clock on and no
// more.
func (a *Assembler) PushWhole(p *layers.Packet, first Ref, rec *pcap.Record) []Message {
	a.begin()
	if a.clock.tick(rec.Time) {
		a.expire()
	}
	if p != nil {
		ref := RefOf(a.Capture, rec)
		var origin *Ref
		if first != ref {
			origin = new(Ref)
			*origin = first
		}
		a.packet(p, origin, ref)
	}
	a.limit(withDefault(a.MaxBytes, defaultMaxBytes))
	return a.out
}

// Shrink gives up connections, as Config.MaxBytes says, until no more than size
// bytes are held, and returns the messages that this brings. They are valid
// until the next call. It is for callers with several Assemblers and one bound
// for all.
func (a *Assembler) Shrink(size int) []Message {
	a.begin()
	a.limit(size)
	return a.out
}

// packet takes a whole packet, or a datagram whose first fragment was at origin.
func (a *Assembler) packet(p *layers.Packet, origin *Ref, ref Ref) {
	if tcp, ok := p.TCP(); ok {
		if f, ok := p.Flow(); ok && f.Proto == layers.IPProtoTCP {
			s := segment{seq: tcp.Seq(), data: tcp.Payload(), ref: ref, origin: origin}
			a.segment(f, tcp, s, uncaptured(p))
		}
	} else if udp, ok := p.UDP(); ok && a.pushHandshake(p, udp.Payload(), ref) {
		return
	} else if m, ok := p.DNS(); ok {
		first := ref
		if origin != nil {
			first = *origin
		}
		a.pushDNS(p, m, first, ref)
	}
}

// Flush gives up waiting for what is missing on all connections and datagrams,
// ends them, and returns the messages that this brings. They are valid until the
// next call.
func (a *Assembler) Flush() []Message {
	a.begin()
	for t := a.table.oldest(); t != nil; t = a.table.oldest() {
		a.drop(t)
	}
	a.flushQUIC()
	a.flushDTLS()
	a.flushOpenVPN()
	a.defrag.Flush()
	return a.out
}

// Stats returns the counts so far.
func (a *Assembler) Stats() Stats {
	s := a.stats
	s.Open = a.table.open + len(a.quic.conns) + len(a.openvpn.sessions)
	s.Defrag = a.defrag.Stats()
	s.Protos = maps.Clone(s.Protos)
	return s
}

// Held returns Stats().Held.
func (a *Assembler) Held() int { return a.stats.Held }

// Reset forgets all connections and counts, and keeps Config.
func (a *Assembler) Reset() { *a = Assembler{Config: a.Config} }

// begin takes back what the messages of the last call used.
func (a *Assembler) begin() {
	clear(a.out)
	a.out = a.out[:0]
	if cap(a.out) > keptMessages {
		a.out = nil
	}
	a.spare = append(a.spare, a.lent...)
	a.spare = a.spare[:min(len(a.spare), maxSpare)]
	a.lent = a.lent[:0]
	a.spareWaits = append(a.spareWaits, a.lentWaits...)
	a.spareWaits = a.spareWaits[:min(len(a.spareWaits), maxSpare)]
	a.lentWaits = a.lentWaits[:0]
	a.decoded = 0
}

// expire gives up what was idle too long.
func (a *Assembler) expire() {
	a.table.refresh(a.clock.now)
	limit := withDefault(a.Idle, defaultIdle)
	for t := a.table.idle(a.clock.now, limit); t != nil; t = a.table.idle(a.clock.now, limit) {
		if t.state != closed {
			a.stats.Expired++
		}
		a.drop(t)
	}
}

// limit gives up connections until what is held is within size.
func (a *Assembler) limit(size int) {
	for a.stats.Held > size {
		t := a.table.oldest()
		if t == nil {
			return
		}
		if t.state != closed {
			a.stats.Evicted++
		}
		a.drop(t)
	}
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

// count counts a conversation that was recognised.
func (a *Assembler) count(p Proto) {
	if a.stats.Protos == nil {
		a.stats.Protos = make(map[Proto]int)
	}
	a.stats.Protos[p]++
}

// pushHandshake takes a datagram that is part of a handshake of QUIC, DTLS or
// OpenVPN, on whatever port.
func (a *Assembler) pushHandshake(p *layers.Packet, b []byte, ref Ref) bool {
	return a.pushQUIC(p, b, ref) || a.pushDTLS(p, b, ref) || a.pushOpenVPN(p, b, ref)
}

func (a *Assembler) pushDNS(p *layers.Packet, m dns.Message, first, last Ref) {
	f, ok := p.Flow()
	if !ok {
		return
	}
	query := !m.Response()
	if !query {
		f = f.Reverse()
	}
	a.datagram = Conn{Flow: f, Start: first}
	a.out = append(a.out, Message{
		Conn: &a.datagram, Via: UDP, Proto: DNS, FromClient: query,
		First: first, Last: last, Data: m.Bytes(),
	})
}

func withDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}
