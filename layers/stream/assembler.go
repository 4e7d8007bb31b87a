package stream

import (
	"maps"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

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
	dtls    lru.Table[dtlsKey, dtlsMessage]
	openvpn openvpnTable
	clock   clock.Clock
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
	if a.clock.Tick(rec.Time) {
		a.expire()
	}
	if p != nil {
		ref := RefOf(a.Capture, rec)
		var origin *Ref
		if first != ref {
			origin = new(Ref)
			*origin = first
		}
		a.packet(p, origin, ref, wireLen(p, rec))
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
func (a *Assembler) packet(p *layers.Packet, origin *Ref, ref Ref, wire int) {
	if tcp, ok := p.TCP(); ok {
		if f, ok := p.Flow(); ok && f.Proto == layers.IPProtoTCP {
			s := segment{seq: tcp.Seq(), data: tcp.Payload(), ref: ref, origin: origin}
			a.segment(f, tcp, s, uncaptured(p), wire)
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
		a.drop(t, EndFlushed)
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
	s.Open = a.table.open + a.quic.conns.Len() + a.openvpn.sessions.Len()
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
	a.table.refresh(a.clock.Now())
	limit := withDefault(a.Idle, defaultIdle)
	for t := a.table.idle(a.clock.Now(), limit); t != nil; t = a.table.idle(a.clock.Now(), limit) {
		if t.state != closed {
			a.stats.Expired++
		}
		a.drop(t, EndIdle)
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
		a.drop(t, EndEvicted)
	}
}

// wireLen returns the length of p on the wire: that of rec, or, if p was
// reassembled from fragments, its own.
func wireLen(p *layers.Packet, rec *pcap.Record) int {
	b := p.Bytes()
	if len(b) > 0 && len(rec.Data) > 0 && &b[0] == &rec.Data[0] {
		return rec.WireLen
	}
	return len(b)
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
