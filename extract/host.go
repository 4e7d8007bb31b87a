package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// A Host is an address that sent or received packets. Count is their number.
type Host struct {
	Fact
	Addr     netip.Addr `json:"addr"`
	Sent     Traffic    `json:"sent"`
	Received Traffic    `json:"received"`

	// Server and Client count its connections in that role.
	Server int64 `json:"server,omitempty"`
	Client int64 `json:"client,omitempty"`
}

// Contacted reports whether the address was the server of a connection, or has no
// known role.
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

// Hosts returns the source and destination addresses of packets, in order.
func (r *Report) Hosts() iter.Seq[*Host] { return hosts.all(r) }

// A hostState caches the rows of recent addresses.
type hostState struct{ recentHosts [1024]*Host }

// host returns the row of an address, or nil if the table has no room for it.
func (w *worker) host(a netip.Addr) *Host {
	recent := &w.recentHosts[mix(a)%uint64(len(w.recentHosts))]
	if h := *recent; h == nil || h.Addr != a || h.dropped {
		*recent = hosts.of(&w.report).row(Host{Addr: a})
	}
	return *recent
}

// saw counts a packet that a host sent or received. h is nil or dropped if the
// table has no room for it.
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

// addresses counts a packet for the addresses of all its IP layers, tunnels
// included. If inner is set, it skips the outermost layer, which was counted with
// the fragments of a datagram.
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
