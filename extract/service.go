package extract

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dhcp"
)

// A Service is an address that a network offers to its hosts in DHCP (RFC 2132, RFC
// 8415) or in router advertisements (RFC 4861). Count is the number of messages.
type Service struct {
	Fact
	Addr netip.Addr `json:"addr"`
	Role string     `json:"role"` // one of the constants below
}

// The roles of a Service.
const (
	ServiceDHCP   = "dhcp" // the server that sent the message
	ServiceRouter = "router"
	ServiceDNS    = "dns"
	ServiceNTP    = "ntp"
)

func (s *Service) appendKey(dst []byte) []byte { return appendText(appendAddr(dst, s.Addr), s.Role) }

func (s *Service) merge(o *Service) { s.Fact.merge(&o.Fact) }

var services = handleOf[Service]()

// Services returns the services that networks offer to their hosts, in order of their
// addresses.
func (r *Report) Services() iter.Seq[*Service] { return services.all(r) }

// Options without a method of their own, with the RFC that defines them.
const (
	v4NTP         = 42 // RFC 2132 section 8.3
	v6SNTP        = 31 // RFC 4075
	v6NTP         = 56 // RFC 5908
	v6NTPAddr     = 1  // in v6NTP
	rdnssReserved = 6  // bytes before the addresses of layers.NDPRDNSS
)

func (w *worker) services(p *layers.Packet) {
	if m, ok := p.DHCPv4(); ok {
		w.servicesV4(p, m)
	} else if m, ok := p.DHCPv6(); ok {
		w.servicesV6(p, m)
	} else if m, ok := p.ICMPv6(); ok && m.Type() == layers.ICMPv6RouterAdvertisement {
		w.advertised(p, m)
	}
}

func (w *worker) servicesV4(p *layers.Packet, m dhcp.V4) {
	if t := m.Type(); !m.IsReply() || t != dhcp.V4Offer && t != dhcp.V4Ack {
		return
	}
	server, ok := m.ServerID()
	if !ok {
		server, _, _ = p.Addrs()
	}
	w.service(server, ServiceDHCP)
	for o := range m.Options() {
		switch o.Kind {
		case dhcp.V4Router:
			w.serviceList(o.Data, 4, ServiceRouter)
		case dhcp.V4DNS:
			w.serviceList(o.Data, 4, ServiceDNS)
		case v4NTP:
			w.serviceList(o.Data, 4, ServiceNTP)
		}
	}
}

func (w *worker) servicesV6(p *layers.Packet, m dhcp.V6) {
	if t := m.Type(); t != dhcp.V6Advertise && t != dhcp.V6Reply {
		return
	}
	server, _, _ := p.Addrs()
	w.service(server, ServiceDHCP)
	for o := range m.Options() {
		switch o.Code {
		case dhcp.V6DNS:
			w.serviceList(o.Data, 16, ServiceDNS)
		case v6SNTP:
			w.serviceList(o.Data, 16, ServiceNTP)
		case v6NTP:
			for inner := range o.Options(0) {
				if inner.Code == v6NTPAddr {
					w.serviceList(inner.Data, 16, ServiceNTP)
				}
			}
		}
	}
}

// advertised records what a router advertises. Only hop limit 255 proves that it is on
// the link (RFC 4861 section 6.1.2).
func (w *worker) advertised(p *layers.Packet, m layers.ICMPv6) {
	ip, ok := p.IPv6()
	if !ok || ip.HopLimit() != 255 {
		return
	}
	w.service(ip.Src(), ServiceRouter)
	for o := range m.NDPOptions() {
		if o.Kind == layers.NDPRDNSS && len(o.Data) > rdnssReserved {
			w.serviceList(o.Data[rdnssReserved:], 16, ServiceDNS)
		}
	}
}

// serviceList records a list of addresses of size bytes each.
func (w *worker) serviceList(list []byte, size int, role string) {
	for b := range slices.Chunk(list, size) {
		if a, ok := netip.AddrFromSlice(b); ok && len(b) == size {
			w.service(a, role)
		}
	}
}

func (w *worker) service(a netip.Addr, role string) {
	if a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && a != limitedBroadcast {
		services.observe(w, Service{Addr: a, Role: role}, w.byPacket())
	}
}
