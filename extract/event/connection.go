package event

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

func connectionAttributes(m *mapping) {
	for c := range m.report.Connections() {
		putConnection(m, c)
	}
	if m.options.All {
		for f := range m.report.Flows() {
			fact := f.Fact
			fact.Evidence = f.ConnEvidence()
			m.put(connID, misp.CommunityID, f.CommunityID, &fact)
		}
	}
}

// putConnection maps a port that was contacted and answered. Common ports, those
// of most connections, are not indicators.
func putConnection(m *mapping, c *extract.Connection) {
	rule := Rule("")
	switch {
	case c.Proto != layers.IPProtoTCP && c.Proto != layers.IPProtoUDP || c.Server.Port() == 0:
		return
	case unanswered(c):
		rule = Unanswered
	case slices.Contains(c.Protos, stream.FTPData):
		rule = DataPort
	case usual(c):
		rule = CommonPort
	}
	m.put(connService, misp.IPDstPort, c.Server.String(), &c.Fact, m.addrRule(c.Server.Addr()), rule)
}

// usual reports whether connections use a common port for the protocol that it is
// for, as far as the capture shows.
func usual(c *extract.Connection) bool {
	var of []stream.Proto
	switch c.Server.Port() {
	case 53:
		of = []stream.Proto{stream.DNS}
	case 80:
		of = []stream.Proto{stream.HTTP1, stream.HTTP2}
	case 443, 853, 993, 995:
		of = []stream.Proto{stream.TLS, stream.QUIC}
	case 25, 465, 587:
		of = []stream.Proto{stream.SMTP, stream.TLS}
	case 123:
		return true
	default:
		return slices.Contains(c.Protos, stream.DNS)
	}
	if c.Proto == layers.IPProtoTCP && c.Ended.Opened == 0 {
		return true // the beginning, which shows the protocol, is missing
	}
	return slices.ContainsFunc(c.Protos, func(p stream.Proto) bool { return slices.Contains(of, p) })
}

func unanswered(c *extract.Connection) bool { return c.Ended.Unanswered+c.Ended.Refused == c.Count }

// connectionObjects drafts the connections.
func connectionObjects(d *drafts) {
	x := index{flows: map[connection]*lone{}} // filled with the first object
	for c := range d.report.Connections() {
		if d.bothLocal(c.Client, c.Server.Addr()) || unanswered(c) && d.excludes(Unanswered) {
			continue
		}
		x.flows[keyOf(c)] = &lone{}
		d.add(misp.TemplateNetworkConnection, connKey(c), &c.Fact, func(o *object) []reference {
			if x.names == nil {
				x.fill(d.report)
				d.hostNames = x.names
			}
			o.Comment = connectionLabel(d.selector, c)
			fillConnection(o, c, &x)
			return x.around(c)
		})
	}
}

func keyOf(c *extract.Connection) connection { return connection{pair{c.Client, c.Server}, c.Proto} }

// connKey returns the key of a connection's object.
func connKey(c *extract.Connection) string {
	return c.Client.String() + " " + c.Server.String() + " " + strconv.Itoa(int(c.Proto))
}

func connectionLabel(s *selector, c *extract.Connection) string {
	label := endsLabel(s, c)
	if r, ok := s.beacons.of[keyOf(c)]; ok {
		label += "; " + r.String()
	}
	return label
}

// endsLabel describes a connection by its client and server.
func endsLabel(s *selector, c *extract.Connection) string {
	label := "to " + c.Server.String() + " " + strings.Join(protoNames(c), ", ")
	if c.Server.Port() == 0 {
		label = "to " + c.Server.Addr().String() + " " + strings.Join(protoNames(c), ", ")
	}
	if s.excludes(s.addrRule(c.Client)) {
		return label
	}
	return c.Client.String() + " " + label
}

func protoNames(c *extract.Connection) []string {
	names := make([]string, 0, len(c.Protos)+1)
	for _, p := range c.Protos {
		names = append(names, p.String())
	}
	if len(names) == 0 {
		names = append(names, c.Proto.String())
	}
	return names
}

func fillConnection(o *object, c *extract.Connection, x *index) {
	o.addr("ip-src", c.Client)
	o.addr("ip-dst", c.Server.Addr())
	o.number("dst-port", int64(c.Server.Port()))
	if f := x.flow(c); f != nil {
		o.number("src-port", int64(f.Client.Port()))
		o.text("community-id", f.CommunityID)
	} else {
		o.times("first-packet-seen", "last-packet-seen", &c.Fact)
	}
	if names := x.names[c.Server.Addr()]; len(names) > 0 {
		o.name("hostname-dst", names[0])
	}
	if mac := x.macs[c.Client]; mac != "" && o.s.lifts(HardwareAddr) {
		o.text("mac-src", mac)
	}
	if mac := x.macs[c.Server.Addr()]; mac != "" && o.s.lifts(HardwareAddr) {
		o.text("mac-dst", mac)
	}
	network := "IPv4"
	if c.Client.Is6() {
		network = "IPv6"
	}
	o.text("layer3-protocol", network)
	o.text("layer4-protocol", c.Proto.String())
	for _, p := range c.Protos {
		o.text("layer7-protocol", p.String())
	}
	if c.Count > 1 {
		o.number("count", c.Count)
	}
	o.number("src-packets-count", c.Sent.Packets)
	o.number("src-bytes-count", c.Sent.Bytes)
	o.number("dst-packets-count", c.Received.Packets)
	o.number("dst-bytes-count", c.Received.Bytes)
}
