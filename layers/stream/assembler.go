package stream

import (
	"maps"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// An Assembler reassembles TCP connections and splits them into messages. The
// zero value is ready to use, with the limits that Config documents. It is not
// safe for concurrent use.
type Assembler struct {
	Config

	// Capture numbers the capture that the next packets come from, for callers
	// that read several. It is copied to each Ref.
	Capture int

	table    table
	quic     quicTable
	dtls     lru.Table[dtlsKey, dtlsMessage]
	secured  dtlsTable
	openvpn  openvpnTable
	sessions sessionTable // of TLS
	clock    clock.Clock
	defrag   Defragmenter

	expected map[transferKey]*ftpTransfer

	out      []Message
	datagram Conn
	stats    Stats
	spare    [][]byte // buffers to reuse
	lent     [][]byte // buffers that messages of this call point into
	decoded  int      // bytes decoded in this call

	overdrawn int64 // work that connections did not pay for

	spareWaits, lentWaits     [][]byte // likewise, for waiting segments
	spareReports, lentReports []*report
	head                      headWriter
	messages                  messageInflater
	own                       Scratch
}

// Push processes a packet, which was decoded from rec, and returns the messages
// that it completes. They are valid until the next call. If the packet is a
// fragment that completes an IP datagram, the datagram is processed in its
// place: messages that it completes have the first fragment to arrive as First,
// and the packet as Last.
func (a *Assembler) Push(p *layers.Packet, rec *pcap.Record) []Message {
	a.defrag.MaxBytes = withDefault(a.MaxFragments, defaultMaxFragments)
	a.defrag.Capture = a.Capture
	whole, first := a.defrag.Whole(p, rec)
	a.PushWhole(whole, first, rec)
	a.lost()
	return a.out
}

// PushWhole is like Push, for a caller with its own Defragmenter, whose Whole
// returned p and first for rec. If p is nil, PushWhole only advances the clock
// to the time of rec, which may end idle connections.
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

// Shrink evicts connections, in the order that Config.MaxBytes documents, until
// at most size bytes are held, and returns the messages that this completes.
// They are valid until the next call. It is for callers that share one limit
// between several Assemblers.
func (a *Assembler) Shrink(size int) []Message {
	a.begin()
	a.limit(size)
	return a.out
}

// Silent returns the number of connections in memory that carry no data.
func (a *Assembler) Silent() int { return a.table.lists[silent].Len() }

// ShrinkSilent evicts the connections without data that have been idle longest, until
// at most n are left, and returns the messages that this completes. It is like Shrink,
// for a limit on their number.
func (a *Assembler) ShrinkSilent(n int) []Message {
	a.begin()
	if a.Silent() > n {
		a.stats.Full++
	}
	for a.Silent() > n {
		a.stats.Evicted++
		a.drop(a.table.lists[silent].Oldest(), EndEvicted)
	}
	return a.out
}

// packet processes a whole packet, or a datagram whose first fragment was at
// origin.
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

// Flush stops waiting for missing data, ends all connections and datagrams, and
// returns the messages that this completes. They are valid until the next call.
func (a *Assembler) Flush() []Message {
	a.begin()
	a.defrag.Flush()
	a.lost()
	for t := a.table.oldest(); t != nil; t = a.table.oldest() {
		a.drop(t, EndFlushed)
	}
	a.flushQUIC()
	a.flushDTLS()
	a.flushSecured()
	a.flushOpenVPN()
	a.flushSessions()
	return a.out
}

// Stats returns the counts so far.
func (a *Assembler) Stats() Stats {
	s := a.stats
	s.Open = a.table.open + a.quic.conns.Len() + a.secured.conns.Len() + a.openvpn.sessions.Len()
	s.Defrag = a.defrag.Stats()
	s.Protos = maps.Clone(s.Protos)
	return s
}

// Held returns Stats().Held, without building the rest of the Stats.
func (a *Assembler) Held() int { return a.stats.Held }

// Reset drops all connections and counts, and keeps Config.
func (a *Assembler) Reset() { *a = Assembler{Config: a.Config} }

// begin reclaims the memory that the messages of the last call used.
func (a *Assembler) begin() {
	a.decoded = 0
	if len(a.out) > 0 {
		clear(a.out)
		a.out = a.out[:0]
	}
	if cap(a.out) > keptMessages {
		a.out = nil
	}
	if len(a.lent)+len(a.lentWaits)+len(a.lentReports) > 0 {
		a.reclaim()
	}
}

// reclaim takes back what the last call has lent.
func (a *Assembler) reclaim() {
	a.spare = append(a.spare, a.lent...)
	a.spare = a.spare[:min(len(a.spare), maxSpare)]
	a.lent = a.lent[:0]
	a.spareWaits = append(a.spareWaits, a.lentWaits...)
	a.spareWaits = a.spareWaits[:min(len(a.spareWaits), maxSpare)]
	a.lentWaits = a.lentWaits[:0]
	a.spareReports = append(a.spareReports, a.lentReports...)
	a.spareReports = a.spareReports[:min(len(a.spareReports), maxSpare)]
	a.lentReports = a.lentReports[:0]
}

func (a *Assembler) expire() {
	a.expireQUIC()
	a.table.refresh(a.clock.Now())
	limit := withDefault(a.Idle, defaultIdle)
	for t := a.table.idle(a.clock.Now(), limit); t != nil; t = a.table.idle(a.clock.Now(), limit) {
		if t.state > ending {
			a.stats.Expired++
		}
		a.drop(t, EndIdle)
	}
}

// limit evicts connections until at most size bytes are held.
func (a *Assembler) limit(size int) {
	if a.stats.Held > size {
		a.stats.Full++
	}
	for a.stats.Held > size {
		t := a.table.oldest()
		if t == nil {
			return
		}
		if t.state > ending {
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

// uncaptured returns how many bytes of the innermost IP packet are missing from
// the capture.
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

// count counts a recognised conversation.
func (a *Assembler) count(p Proto) {
	if a.stats.Protos == nil {
		a.stats.Protos = make(map[Proto]int)
	}
	a.stats.Protos[p]++
}
