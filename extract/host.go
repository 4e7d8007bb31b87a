package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// A Host is an address that sent or was sent packets. Count is how many.
type Host struct {
	Fact
	Addr     netip.Addr `json:"addr"`
	Sent     Traffic    `json:"sent"`
	Received Traffic    `json:"received"`

	// Server and Client count the connections in which it was on that side.
	Server int64 `json:"server,omitempty"`
	Client int64 `json:"client,omitempty"`
}

// Contacted reports whether the address was on the server's side of a
// connection, or on no side that is known.
func (h *Host) Contacted() bool { return h.Server > 0 || h.Client == 0 }

func (h *Host) appendKey(dst []byte) []byte { return appendAddr(dst, h.Addr) }

func (h *Host) merge(o *Host) {
	h.Fact.merge(&o.Fact)
	h.Sent.add(o.Sent)
	h.Received.add(o.Received)
	h.Server += o.Server
	h.Client += o.Client
}

var hosts = handleOf[Host]()

// Hosts returns the addresses of packets, in order.
func (r *Report) Hosts() iter.Seq[*Host] { return hosts.all(r) }

// host returns the row of an address, nil when there is no room for it.
func (w *worker) host(a netip.Addr) *Host {
	return hosts.of(&w.report).row(Host{Addr: a})
}

// saw counts a packet that a host sent or was sent. h is nil, or dropped, when
// there was no room for it.
func (w *worker) saw(h *Host, size int, sent bool) {
	if h == nil || h.dropped {
		hosts.of(&w.report).leftOut++
		return
	}
	e := w.byPacket()
	h.record(&e)
	if sent {
		h.Sent.count(size)
	} else {
		h.Received.count(size)
	}
}

// addresses counts a packet for the addresses of all its IP layers, those of
// tunnels included. Inner leaves out the outermost, which were counted with the
// fragments of a datagram.
func (w *worker) addresses(p *layers.Packet, size int, inner bool) {
	for layer := range p.Layers() {
		var src, dst netip.Addr
		switch layer.Kind {
		case layers.KindIPv4:
			ip, _ := layers.ParseIPv4(layer.Bytes)
			src, dst = ip.Src(), ip.Dst()
		case layers.KindIPv6:
			ip, _ := layers.ParseIPv6(layer.Bytes)
			src, dst = ip.Src(), ip.Dst()
		default:
			continue
		}
		if !inner {
			w.saw(w.host(src), size, true)
			w.saw(w.host(dst), size, false)
		}
		inner = false
	}
}
