package event

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// captureDrafts describes the captures. They contain what the connections are.
func (m *mapping) captureDrafts() []draft {
	var all []draft
	for i := range m.report.Captures {
		c := &m.report.Captures[i]
		fact := &extract.Fact{Count: 1, First: c.First, Last: c.Last}
		all = append(all, draft{
			template: misp.TemplatePcapMetadata, key: hex.EncodeToString([]byte(c.Identity())), fact: fact,
			fill: func(o *object) []reference {
				o.fillCapture(c)
				return m.containedBy(i)
			},
		})
	}
	return all
}

func (o *object) fillCapture(c *extract.Capture) {
	o.Comment = strings.TrimSpace("capture " + baseName(c.Name))
	if c.SHA256 != ([32]byte{}) {
		o.text("file-hash-sha256", hex.EncodeToString(c.SHA256[:]))
	}
	o.text("file-name", baseName(c.Name))
	o.number("file-size-in-bytes", c.Size)
	o.number("captured-packets", c.Packets)
	o.number("packet-size-limit", int64(c.SnapLen))
	o.text("file-format", c.Format)
	o.text("protocol", linkText(c))
	o.time("first-packet-seen", c.First)
	o.time("last-packet-seen", c.Last)
	if !c.First.IsZero() {
		o.text("time-span-seconds", strconv.FormatFloat(c.Last.Sub(c.First).Seconds(), 'f', 6, 64))
	}
	o.text("text", strconv.FormatInt(c.Packets, 10)+" packets, "+strconv.FormatInt(c.Bytes, 10)+" bytes")
}

// linkText returns the names of the link types.
func linkText(c *extract.Capture) string {
	var names []string
	for _, t := range c.LinkTypes {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

// captureNames returns the names of the captures, without their folders.
func captureNames(r *extract.Report) string {
	var names []string
	for i := range r.Captures {
		if name := baseName(r.Captures[i].Name); name != "" {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return "a capture"
	case len(names) > 3:
		return fmt.Sprintf("%s and %d more captures", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// span returns the times of the first and the last packet, zero times when
// packets have none that can be trusted.
func span(r *extract.Report) (first, last time.Time) {
	for i := range r.Captures {
		c := &r.Captures[i]
		if !c.First.IsZero() && (first.IsZero() || c.First.Before(first)) {
			first = c.First
		}
		if c.Last.After(last) {
			last = c.Last
		}
	}
	return first, last
}

// containedBy returns references to the connections whose first packet a
// capture holds.
func (m *mapping) containedBy(capture int) []reference {
	var refs []reference
	for c := range m.report.Connections() {
		if e, ok := c.Evidence.First(); ok && e.First.Capture == capture {
			refs = append(refs, reference{misp.Contains, misp.TemplateNetworkConnection, "", connKey(c)})
		}
	}
	return refs
}

// resolutionDrafts describes the names that DNS resolved, each with all that it
// was resolved to.
func (m *mapping) resolutionDrafts() []draft {
	var byName groups[string, *extract.Resolution]
	for d := range m.report.Resolutions() {
		if rule := nameRule(d.Name); rule == "" || m.lifts(rule) {
			byName.add(d.Name, d)
		}
	}
	var all []draft
	for name, records := range byName.all() {
		all = append(all, draft{misp.TemplateDNSRecord, name, together(records, func(d *extract.Resolution) *extract.Fact { return &d.Fact }), func(o *object) []reference {
			return o.fillRecord(name, records)
		}})
	}
	return all
}

func (o *object) fillRecord(name string, records []*extract.Resolution) (refs []reference) {
	o.Comment = name
	o.indicator("queried-domain", name)
	for _, r := range records {
		o.resolution(r)
		switch {
		case isAddr(r.Value):
			refs = append(refs, reference{misp.ResolvedTo, nil, misp.IPDst, r.Value})
		case r.Type == "CNAME":
			refs = append(refs, reference{misp.ResolvedTo, misp.TemplateDNSRecord, "", r.Value})
		}
	}
	return refs
}

// resolution adds what a name was resolved to.
func (o *object) resolution(r *extract.Resolution) {
	relation := strings.ToLower(r.Type) + "-record"
	if a, err := netip.ParseAddr(r.Value); err == nil && (r.Type == "A" || r.Type == "AAAA") {
		o.addr(relation, a)
	} else {
		o.text(relation, r.Value)
	}
}

func connKey(c *extract.Connection) string {
	return connectionKey(c.Client, c.Server) + " " + strconv.Itoa(int(c.Proto))
}

// connectionDrafts describes who spoke to whom.
func (m *mapping) connectionDrafts(x *index) []draft {
	var all []draft
	for c := range m.report.Connections() {
		if m.bothLocal(c.Client, c.Server.Addr()) || c.Ended.Unanswered+c.Ended.Refused == c.Count && !m.lifts(Unanswered) {
			continue
		}
		all = append(all, draft{misp.TemplateNetworkConnection, connKey(c), &c.Fact, func(o *object) []reference {
			o.Comment = m.connectionLabel(c)
			o.fillConnection(c, x)
			return x.around(c)
		}})
	}
	return all
}

// around returns references to what a connection carries.
func (x *index) around(c *extract.Connection) (refs []reference) {
	key := connectionKey(c.Client, c.Server)
	for _, hash := range x.certs[c.Server] {
		refs = append(refs, reference{misp.Uses, misp.TemplateX509, "", hash})
	}
	for _, q := range x.requests[key] {
		refs = append(refs, reference{misp.Contains, misp.TemplateHTTPRequest, "", requestKey(q)})
	}
	for _, s := range x.sessions[key] {
		refs = append(refs,
			reference{misp.CharacterizedBy, misp.TemplateJA3S, "", s.Key()},
			reference{misp.CharacterizedBy, misp.TemplateJA3, "", s.Key()},
			reference{misp.CharacterizedBy, misp.TemplateJA4Plus, "", s.JA4})
	}
	return refs
}

func (m *mapping) connectionLabel(c *extract.Connection) string {
	label := "to " + c.Server.String() + " " + strings.Join(protoNames(c), ", ")
	if c.Server.Port() == 0 {
		label = "to " + c.Server.Addr().String() + " " + strings.Join(protoNames(c), ", ")
	}
	if rule := m.addrRule(c.Client); rule == "" || m.lifts(rule) {
		return c.Client.String() + " " + label
	}
	return label
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

func (o *object) fillConnection(c *extract.Connection, x *index) {
	o.addr("ip-src", c.Client)
	o.addr("ip-dst", c.Server.Addr())
	o.number("dst-port", int64(c.Server.Port()))
	if f := x.flows[connKey(c)]; f != nil {
		o.number("src-port", int64(f.Client.Port()))
		o.text("community-id", f.CommunityID)
	}
	if names := x.names[c.Server.Addr()]; len(names) > 0 {
		o.name("hostname-dst", names[0])
	}
	if mac := x.macs[c.Client]; mac != "" && o.m.lifts(HardwareAddr) {
		o.text("mac-src", mac)
	}
	if mac := x.macs[c.Server.Addr()]; mac != "" && o.m.lifts(HardwareAddr) {
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
	o.number("count", c.Count)
	o.number("src-packets-count", c.Sent.Packets)
	o.number("src-bytes-count", c.Sent.Bytes)
	o.number("dst-packets-count", c.Received.Packets)
	o.number("dst-bytes-count", c.Received.Bytes)
	o.times("first-packet-seen", "last-packet-seen", &c.Fact)
}
