package extract

import (
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

var limitedBroadcast = netip.AddrFrom4([4]byte{255, 255, 255, 255}) // RFC 919 section 7

// traffic counts a packet for its addresses, and for its connection.
func (w *worker) traffic(s *shard, p *layers.Packet, rec *pcap.Record) {
	dir, ok := p.Flow()
	if !ok {
		w.arp(p)
		return
	}
	f := w.follow(s, p, dir, rec)
	side := f.side(dir)
	f.sent[side].count(rec.WireLen)
	if tunnelled(p) {
		w.addresses(p, rec.WireLen, false)
		return
	}
	w.sampled(p)
	w.saw(f.hosts[side], rec.WireLen, true)
	w.saw(f.hosts[1-side], rec.WireLen, false)
	if !f.linked[side] {
		f.linked[side] = true
		w.linkOf(p)
	}
}

// datagramTraffic does the same for a datagram that was put together: the
// outermost addresses, and the bytes, were counted with its fragments.
func (w *worker) datagramTraffic(s *shard, p *layers.Packet, rec *pcap.Record) {
	if dir, ok := p.Flow(); ok {
		f := w.follow(s, p, dir, rec)
		f.sent[f.side(dir)].count(len(p.Bytes()))
		w.addresses(p, len(p.Bytes()), true)
	}
}

// follow returns the connection of a packet that goes in direction dir, after
// noting what the packet shows of it.
func (w *worker) follow(s *shard, p *layers.Packet, dir layers.Flow, rec *pcap.Record) *liveConn {
	tcp, isTCP := p.TCP()
	isTCP = isTCP && dir.Proto == layers.IPProtoTCP
	if isTCP {
		if f := s.live.find(dir); f != nil && f.reopened(f.side(dir), tcp) {
			w.close(s, f)
		}
	}
	f := w.track(s, dir, rec)
	side := f.side(dir)
	f.judge(side, p)
	if isTCP {
		f.flags[side] |= tcp.Flags()
		if tcp.Flags().Has(layers.TCPSyn) {
			f.syn[side] = tcp.Seq()
		}
	}
	if f.community == "" && (dir.Proto == layers.IPProtoICMPv4 || dir.Proto == layers.IPProtoICMPv6) {
		f.community = p.CommunityID(0)
	}
	return f
}

// track returns the connection of something that goes in direction dir, a new
// one when there is none, or when that was silent for too long.
func (w *worker) track(s *shard, dir layers.Flow, rec *pcap.Record) *liveConn {
	t := &s.live
	if usable(rec.Time) {
		t.tick(rec.Time)
		for f := t.oldest; f != nil && t.now.Sub(f.last.Time) > tcpIdle; f = t.oldest {
			w.close(s, f)
		}
	}
	f := t.find(dir)
	if f != nil && t.now.Sub(f.last.Time) > f.idle() {
		w.close(s, f)
		f = nil
	}
	if f == nil {
		f = w.open(s, dir)
	}
	t.touch(f)
	f.last = w.ref
	return f
}

func (w *worker) open(s *shard, dir layers.Flow) *liveConn {
	t := &s.live
	if len(t.byKey) >= t.limit {
		w.report.Unseen.Parted++
		w.close(s, t.oldest)
	}
	f := t.fresh()
	f.key, f.first, f.last = dir.Canonical(), w.ref, w.ref
	f.hosts = [2]*Host{w.host(f.key.Src.Addr()), w.host(f.key.Dst.Addr())}
	f.client = firstSide(f.side(dir), dir)
	if to := dir.Dst.Addr(); to.IsMulticast() || to == limitedBroadcast { // what is sent to all answers nobody
		f.client, f.sure = f.side(dir), true
	}
	t.add(f)
	return f
}

// close ends a connection and adds it to the report.
func (w *worker) close(s *shard, f *liveConn) {
	s.live.remove(f)
	defer s.live.reuse(f)
	client, server := f.key.Src, f.key.Dst
	if f.client == 1 {
		client, server = server, client
	}
	if h := f.hosts[f.client]; h != nil {
		h.Client++
	}
	if h := f.hosts[1-f.client]; h != nil {
		h.Server++
	}
	if w.options.Only.Has(Connections) {
		e := Evidence{First: f.first, Last: f.last}
		x := Exchange{Sent: f.sent[f.client], Received: f.sent[1-f.client], Protos: f.protos, Ended: f.ended()}
		dir := layers.Flow{Src: client, Dst: server, Proto: f.key.Proto}
		w.connection(dir, e, &x)
		w.flow(dir, e, &x, f.community)
	}
}

// endTraffic ends all connections of a shard.
func (w *worker) endTraffic(s *shard) {
	for f := s.live.oldest; f != nil; f = s.live.oldest {
		w.close(s, f)
	}
}
