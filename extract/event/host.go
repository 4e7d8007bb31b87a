package event

import (
	"net/netip"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func hostAttributes(m *mapping) {
	for h := range m.report.Hosts() {
		if h.Contacted() {
			m.put(hostServer, misp.IPDst, h.Addr.String(), &h.Fact, m.addrRule(h.Addr))
		} else {
			m.put(hostClient, misp.IPSrc, h.Addr.String(), &h.Fact, m.addrRule(h.Addr))
		}
	}
	for k := range m.report.Links() {
		m.put(hostHardware, misp.MACAddress, k.MAC, &k.Fact, HardwareAddr)
	}
}

// onLink returns the MAC addresses of on-link IP addresses: those announced in
// ARP, and those that no other address of the same family shares. All hosts
// that a router forwards for share its MAC address.
func onLink(r *extract.Report) map[netip.Addr]string {
	shared := map[string]int{}
	for k := range r.Links() {
		shared[k.MAC+family(k.Addr)]++
	}
	macs := map[netip.Addr]string{}
	for k := range r.Links() {
		if k.ARP > 0 || shared[k.MAC+family(k.Addr)] == 1 && macs[k.Addr] == "" {
			macs[k.Addr] = k.MAC
		}
	}
	return macs
}

// family distinguishes IPv4, link-local IPv6 and other IPv6 addresses: a host
// has one of each.
func family(a netip.Addr) string {
	switch {
	case a.Is4():
		return "4"
	case a.IsLinkLocalUnicast():
		return "l"
	}
	return "6"
}
