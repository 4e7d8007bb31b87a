package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dhcp"
	"github.com/sightline-go/sightline/layers/wire"
)

// A Lease describes a DHCP client (RFC 2131, RFC 8415): what it says about itself
// and the address that it requests or is assigned.
type Lease struct {
	Fact
	MAC         string     `json:"mac,omitempty"` // in MISP's form, with colons
	HostName    string     `json:"host_name,omitempty"`
	VendorClass string     `json:"vendor_class,omitempty"`
	Addr        netip.Addr `json:"addr,omitzero"`
}

func (s *Lease) appendKey(dst []byte) []byte {
	return appendText(appendAddr(dst, s.Addr), s.MAC, s.HostName, s.VendorClass)
}

func (s *Lease) merge(o *Lease) { s.Fact.merge(&o.Fact) }

var leases = handleOf[Lease]()

// Leases returns the DHCP clients, in order of their addresses.
func (r *Report) Leases() iter.Seq[*Lease] { return leases.all(r) }

func (w *worker) dhcp(p *layers.Packet) {
	var s Lease
	if m, ok := p.DHCPv4(); ok {
		s = leaseV4(m)
	} else if m, ok := p.DHCPv6(); ok {
		s = leaseV6(m)
	} else {
		return
	}
	if (s.MAC != "" || s.HostName != "" || s.VendorClass != "") && w.fits(s.HostName, s.VendorClass) {
		leases.observe(w, s, w.byPacket())
	}
}

func leaseV4(m dhcp.V4) Lease {
	s := Lease{MAC: macText(m.CHAddr()), HostName: text(m.HostName()), VendorClass: text(m.VendorClass())}
	if s.HostName == "" {
		s.HostName = text(m.AppendFQDN(nil))
	}
	s.Addr = m.YIAddr()
	if requested, ok := m.RequestedAddr(); ok && s.Addr.IsUnspecified() {
		s.Addr = requested
	}
	if s.Addr.IsUnspecified() {
		s.Addr = m.CIAddr()
	}
	if s.Addr.IsUnspecified() {
		s.Addr = netip.Addr{}
	}
	return s
}

func leaseV6(m dhcp.V6) Lease {
	s := Lease{MAC: macText(m.ClientID().LinkLayer()), HostName: text(m.AppendFQDN(nil))}
	if _, items, ok := m.VendorClass(); ok && len(items) > 2 {
		s.VendorClass = text(items[2:])
	}
	for a := range m.IAAddrs() {
		s.Addr = a
		break
	}
	return s
}

// macText returns the text of a hardware address, or "" if b is not six bytes long.
func macText(b []byte) string {
	if len(b) != 6 {
		return ""
	}
	return wire.MAC(b).String()
}
