package extract

import (
	"net/netip"

	"github.com/sightline-go/sightline/internal/port"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

var limitedBroadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255}) // RFC 919 section 7

// traffic counts a packet for its addresses.
func (w *worker) traffic(s *shard, p *layers.Packet, rec *pcap.Record) {
	dir, ok := p.Flow()
	if !ok {
		w.arp(p)
		return
	}
	if p.IsTunnelled() {
		w.addresses(p, rec.WireLen, false)
		return
	}
	w.sampled(p)
	pair, side := s.pairs.find(w, dir.Src.Addr(), dir.Dst.Addr())
	if dir.Src.Addr() == dir.Dst.Addr() { // the sides differ only in their ports
		side = sideOf(dir.Canonical(), dir)
	}
	w.saw(pair.hosts[side], rec.WireLen, true)
	w.saw(pair.hosts[1-side], rec.WireLen, false)
	if !pair.linked[side] {
		pair.linked[side] = true
		w.linkOf(p)
	}
}

// converse counts a packet of size bytes on the wire for its conversation, unless
// that is a TCP connection.
func (w *worker) converse(s *shard, p *layers.Packet, rec *pcap.Record, size int) {
	w.tick(s, rec)
	dir, ok := p.Flow()
	if !ok {
		return
	}
	if _, isTCP := p.TCP(); isTCP && dir.Proto == layers.IPProtoTCP {
		return
	}
	e := w.track(s, dir)
	c, side := &e.Value, sideOf(e.Key(), dir)
	c.sent[side].count(size)
	c.data[side] = c.data[side] || hasData(p)
	c.judge(side, p)
	if c.community == "" && (dir.Proto == layers.IPProtoICMPv4 || dir.Proto == layers.IPProtoICMPv6) {
		c.community = p.CommunityID(0)
	}
}

// hasData reports whether p is other than an empty UDP datagram.
func hasData(p *layers.Packet) bool {
	u, ok := p.UDP()
	return !ok || len(u.Payload()) > 0
}

// tick advances the clock of a shard and closes the conversations that have been
// silent for too long.
func (w *worker) tick(s *shard, rec *pcap.Record) {
	t := &s.live
	if !usable(rec.Time) || !t.clock.Tick(rec.Time) {
		return
	}
	now := t.clock.Time()
	for e := t.table.Oldest(); e != nil && e.Value.silentAt(now); e = t.table.Oldest() {
		w.close(s, e)
	}
}

// track returns the conversation of a packet in direction dir. It opens one for the
// first packet, and for the first after liveIdle. Only the conversation's own packets
// decide that: the clock depends on the others in the shard too.
func (w *worker) track(s *shard, dir layers.Flow) *liveEntry {
	t := &s.live
	e := t.find(dir)
	if e != nil && e.Value.silentAt(w.ref.Time) {
		w.close(s, e)
		e = nil
	}
	if e == nil {
		e = w.open(s, dir)
	}
	t.touch(e, w.ref)
	return e
}

func (w *worker) open(s *shard, dir layers.Flow) *liveEntry {
	w.roomFor(s, dir)
	key := dir.Canonical()
	c := liveConn{first: w.ref, client: sideOf(key, dir)}
	if !port.ClientSends(dir.Src.Port(), dir.Dst.Port(), true) {
		c.client = 1 - c.client
	}
	if to := dir.Dst.Addr(); to.IsMulticast() || to == limitedBroadcast { // a group never answers
		c.client, c.sure = sideOf(key, dir), true
	}
	s.pairs.opened(dir)
	return s.live.add(key, c)
}

// roomFor makes room for a conversation between the addresses of dir: if they have
// reached MaxLive, it closes those of them that have been idle longest.
func (w *worker) roomFor(s *shard, dir layers.Flow) {
	t := &s.live
	if t.table.Len() < t.pairs.Limit {
		return
	}
	pair, n := flowPair(dir), t.pairs.Excess()
	if !t.full(pair) {
		return
	}
	for e := range t.table.All() {
		if flowPair(e.Key()) != pair {
			continue
		}
		w.report.Unseen.Parted++
		w.close(s, e)
		if n--; n == 0 {
			return
		}
	}
}

// shrink closes the conversations of a shard that have been idle longest, until at most
// size are open, and returns how many it closed.
func (w *worker) shrink(s *shard, size int) (closed int) {
	for ; s.live.table.Len() > size; closed++ {
		w.close(s, s.live.table.Oldest())
	}
	w.report.Unseen.Crowded += int64(closed)
	return closed
}

// close ends a conversation and adds it to the report.
func (w *worker) close(s *shard, e *liveEntry) {
	s.live.remove(e)
	c, dir := &e.Value, e.Key()
	if c.client == 1 {
		dir = dir.Reverse()
	}
	w.ended(dir, Evidence{First: c.first, Last: c.last}, &Exchange{
		Sent: c.sent[c.client], Received: c.sent[1-c.client], Protos: c.protos, Ended: c.ended(),
		Answered: countIf(c.data[1-c.client]),
	}, c.community)
}

func (w *worker) tcpOpened(s *shard, m *stream.Message) { s.pairs.opened(m.Conn.Flow) }

// tcpClosed adds a TCP connection to the report.
func (w *worker) tcpClosed(_ *shard, m *stream.Message) {
	sum := m.Summary
	x := Exchange{
		Sent:     Traffic{sum.Client.Packets, sum.Client.Bytes},
		Received: Traffic{sum.Server.Packets, sum.Server.Bytes},
		Ended:    endedAs(sum.End),
		Answered: countIf(sum.Server.Data > 0),
	}
	if (sum.Client.Flags | sum.Server.Flags).Has(layers.TCPSyn) {
		x.Ended.Opened = 1
	} else if isBare(sum) {
		x.Ended.Bare = 1
	}
	for _, p := range sum.Protos {
		if isSpoken(p) {
			x.Protos = append(x.Protos, p)
		}
	}
	w.ended(m.Conn.Flow, Evidence{First: m.First, Last: m.Last}, &x, "")
}

func countIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// endedAs counts one connection with this end.
func endedAs(end stream.End) Ended {
	switch end {
	case stream.EndClosed:
		return Ended{Closed: 1}
	case stream.EndReset:
		return Ended{Reset: 1}
	case stream.EndRefused:
		return Ended{Refused: 1}
	case stream.EndUnanswered:
		return Ended{Unanswered: 1}
	}
	return Ended{Open: 1}
}

// ended adds a conversation from dir.Src, the client, to dir.Dst to the report.
// community is its Community ID if that does not follow from dir.
func (w *worker) ended(dir layers.Flow, e Evidence, x *Exchange, community string) {
	if h := w.host(dir.Src.Addr()); h != nil {
		h.Client++
	}
	if h := w.host(dir.Dst.Addr()); h != nil {
		h.Server++
	}
	if w.options.Only.Has(Connections) {
		w.connection(dir, e, x)
		w.flow(dir, e, x, community)
	}
}

// endTraffic closes all conversations of a shard.
func (w *worker) endTraffic(s *shard) {
	for e := s.live.table.Oldest(); e != nil; e = s.live.table.Oldest() {
		w.close(s, e)
	}
}

// isBare reports whether a connection carried no data. The byte of a keep-alive probe
// is not data.
func isBare(s *stream.Summary) bool {
	return s.Client.Data+s.Server.Data <= s.Client.Packets+s.Server.Packets
}
