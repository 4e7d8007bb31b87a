package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
)

// A Link is a hardware address that sent packets from an IP address. It belongs to
// the host or, if many IP addresses share it, to a router. Count does not include
// all its packets, only those of ARP and the first of each connection.
type Link struct {
	Fact
	Addr netip.Addr `json:"addr"`
	MAC  string     `json:"mac"`           // in MISP's form, with colons
	ARP  int64      `json:"arp,omitempty"` // ARP packets in which it claims the address
}

func (k *Link) appendKey(dst []byte) []byte { return appendText(appendAddr(dst, k.Addr), k.MAC) }

func (k *Link) merge(o *Link) {
	k.Fact.merge(&o.Fact)
	k.ARP += o.ARP
}

var links = handleOf[Link]()

// Links returns the hardware addresses of IP addresses, in order of the IP
// addresses.
func (r *Report) Links() iter.Seq[*Link] { return links.all(r) }

// linkOf records the hardware address that sent a packet.
func (w *worker) linkOf(p *layers.Packet) {
	eth, ok := p.Ethernet()
	src, _, isIP := p.Addrs()
	if ok && isIP {
		w.link(src, eth.Src())
	}
}

// arp records the sender's addresses in an ARP packet (RFC 826).
func (w *worker) arp(p *layers.Packet) {
	a, ok := p.ARP()
	if !ok || len(a.SenderHardware()) != 6 || !a.SenderIP().IsValid() || a.SenderIP().IsUnspecified() {
		return
	}
	if k := w.link(a.SenderIP(), wire.MAC(a.SenderHardware())); k != nil {
		k.ARP++
	}
}

func (w *worker) link(a netip.Addr, mac wire.MAC) *Link {
	t, e := links.of(&w.report), w.byPacket()
	w.scratch = mac.AppendTo(w.scratch[:0])
	t.key = appendText(appendAddr(t.key[:0], a), w.scratch)
	k := t.at(t.key)
	if k == nil {
		k = t.add(t.key, Link{Addr: a, MAC: string(w.scratch)})
	}
	return t.count(k, &e)
}
