package stix

import (
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// attribute converts an attribute outside objects.
func (b *builder) attribute(a *misp.Attribute) {
	refs := b.observe(a)
	if len(refs) == 0 {
		b.omitted[a.Type]++
		return
	}
	markings := b.markingsOf(a)
	b.observedOf[a.UUID] = b.record(a.UUID, a.FirstSeen, a.LastSeen, 1, refs, markings)
	b.indicate(a, b.observedOf[a.UUID], a.FirstSeen, a.LastSeen)
}

// object converts an object: by the function of its template, and then the
// attributes that are left.
func (b *builder) object(o *misp.Object) {
	f := newFields(b, o)
	if o.Template != nil && templates[o.Template.Name] != nil {
		templates[o.Template.Name](f)
	}
	f.rest()
	if len(f.refs) == 0 {
		return
	}
	var markings []string
	for i := range o.Attributes {
		markings = append(markings, b.markingsOf(&o.Attributes[i])...)
	}
	markings = append(markings, b.markings...)
	slices.Sort(markings)
	markings = slices.Compact(markings)
	b.observedOf[o.UUID] = b.record(o.UUID, o.FirstSeen, o.LastSeen, max(f.count, 1), f.refs, markings)
}

// objectIndicators adds the indicators of an object's attributes.
func (b *builder) objectIndicators(o *misp.Object) {
	for i := range o.Attributes {
		b.indicate(&o.Attributes[i], b.observedOf[o.UUID], o.FirstSeen, o.LastSeen)
	}
}

// markingsOf returns the markings of the event and those of an attribute's tags.
func (b *builder) markingsOf(a *misp.Attribute) []string {
	own, _ := b.mark(a.Tags)
	if len(own) == 0 {
		return b.markings
	}
	all := slices.Concat(b.markings, own)
	slices.Sort(all)
	return slices.Compact(all)
}

// record adds an observed-data and returns its identifier.
func (b *builder) record(of misp.UUID, first, last time.Time, count int64, refs, markings []string) string {
	first, last = b.seen(first, last)
	o := b.domain("observed-data", b.newID("observed-data", of.String()), markings)
	o.add("first_observed", stamp(first))
	o.add("last_observed", stamp(last))
	o.add("number_observed", min(count, 999_999_999)) // STIX 2.1 section 4.14
	slices.Sort(refs)
	o.add("object_refs", slices.Compact(refs))
	b.observed = append(b.observed, o)
	return o.ID()
}

// indicate adds the indicator of a value for detection, based on an observed-data.
// Attributes with the same pattern share an indicator.
func (b *builder) indicate(a *misp.Attribute, observed string, first, last time.Time) {
	values, ok := parts(a)
	if !a.ToIDS || !ok {
		return
	}
	pattern, ok := mappings()[a.Type].expand(values)
	if !ok {
		return
	}
	id := b.newID("indicator", pattern)
	if _, known := b.indicatorOf[pattern]; !known {
		first, _ = b.seen(first, last)
		o := b.domain("indicator", id, b.markingsOf(a))
		o.add("name", strings.Join(values, "|"))
		o.add("description", misp.CommentText(a.Comment))
		o.add("pattern", pattern)
		o.add("pattern_type", "stix")
		o.add("pattern_version", specVersion)
		o.add("valid_from", stamp(first))
		b.indicatorOf[pattern] = len(b.indicators)
		b.indicators = append(b.indicators, o)
	}
	b.relate(id, "based-on", observed)
}

// relate adds a relationship once.
func (b *builder) relate(source, name, target string) {
	id := b.newID("relationship", source, name, target)
	if b.related[id] || source == target {
		return
	}
	b.related[id] = true
	o := b.domain("relationship", id, b.markings)
	o.add("relationship_type", name)
	o.add("source_ref", source)
	o.add("target_ref", target)
	b.relationships = append(b.relationships, o)
}

// references adds relationships for the references of an object, between what was
// observed.
func (b *builder) references(o *misp.Object) {
	source := b.observedOf[o.UUID]
	for _, r := range o.References {
		if target := b.observedOf[r.To]; source != "" && target != "" {
			b.relate(source, relationshipType(r.Relationship), target)
		}
	}
}

// relationshipType returns the name of a relationship in the characters that STIX
// allows (STIX 2.1 section 5.1).
func relationshipType(name string) string {
	name = strings.ToLower(name)
	for i := range len(name) {
		if c := name[i]; !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return misp.RelatedTo
		}
	}
	if name == "" {
		return misp.RelatedTo
	}
	return name
}
