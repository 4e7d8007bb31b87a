package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// tunnel counts a packet carried by a tunnel for the conversation of the tunnel
// itself.
func (w *worker) tunnel(s *shard, dir layers.Flow, rec *pcap.Record, ref stream.Ref) {
	w.ref = ref
	w.tick(s, rec)
	e := w.track(s, dir)
	e.Value.sent[sideOf(e.Key(), dir)].count(rec.WireLen)
}

// outerFlows yields the flows of the IP layers that carry another IP layer: the
// tunnels, outermost first.
func outerFlows(p *layers.Packet) iter.Seq[layers.Flow] {
	return func(yield func(layers.Flow) bool) {
		var f layers.Flow
		for layer := range p.Layers() {
			isIP := layer.Kind == layers.KindIPv4 || layer.Kind == layers.KindIPv6
			if isIP && f.Src.IsValid() && !yield(f) {
				return
			}
			switch layer.Kind {
			case layers.KindIPv4:
				ip, _ := layers.ParseIPv4(layer.Bytes)
				f = layers.Flow{Src: netip.AddrPortFrom(ip.Src(), 0), Dst: netip.AddrPortFrom(ip.Dst(), 0), Proto: ip.Protocol()}
			case layers.KindIPv6:
				ip, _ := layers.ParseIPv6(layer.Bytes)
				f = layers.Flow{Src: netip.AddrPortFrom(ip.Src(), 0), Dst: netip.AddrPortFrom(ip.Dst(), 0), Proto: ip.NextHeader()}
			case layers.KindUDP:
				udp, _ := layers.ParseUDP(layer.Bytes)
				f.Src = netip.AddrPortFrom(f.Src.Addr(), udp.SrcPort())
				f.Dst = netip.AddrPortFrom(f.Dst.Addr(), udp.DstPort())
				f.Proto = layers.IPProtoUDP
			}
		}
	}
}
