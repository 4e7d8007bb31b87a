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

// putQuery maps a name that was asked for. A generator of names asks for many that do
// not exist before one that does.
func putQuery(m *mapping, q *extract.Query) {
	if q.NXDomain > 0 && q.Answered == 0 {
		m.name(dnsAbsent, q.Name, &q.Fact)
	} else {
		m.name(dnsQuestion, q.Name, &q.Fact)
	}
}

func putResolution(m *mapping, d *extract.Resolution) {
	switch d.Type {
	case "A", "AAAA":
		m.put(dnsAnswer, misp.DomainIP, d.Name+"|"+d.Value, &d.Fact, nameRule(d.Name), m.textAddrRule(d.Value))
		if m.options.All {
			m.put(dnsAnswer, misp.IPDst, d.Value, &d.Fact)
		}
	case "CNAME", "DNAME", "MX", "SRV":
		m.name(dnsAlias, d.Value, &d.Fact)
	case "TXT":
		m.put(dnsText, misp.Text, d.Value, &d.Fact, OnlyInObject)
	default:
		m.put(dnsServer, misp.Hostname, d.Value, &d.Fact, nameRule(d.Value), NameServer)
	}
}

// dnsObjects describes the names that DNS resolved, each with all that it was
// resolved to.
func dnsObjects(d *drafts) {
	var byName groups[string, *extract.Resolution]
	for r := range d.report.Resolutions() {
		if !d.excludes(nameRule(r.Name)) {
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
	o.indicator("queried-domain", name)
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

// addResolution adds what a name was resolved to.
func addResolution(o *object, r *extract.Resolution) {
	relation := strings.ToLower(r.Type) + "-record"
	if a, err := netip.ParseAddr(r.Value); err == nil && (r.Type == "A" || r.Type == "AAAA") {
		o.addr(relation, a)
	} else {
		o.text(relation, r.Value)
	}
}
