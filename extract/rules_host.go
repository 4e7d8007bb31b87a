package extract

import (
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// addHosts notes the addresses of all IP layers of a packet, those of tunnels
// included, and what the packet says of the innermost pair's roles.
func (x *Extractor) addHosts(p *layers.Packet, e Evidence) {
	var from, to *Host
	for l := range p.Layers() {
		var src, dst netip.Addr
		switch l.Kind {
		case layers.KindIPv4:
			ip, _ := layers.ParseIPv4(l.Bytes)
			src, dst = ip.Src(), ip.Dst()
		case layers.KindIPv6:
			ip, _ := layers.ParseIPv6(l.Bytes)
			src, dst = ip.Src(), ip.Dst()
		default:
			continue
		}
		from, to = x.host(src, e), x.host(dst, e)
	}
	if f, ok := p.Flow(); ok {
		assign(roles(p, f), from, to)
	}
}

func (x *Extractor) host(a netip.Addr, e Evidence) *Host {
	x.scratch = append(x.scratch[:0], a.AsSlice()...)
	h := x.report.hosts.row(x.scratch, x.maxValues())
	if h == nil {
		return nil
	}
	h.Addr = a
	h.add(e)
	return h
}

// A role is what a packet says of its sender.
type role uint8

const (
	unknownRole role = iota
	client
	server
	likelyClient
	likelyServer
)

// assign notes on both hosts what a packet says; a host that is left out is nil.
func assign(sender role, from, to *Host) {
	if sender == server || sender == likelyServer {
		from, to = to, from
	}
	switch sender {
	case client, server:
		if from != nil {
			from.Client++
		}
		if to != nil {
			to.Server++
		}
	case likelyClient, likelyServer:
		if from != nil {
			from.LikelyClient++
		}
		if to != nil {
			to.LikelyServer++
		}
	}
}

// roles returns what p, a packet of f, says of its sender.
func roles(p *layers.Packet, f layers.Flow) role {
	switch f.Proto {
	case layers.IPProtoTCP:
		if tcp, ok := p.TCP(); ok {
			return tcpRole(tcp)
		}
	case layers.IPProtoUDP:
		if m, ok := p.DNS(); ok {
			return pick(m.Response(), server, client)
		}
		if f.Src.Port() != 0 {
			return portRole(f.Src.Port(), f.Dst.Port())
		}
	case layers.IPProtoICMPv4:
		if m, ok := p.ICMPv4(); ok {
			if _, _, ok := m.Echo(); ok {
				return pick(m.Type() == layers.ICMPv4EchoReply, server, client)
			}
		}
	case layers.IPProtoICMPv6:
		if m, ok := p.ICMPv6(); ok {
			if _, _, ok := m.Echo(); ok {
				return pick(m.Type() == layers.ICMPv6EchoReply, server, client)
			}
		}
	}
	return unknownRole
}

func tcpRole(tcp layers.TCP) role {
	if f := tcp.Flags(); f.Has(layers.TCPSyn) {
		return pick(f.Has(layers.TCPAck), server, client)
	}
	return portRole(tcp.SrcPort(), tcp.DstPort())
}

// portRole goes by the ports: the lower one is the server's.
func portRole(src, dst uint16) role {
	if src == dst {
		return unknownRole
	}
	return pick(src < dst, likelyServer, likelyClient)
}

func pick(b bool, yes, no role) role {
	if b {
		return yes
	}
	return no
}
