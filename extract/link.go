package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
)

// A Link is a hardware address that sent packets of an IP address. That is the
// address's own, or, when many IP addresses have it, a router's.
type Link struct {
	Fact
	Addr netip.Addr `json:"addr"`
	MAC  string     `json:"mac"`           // in MISP's form, with colons
	ARP  int64      `json:"arp,omitempty"` // how often it said so itself, in ARP
}

func (k *Link) appendKey(dst []byte) []byte { return appendText(appendAddr(dst, k.Addr), k.MAC) }

func (k *Link) merge(o *Link) {
	k.Fact.merge(&o.Fact)
	k.ARP += o.ARP
}

var links = handleOf[Link]()

// Links returns the hardware addresses behind IP addresses, in order of the
// latter.
func (r *Report) Links() iter.Seq[*Link] { return links.all(r) }

// A linkState holds the text of the last hardware address: often the next one is
// the same.
type linkState struct {
	lastMAC     wire.MAC
	lastMACText string
}

// linkOf notes the hardware address that a packet came from.
func (w *worker) linkOf(p *layers.Packet) {
	eth, ok := p.Ethernet()
	src, _, isIP := p.Addrs()
	if ok && isIP {
		w.link(src, eth.Src())
	}
}

// arp notes the addresses that the sender of an ARP packet has (RFC 826).
func (w *worker) arp(p *layers.Packet) {
	a, ok := p.ARP()
	if !ok || len(a.SenderHardware()) != 6 || !a.SenderIP().IsValid() || a.SenderIP().IsUnspecified() {
		return
	}
	if k := w.link(a.SenderIP(), wire.MAC(a.SenderHardware())); k != nil {
		k.ARP++
	}
}

// link notes a pair of addresses. Of the packets that show it the first ones are
// enough: there are as many as there are connections.
func (w *worker) link(a netip.Addr, mac wire.MAC) *Link {
	if w.lastMAC != mac || w.lastMACText == "" {
		w.lastMAC, w.lastMACText = mac, mac.String()
	}
	return links.observe(w, Link{Addr: a, MAC: w.lastMACText}, w.byPacket())
}
