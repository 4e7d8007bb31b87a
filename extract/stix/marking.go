package stix

import (
	"slices"
	"strings"
)

// tlp has the marking definitions of the Traffic Light Protocol 1.0 by the level (STIX
// 2.1 section 7.2.1.4). It is read only.
var tlp = map[string]string{
	"white": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
	"green": "34098fce-860f-48ae-8e50-ebd3cc5e41da",
	"amber": "f88d31f6-486f-44da-b317-01333bde0b82",
	"red":   "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}

// mark returns the identifiers of the marking definitions for tags, and the other tags.
// A level that TLP 1.0 does not have, like amber+strict, is red and a statement, so that
// nobody shares more than the tag allows.
func (b *builder) mark(tags []string) (ids, others []string) {
	for _, tag := range tags {
		level, isTLP := strings.CutPrefix(strings.ToLower(tag), "tlp:")
		if !isTLP {
			others = append(others, tag)
			continue
		}
		if level == "clear" { // of TLP 2.0
			level = "white"
		}
		if tlp[level] == "" {
			ids = append(ids, b.statement("TLP:"+strings.ToUpper(level)))
			level = "red"
		}
		ids = append(ids, b.level(level))
	}
	slices.Sort(ids)
	return slices.Compact(ids), others
}

func (b *builder) level(name string) string {
	return b.definition(Object{
		{"type", "marking-definition"}, {"spec_version", specVersion}, {"id", "marking-definition--" + tlp[name]},
		{"created", "2017-01-20T00:00:00.000Z"}, {"definition_type", "tlp"}, {"name", "TLP:" + strings.ToUpper(name)},
		{"definition", Object{{"tlp", name}}},
	})
}

func (b *builder) statement(text string) string {
	return b.definition(Object{
		{"type", "marking-definition"}, {"spec_version", specVersion}, {"id", newID("marking-definition", text)},
		{"created", ownCreated}, {"definition_type", "statement"}, {"definition", Object{{"statement", text}}},
	})
}

// definition adds a marking definition to the bundle once and returns its identifier.
func (b *builder) definition(o Object) string {
	if !slices.ContainsFunc(b.definitions, func(d Object) bool { return d.ID() == o.ID() }) {
		b.definitions = append(b.definitions, o)
	}
	return o.ID()
}
