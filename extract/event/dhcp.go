package event

import "github.com/sightline-go/sightline/extract/misp"

func dhcpAttributes(m *mapping) {
	for s := range m.report.Leases() {
		m.put(dhcpName, misp.Text, s.HostName, &s.Fact, NoType)
		m.put(dhcpClass, misp.Text, s.VendorClass, &s.Fact, NoType)
		m.put(hostHardware, misp.MACAddress, s.MAC, &s.Fact, HardwareAddr)
	}
}
