package event

import (
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func dnsAttributes(m *mapping) {
	for q := range m.report.Queries() {
		putQuery(m, q)
	}
	for d := range m.report.Resolutions() {
		putResolution(m, d)
	}
}

// putQuery maps a queried name. Names that do not exist have an origin of their
// own, as malware with a domain generation algorithm queries many of them.
func putQuery(m *mapping, q *extract.Query) {
	if q.NXDomain > 0 && q.Answered == 0 {
		m.name(dnsAbsent, q.Name, &q.Fact)
	} else {
		m.name(dnsQuestion, q.Name, &q.Fact)
	}
}

func putResolution(m *mapping, d *extract.Resolution) {
	if _, ok := resolvedAddr(d); ok {
		putResolvedAddr(m, d)
		return
	}
	switch d.Type {
	case "CNAME", "DNAME", "MX", "SRV", "SVCB", "HTTPS":
		m.name(dnsAlias, d.Value, &d.Fact)
	case "TXT":
		m.put(dnsText, misp.Text, d.Value, &d.Fact, OnlyInObject)
	default:
		m.put(dnsServer, misp.Hostname, d.Value, &d.Fact, nameRule(d.Value), NameServer)
	}
}

// resolvedAddr returns the address to which a record leads clients.
func resolvedAddr(d *extract.Resolution) (netip.Addr, bool) {
	switch d.Type {
	case "A", "AAAA", "SVCB", "HTTPS":
		a, err := netip.ParseAddr(d.Value)
		return a, err == nil
	}
	return netip.Addr{}, false
}

func putResolvedAddr(m *mapping, d *extract.Resolution) {
	name, from, rule := d.Asked(), dnsAnswer, Rule("")
	if d.Update {
		name, from = d.Name, dnsUpdate
	} else if name == "" {
		name, rule = d.Name, Unasked
	}
	m.put(from, misp.DomainIP, name+"|"+d.Value, &d.Fact, nameRule(name), m.textAddrRule(d.Value), rule)
	if m.options.All {
		m.put(from, misp.IPDst, d.Value, &d.Fact)
		if name != d.Name {
			m.put(from, misp.DomainIP, d.Name+"|"+d.Value, &d.Fact)
		}
	}
}

// dnsObjects drafts the resolved names, each with all its records but those that the
// template has no relation for.
func dnsObjects(d *drafts) {
	var byName groups[string, *extract.Resolution]
	for r := range d.report.Resolutions() {
		if r.Type != "SVCB" && r.Type != "HTTPS" && !d.excludes(nameRule(r.Name)) {
			byName.add(r.Name, r, &r.Fact)
		}
	}
	for name, records := range byName.all() {
		d.add(misp.TemplateDNSRecord, name, records.fact, func(o *object) []reference {
			return fillRecord(o, name, records.rows)
		})
	}
}

func fillRecord(o *object, name string, records []*extract.Resolution) (refs []reference) {
	o.Comment = name
	o.indicator("queried-domain", name, o.s.detects(misp.Hostname, name))
	for _, r := range records {
		addResolution(o, r)
		switch {
		case isAddr(r.Value):
			refs = append(refs, reference{misp.ResolvedTo, nil, misp.IPDst, r.Value})
		case r.Type == "CNAME":
			refs = append(refs, reference{misp.ResolvedTo, misp.TemplateDNSRecord, "", r.Value})
		}
	}
	return refs
}

func addResolution(o *object, r *extract.Resolution) {
	relation := strings.ToLower(r.Type) + "-record"
	if a, ok := resolvedAddr(r); ok {
		o.addr(relation, a)
	} else {
		o.text(relation, r.Value)
	}
}
