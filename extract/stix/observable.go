package stix

import (
	"encoding/base64"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// observe adds the observables of an attribute and returns their identifiers, or none
// if STIX cannot express it.
func (b *builder) observe(a *misp.Attribute) (ids []string) {
	values, ok := parts(a)
	if !ok {
		return nil
	}
	var objects []Object
	for _, set := range mappings()[a.Type].observable {
		if objects, ok = b.assign(objects, set, values); !ok {
			return nil
		}
	}
	for _, o := range objects {
		ids = append(ids, b.add(o))
	}
	if a.Type == misp.DomainIP {
		b.relate(ids[0], misp.ResolvesTo, ids[1])
	}
	if b.options.Artifacts && len(a.Data) > 0 {
		ids = append(ids, b.artifact(ids[0], a.Data))
	}
	return ids
}

// assign sets a property of the last object, or of a new one if its type is another.
func (b *builder) assign(objects []Object, set assignment, values []string) ([]Object, bool) {
	typ := set.object
	if typ == "ip" {
		if typ = family(values[set.value[1]-'1']); typ == "" {
			return nil, false
		}
	}
	if n := len(objects); n == 0 || objects[n-1].Type() != typ {
		objects = append(objects, Object{{"type", typ}})
	}
	o := &objects[len(objects)-1]
	switch set.value[0] {
	case '@':
		o.add(set.property, observableID(objects[0].Type(), objects[0][1:]))
	case '#':
		n, ok := number(values[set.value[1]-'1'])
		if !ok {
			return nil, false
		}
		o.add(set.property, n)
	default:
		var value any = values[set.value[1]-'1']
		if set.key != "" {
			value = Object{{set.key, value}}
		}
		o.add(set.property, value)
	}
	return objects, true
}

// add adds an observable, of which o has the type and the properties, and returns its
// identifier. The same observable is added once, with the properties of all. Those that
// differ although the standard gives them one identifier, like two emails with the same
// sender and subject, are all kept.
func (b *builder) add(o Object) string {
	if known := b.byValue[valueKey(o)]; known != "" {
		return known
	}
	o = b.complete(o)
	id := observableID(o.Type(), o[1:])
	if i, known := b.index[id]; known && !b.observables[i].agrees(o) {
		id = derivedID(o.Type(), o[1:])
	}
	if i, known := b.index[id]; known {
		b.observables[i].merge(o)
		return id
	}
	full := Object{o[0], {"spec_version", specVersion}, {"id", id}}
	full.add("object_marking_refs", b.markings)
	b.index[id] = len(b.observables)
	b.observables = append(b.observables, append(full, o[1:]...))
	b.remember(o, id)
	return id
}

// complete adds the properties that the type requires, if o lacks them.
func (b *builder) complete(o Object) Object {
	switch o.Type() {
	case "email-message":
		o.merge(Object{{"is_multipart", false}})
	case "network-traffic":
		o.merge(Object{{"protocols", []string{protocolOf(o)}}})
	}
	return o
}

// protocolOf returns the protocol that the addresses of network-traffic imply.
func protocolOf(o Object) string {
	typ, _, _ := strings.Cut(o.text("src_ref")+o.text("dst_ref"), "-addr--")
	switch typ {
	case "ipv4", "ipv6":
		return typ
	}
	return "ip"
}

// valueKey returns a key of a file or a certificate that has one hash, and perhaps a
// name: what an attribute says of it.
func valueKey(o Object) string {
	hashes, _ := o.Get("hashes").(Object)
	plain := len(o) == 2 || len(o) == 3 && o.text("name") != ""
	if len(hashes) != 1 || !plain {
		return ""
	}
	return hashKey(o.Type(), o.text("name"), hashes[0])
}

func hashKey(typ, name string, hash Property) string {
	return string(appendObject(nil, Object{{typ, name}, hash}))
}

// remember notes a file or a certificate by each of its hashes, with and without its
// name, so that attributes refer to it.
func (b *builder) remember(o Object, id string) {
	hashes, _ := o.Get("hashes").(Object)
	names := []string{o.text("name")}
	if names[0] != "" {
		names = append(names, "")
	}
	for _, h := range hashes {
		for _, name := range names {
			if key := hashKey(o.Type(), name, h); b.byValue[key] == "" {
				b.byValue[key] = id
			}
		}
	}
}

// artifact adds the content of a file and returns its identifier.
func (b *builder) artifact(file string, content []byte) string {
	id := b.add(Object{{"type", "artifact"}, {"payload_bin", base64.StdEncoding.EncodeToString(content)}})
	if i, known := b.index[file]; known {
		b.observables[i].merge(Object{{"content_ref", id}})
	}
	return id
}
