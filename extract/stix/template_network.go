package stix

import (
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// connection adds a connection with its addresses.
func (f *fields) connection() {
	src, dst := f.referFirst("ip-src", "hostname-src"), f.referFirst("ip-dst", "hostname-dst")
	if src == "" {
		src = f.referFirst("mac-src")
	}
	if dst == "" {
		dst = f.referFirst("mac-dst")
	}
	if src == "" && dst == "" {
		return
	}
	o := Object{{"type", "network-traffic"}}
	f.period(&o)
	o.add("src_ref", src)
	o.add("dst_ref", dst)
	f.integer(&o, "src_port", "src-port")
	f.integer(&o, "dst_port", "dst-port")
	o.add("protocols", f.protocols())
	for _, p := range [][2]string{
		{"src_byte_count", "src-bytes-count"}, {"dst_byte_count", "dst-bytes-count"},
		{"src_packets", "src-packets-count"}, {"dst_packets", "dst-packets-count"},
	} {
		f.integer(&o, p[0], p[1])
	}
	f.put(o)
	f.hardware()
	var n Object
	f.integer(&n, "count", "count")
	f.count, _ = n.Get("count").(int64)
}

// period adds the times of a connection. One that ended as it began has no end, as
// that must be later (STIX 2.1 section 6.12).
func (f *fields) period(o *Object) {
	first, last := f.moment("first-packet-seen"), f.moment("last-packet-seen")
	if first.IsZero() || last.Before(first) {
		first, last = f.seen(f.object.FirstSeen, f.object.LastSeen)
	}
	o.add("start", stamp(first))
	if last.Truncate(time.Microsecond).After(first.Truncate(time.Microsecond)) {
		o.add("end", stamp(last))
	}
	o.add("is_active", false)
}

// protocols returns the protocols from the outermost to the innermost, by the names of
// the IANA registry: in lower case, and "http" for all versions of it.
func (f *fields) protocols() (names []string) {
	for _, layer := range []string{"layer3-protocol", "layer4-protocol", "layer7-protocol"} {
		for _, p := range f.take(layer) {
			p, _, _ = strings.Cut(strings.ToLower(p), "/")
			p = strings.ReplaceAll(p, " ", "-")
			if !slices.Contains(names, p) && p != "" {
				names = append(names, p)
			}
		}
	}
	return names
}

// hardware adds the hardware addresses of the hosts that have an address.
func (f *fields) hardware() {
	for _, side := range []string{"src", "dst"} {
		for _, addr := range f.refer("ip-" + side) {
			for _, mac := range f.refer("mac-" + side) {
				f.relate(addr, "resolves-to", mac)
			}
		}
	}
}

// request adds an HTTP request, with Options.HTTPRequests.
func (f *fields) request() {
	if !f.options.HTTPRequests || !f.has("method") || !f.has("uri") {
		return
	}
	src, dst := f.referFirst("ip-src"), f.referFirst("ip-dst", "host")
	if src == "" && dst == "" {
		return
	}
	protocols := []string{protocolOf(Object{{"dst_ref", dst}}), "tcp", "http"}
	o := Object{{"type", "network-traffic"}}
	o.add("src_ref", src)
	o.add("dst_ref", dst)
	o.add("protocols", protocols)
	var ext Object
	ext.add("request_method", strings.ToLower(f.first("method")))
	ext.add("request_value", f.first("uri"))
	var headers Object
	for _, h := range [][2]string{
		{"Content-Type", "content-type"}, {"Cookie", "cookie"}, {"Host", "host"}, {"Referer", "referer"}, {"User-Agent", "user-agent"},
	} {
		headers.add(h[0], f.values(h[1]))
	}
	ext.add("request_header", headers)
	o.add("extensions", Object{{"http-request-ext", ext}})
	f.put(o)
}

// values is like take, for a relation whose values may have an observable too.
func (f *fields) values(relation string) (values []string) {
	for i := range f.object.Attributes {
		if a := &f.object.Attributes[i]; a.Relation == relation && a.Value != "" {
			f.done[i] = f.done[i] || mappings()[a.Type] == nil
			values = append(values, a.Value)
		}
	}
	return values
}

func (f *fields) has(relation string) bool {
	return slices.ContainsFunc(f.object.Attributes, func(a misp.Attribute) bool { return a.Relation == relation && a.Value != "" })
}
