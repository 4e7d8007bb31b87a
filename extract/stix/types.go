package stix

import (
	_ "embed"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/sightline-go/sightline/extract/misp"
)

//go:embed types.tsv
var typesTSV string

// A mapping is a line of types.tsv.
type mapping struct {
	observable []assignment // none: STIX cannot express the type
	pattern    string
}

// An assignment sets a property of an observable. If key is set, the property is a
// dictionary and key the member.
type assignment struct{ object, property, key, value string }

// mappings returns the lines of types.tsv that have an observable, by type.
var mappings = sync.OnceValue(func() map[misp.Type]*mapping {
	all := map[misp.Type]*mapping{}
	for line := range strings.Lines(typesTSV) {
		typ, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		observable, pattern, ok := strings.Cut(rest, "\t")
		if !ok || observable == "-" {
			continue
		}
		m := &mapping{pattern: pattern}
		for part := range strings.FieldsSeq(observable) {
			path, value, _ := strings.Cut(part, "=")
			object, property, _ := strings.Cut(path, ":")
			property, key, _ := strings.Cut(property, ".")
			m.observable = append(m.observable, assignment{object, property, key, value})
		}
		all[misp.Type(typ)] = m
	}
	return all
})

// parts returns the parts of an attribute's value in the form that STIX requires. ok is
// false if the type has no observable, or the value is not valid.
func parts(a *misp.Attribute) (parts []string, ok bool) {
	if mappings()[a.Type] == nil {
		return nil, false
	}
	typ := a.Type
	if typ == misp.MalwareSample {
		typ = misp.FilenameMD5 // which MISP does not check
	}
	value, err := misp.Normalize(typ, a.Value)
	if err != nil {
		return nil, false
	}
	parts = []string{value}
	switch {
	case typ == misp.URL || typ == misp.Link:
		parts[0], ok = escapeURL(value)
		return parts, ok
	case typ.Composite():
		i := strings.LastIndexByte(value, '|')
		parts = []string{value[:i], value[i+1:]}
	case mappings()[typ].observable[0].object == "email-addr":
		return parts, isMailbox(value)
	}
	return parts, !slices.Contains(parts, "")
}

// isMailbox reports whether an email address has a local part and a domain, without
// white space (RFC 5322 section 3.4.1). MISP accepts more.
func isMailbox(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	return ok && local != "" && domain != "" && !strings.Contains(domain, "@") && !strings.ContainsFunc(s, unicode.IsSpace)
}

// family returns the type of observable of an address or a prefix, or "" if it is
// neither. MISP also accepts a length such as /08.
func family(value string) string {
	a, err := netip.ParseAddr(value)
	if p, notPrefix := netip.ParsePrefix(value); notPrefix == nil {
		a, err = p.Addr(), nil
	}
	switch {
	case err != nil || a.Zone() != "":
		return ""
	case a.Is4():
		return "ipv4-addr"
	}
	return "ipv6-addr"
}

// number returns a part of a value as an integer that JSON readers keep exactly.
func number(s string) (n int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && 0 <= n && n < 1<<53
}
