package stix

import (
	"slices"

	"github.com/sightline-go/sightline/extract/misp"
)

// observables is the namespace of the identifiers of observables (STIX 2.1 section
// 2.9): 00abedb4-aa42-466c-9c01-fed23315a9b7.
var observables = misp.UUID{0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7}

// namespace is the namespace of all other identifiers.
var namespace = misp.NewUUID(misp.UUID{}, "https://github.com/sightline-go/sightline/extract/stix")

// contributing lists the ID contributing properties of each type of observable (STIX
// 2.1 section 6). It is read only.
var contributing = map[string][]string{
	"artifact":          {"hashes", "payload_bin"},
	"autonomous-system": {"number"},
	"domain-name":       {"value"},
	"email-addr":        {"value"},
	"email-message":     {"from_ref", "subject", "body"},
	"file":              {"hashes", "name", "parent_directory_ref", "extensions"},
	"ipv4-addr":         {"value"},
	"ipv6-addr":         {"value"},
	"mac-addr":          {"value"},
	"mutex":             {"name"},
	"network-traffic":   {"start", "end", "src_ref", "dst_ref", "src_port", "dst_port", "protocols", "extensions"},
	"url":               {"value"},
	"user-account":      {"account_type", "user_id", "account_login"},
	"x509-certificate":  {"hashes", "serial_number"},
}

// preferred lists the hashes in the order in which the first one contributes to an
// identifier (STIX 2.1 section 6.7.1).
var preferred = []string{"MD5", "SHA-1", "SHA-256", "SHA-512"}

// observableID returns the identifier of an observable (STIX 2.1 section 2.9).
func observableID(typ string, properties Object) string {
	var key Object
	for _, p := range properties {
		if slices.Contains(contributing[typ], p.Name) {
			if p.Name == "hashes" {
				p.Value = contributingHash(p.Value.(Object))
			}
			key = append(key, p)
		}
	}
	if len(key) == 0 {
		return derivedID(typ, properties)
	}
	return typ + "--" + misp.NewUUID(observables, string(appendObject(nil, canonical(key)))).String()
}

// derivedID returns the identifier of an observable that the standard's properties do
// not distinguish, which has a UUID of version 4. Its bits are derived from all
// properties.
func derivedID(typ string, properties Object) string {
	u := misp.NewUUID(namespace, typ, string(appendObject(nil, canonical(properties))))
	u[6] = u[6]&0x0f | 0x40
	return typ + "--" + u.String()
}

func contributingHash(hashes Object) Object {
	for _, name := range preferred {
		if v := hashes.Get(name); v != nil {
			return Object{{name, v}}
		}
	}
	return canonical(hashes)[:1]
}

// newID returns the identifier of an object that is not an observable.
func newID(typ string, parts ...string) string {
	return typ + "--" + misp.NewUUID(namespace, append([]string{typ}, parts...)...).String()
}
