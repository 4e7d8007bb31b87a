package dump

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

type endpoints struct {
	IP  map[string]int `json:"ip"`
	MAC map[string]int `json:"mac"`
}

type conversationSet struct {
	TCP []*conversation `json:"tcp"`
	UDP []*conversation `json:"udp"`
}

type conversation struct {
	A         netip.Addr `json:"a"`
	APort     uint16     `json:"a_port"`
	B         netip.Addr `json:"b"`
	BPort     uint16     `json:"b_port"`
	PacketsAB int        `json:"packets_ab"`
	BytesAB   int        `json:"bytes_ab"`
	PacketsBA int        `json:"packets_ba"`
	BytesBA   int        `json:"bytes_ba"`
	ID        string     `json:"community_id"` // seed 0
}

// count counts a packet once for each value of the keys.
func (n *indicatorPrinter) count(counts map[string]int, o *object, ks ...key) {
	var seen []string
	for _, k := range ks {
		o.all(k, func(text []byte) {
			if v := strings.Trim(string(text), `"`); !slices.Contains(seen, v) {
				seen = append(seen, v)
				n.tally(counts, v)
			}
		})
	}
}

// converse counts a packet for each conversation it belongs to. In a tunnel over
// UDP these are the tunnel's and those inside.
func (n *indicatorPrinter) converse(p *layers.Packet, rec *pcap.Record) {
	var f layers.Flow
	for l := range p.Layers() {
		switch l.Kind {
		case layers.KindIPv4:
			ip, _ := layers.ParseIPv4(l.Bytes)
			f.Src, f.Dst = netip.AddrPortFrom(ip.Src(), 0), netip.AddrPortFrom(ip.Dst(), 0)
		case layers.KindIPv6:
			ip, _ := layers.ParseIPv6(l.Bytes)
			f.Src, f.Dst = netip.AddrPortFrom(ip.Src(), 0), netip.AddrPortFrom(ip.Dst(), 0)
		case layers.KindTCP:
			tcp, _ := layers.ParseTCP(l.Bytes)
			f.Proto = layers.IPProtoTCP
			n.talk(withPorts(f, tcp.SrcPort(), tcp.DstPort()), &n.out.Conversations.TCP, rec.WireLen)
		case layers.KindUDP:
			udp, _ := layers.ParseUDP(l.Bytes)
			f.Proto = layers.IPProtoUDP
			n.talk(withPorts(f, udp.SrcPort(), udp.DstPort()), &n.out.Conversations.UDP, rec.WireLen)
		}
	}
}

func withPorts(f layers.Flow, src, dst uint16) layers.Flow {
	f.Src, f.Dst = netip.AddrPortFrom(f.Src.Addr(), src), netip.AddrPortFrom(f.Dst.Addr(), dst)
	return f
}

// talk counts a packet of size bytes for one conversation.
func (n *indicatorPrinter) talk(f layers.Flow, list *[]*conversation, size int) {
	key := f.Canonical()
	c := n.talks[key]
	if c == nil {
		if !n.holds(rowCost) {
			return
		}
		c = &conversation{A: f.Src.Addr(), APort: f.Src.Port(), B: f.Dst.Addr(), BPort: f.Dst.Port(), ID: f.CommunityID(0)}
		n.talks[key] = c
		*list = append(*list, c)
	}
	if f.Src == netip.AddrPortFrom(c.A, c.APort) {
		c.PacketsAB++
		c.BytesAB += size
	} else {
		c.PacketsBA++
		c.BytesBA += size
	}
}
