package stix_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A kind checks the value of a property.
type kind func(c *checker, value any) bool

// properties are those of a type of object in STIX 2.1, with the section of its
// table.
type properties struct {
	section  string
	required map[string]kind
	optional map[string]kind
}

// common are the properties of all domain and relationship objects (section 3.2).
var common = map[string]kind{
	"spec_version": exactly("2.1"), "created_by_ref": ref("identity"), "created": version, "modified": version,
}

// standard has the tables of STIX 2.1, of the types in bundles of this package.
var standard = map[string]properties{
	"grouping": {"4.4", fields(common, "context", vocabulary("suspicious-activity", "malware-analysis", "unspecified"), "object_refs", refs()),
		fields(nil, "name", text, "description", text)},
	"identity": {"4.5", fields(map[string]kind{"spec_version": exactly("2.1"), "created": version, "modified": version}, "name", text),
		fields(nil, "identity_class", vocabulary("individual", "group", "system", "organization", "class", "unknown"))},
	"indicator": {"4.7", fields(common, "pattern", pattern, "pattern_type", vocabulary("stix", "pcre", "sigma", "snort", "suricata", "yara"), "valid_from", timestamp),
		fields(nil, "name", text, "description", text, "pattern_version", exactly("2.1"))},
	"observed-data": {"4.14", fields(common, "first_observed", timestamp, "last_observed", timestamp, "number_observed", between(1, 999_999_999), "object_refs", refs(observables...)), nil},
	"relationship":  {"5.1", fields(common, "relationship_type", matches(`^[a-z0-9-]+$`), "source_ref", ref(), "target_ref", ref()), nil},
	"marking-definition": {"7.2.1", fields(map[string]kind{"spec_version": exactly("2.1"), "created": version},
		"definition_type", vocabulary("tlp", "statement"), "definition", dictionary(text)), fields(nil, "name", text)},

	"artifact":          {"6.1", nil, fields(nil, "payload_bin", matches(`^[A-Za-z0-9+/]+=*$`))},
	"autonomous-system": {"6.2", fields(nil, "number", between(0, 1<<32-1)), nil},
	"domain-name":       {"6.4", fields(nil, "value", matches(`^[^\s/:]+$`)), nil},
	"email-addr":        {"6.5", fields(nil, "value", matches(`^[^@\s]+@[^@\s]+$`)), nil},
	"email-message": {"6.6", fields(nil, "is_multipart", boolean), fields(nil, "date", timestamp, "from_ref", ref("email-addr"),
		"to_refs", refs("email-addr"), "cc_refs", refs("email-addr"), "bcc_refs", refs("email-addr"), "message_id", text,
		"subject", text, "body", text, "additional_header_fields", dictionary(list(text)))},
	"file":      {"6.7", nil, fields(nil, "hashes", hashes, "size", between(0, 1<<53), "name", text, "mime_type", text, "content_ref", ref("artifact"))},
	"ipv4-addr": {"6.8", fields(nil, "value", address(netip.Addr.Is4)), nil},
	"ipv6-addr": {"6.9", fields(nil, "value", address(netip.Addr.Is6)), nil},
	"mac-addr":  {"6.10", fields(nil, "value", matches(`^([0-9a-f]{2}:){5}[0-9a-f]{2}$`)), nil},
	"mutex":     {"6.11", fields(nil, "name", text), nil},
	"network-traffic": {"6.12", fields(nil, "protocols", list(matches(`^[a-z0-9-]+$`))), fields(nil, "start", timestamp, "end", timestamp,
		"is_active", boolean, "src_ref", ref(hosts...), "dst_ref", ref(hosts...), "src_port", between(0, 65535), "dst_port", between(0, 65535),
		"src_byte_count", between(0, 1<<53), "dst_byte_count", between(0, 1<<53), "src_packets", between(0, 1<<53), "dst_packets", between(0, 1<<53),
		"extensions", httpRequestExt)},
	"url":          {"6.15", fields(nil, "value", uri), nil},
	"user-account": {"6.16", nil, fields(nil, "account_login", text, "credential", text)},
	"x509-certificate": {"6.18", nil, fields(nil, "is_self_signed", boolean, "hashes", hashes, "version", text, "serial_number", text,
		"signature_algorithm", text, "issuer", text, "validity_not_before", timestamp, "validity_not_after", timestamp, "subject", text,
		"subject_public_key_algorithm", text, "subject_public_key_modulus", text, "subject_public_key_exponent", between(0, 1<<53))},
}

var (
	hosts       = []string{"ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"}
	observables = []string{"artifact", "autonomous-system", "domain-name", "email-addr", "email-message", "file", "ipv4-addr", "ipv6-addr",
		"mac-addr", "mutex", "network-traffic", "url", "user-account", "x509-certificate"}
)

// fields returns base and the kinds of more properties by name.
func fields(base map[string]kind, more ...any) map[string]kind {
	all := map[string]kind{}
	for name, k := range base {
		all[name] = k
	}
	for i := 0; i < len(more); i += 2 {
		switch k := more[i+1].(type) {
		case kind:
			all[more[i].(string)] = k
		case func(*checker, any) bool:
			all[more[i].(string)] = k
		}
	}
	return all
}

func text(_ *checker, v any) bool    { s, ok := v.(string); return ok && s != "" }
func boolean(_ *checker, v any) bool { _, ok := v.(bool); return ok }

func exactly(want string) kind { return func(_ *checker, v any) bool { return v == want } }

func vocabulary(words ...string) kind {
	return func(_ *checker, v any) bool { s, _ := v.(string); return slices.Contains(words, s) }
}

func matches(expr string) kind {
	re := regexp.MustCompile(expr)
	return func(_ *checker, v any) bool { s, ok := v.(string); return ok && re.MatchString(s) }
}

func between(low, high int64) kind {
	return func(_ *checker, v any) bool {
		n, ok := v.(json.Number)
		i, err := n.Int64()
		return ok && err == nil && low <= i && i <= high
	}
}

// timestamp is an RFC 3339 time in UTC (section 2.16), with milliseconds or more.
func timestamp(c *checker, v any) bool {
	s, _ := v.(string)
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && matches(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$`)(c, v)
}

// version is a time of three digits (section 3.2).
func version(c *checker, v any) bool {
	return timestamp(c, v) && len(v.(string)) == len("2006-01-02T15:04:05.000Z")
}

var identifier = regexp.MustCompile(`^([a-z0-9-]+)--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// ref is the identifier of an object in the bundle, of one of some types.
func ref(types ...string) kind {
	return func(c *checker, v any) bool {
		s, _ := v.(string)
		m := identifier.FindStringSubmatch(s)
		return m != nil && c.byID[s] != nil && (len(types) == 0 || slices.Contains(types, m[1]))
	}
}

func list(of kind) kind {
	return func(c *checker, v any) bool {
		l, _ := v.([]any)
		return len(l) > 0 && !slices.ContainsFunc(l, func(e any) bool { return !of(c, e) })
	}
}

func refs(types ...string) kind {
	return func(c *checker, v any) bool {
		known := map[any]bool{}
		for _, id := range v.([]any) {
			if known[id] {
				return false
			}
			known[id] = true
		}
		return list(ref(types...))(c, v)
	}
}

// dictionary has keys of 3 to 250 characters (section 2.3).
func dictionary(of kind) kind {
	key := regexp.MustCompile(`^[a-zA-Z0-9_-]{3,250}$`)
	return func(c *checker, v any) bool {
		d, _ := v.(map[string]any)
		for k, e := range d {
			if !key.MatchString(k) || !of(c, e) {
				return false
			}
		}
		return len(d) > 0
	}
}

// hashLengths are the hashes of the vocabulary (section 10.7) and their hexadecimal
// digits.
var hashLengths = map[string]int{"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128, "SHA3-256": 64, "SHA3-512": 128, "SSDEEP": 0, "TLSH": 0}

func hashes(_ *checker, v any) bool {
	d, _ := v.(map[string]any)
	for name, h := range d {
		n, known := hashLengths[name]
		s, _ := h.(string)
		if !known || s == "" || n > 0 && (len(s) != n || strings.Trim(s, "0123456789abcdefABCDEF") != "") {
			return false
		}
	}
	return len(d) > 0
}

func address(family func(netip.Addr) bool) kind {
	return func(_ *checker, v any) bool {
		s, _ := v.(string)
		if p, err := netip.ParsePrefix(s); err == nil {
			return family(p.Addr())
		}
		a, err := netip.ParseAddr(s)
		return err == nil && family(a)
	}
}

// uri has only characters of RFC 3986 and a scheme.
func uri(c *checker, v any) bool {
	u, err := url.Parse(v.(string))
	return err == nil && u.Scheme != "" && matches(`^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+$`)(c, v) && !matches(`%([^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)`)(c, v)
}

func pattern(_ *checker, v any) bool {
	_, err := parsePattern(v.(string))
	return err == nil
}

func httpRequestExt(c *checker, v any) bool {
	ext, ok := v.(map[string]any)["http-request-ext"].(map[string]any)
	h, has := ext["request_header"]
	return ok && text(c, ext["request_method"]) && text(c, ext["request_value"]) && (!has || dictionary(list(text))(c, h))
}

// A checker checks a bundle against the standard.
type checker struct {
	byID   map[string]map[string]any
	faults []string
}

// check returns what is wrong with a bundle, and its objects by identifier.
func check(bundle []byte) *checker {
	c := &checker{byID: map[string]map[string]any{}}
	var b struct {
		Type, ID string
		Objects  []map[string]any
	}
	d := json.NewDecoder(strings.NewReader(string(bundle)))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil || b.Type != "bundle" || !strings.HasPrefix(b.ID, "bundle--") || !identifier.MatchString(b.ID) {
		c.fault("bundle %s %s: %v", b.Type, b.ID, err)
	}
	uuids := map[string]bool{}
	for _, o := range b.Objects {
		id, _ := o["id"].(string)
		typ, uuid, _ := strings.Cut(id, "--")
		if !identifier.MatchString(id) || o["type"] != typ || c.byID[id] != nil || uuids[uuid] && !slices.Contains(observables, typ) {
			c.fault("identifier %s of a %s", id, o["type"])
		}
		c.byID[id], uuids[uuid] = o, true
	}
	for _, o := range b.Objects {
		c.object(o)
	}
	return c
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// anywhere are the properties that all objects may have.
var anywhere = fields(nil, "type", text, "id", text, "spec_version", exactly("2.1"), "object_marking_refs", refs("marking-definition"), "labels", list(text))

func (c *checker) object(o map[string]any) {
	table, known := standard[fmt.Sprint(o["type"])]
	if !known {
		c.fault("type %v", o["type"])
	}
	for name := range table.required {
		if o[name] == nil {
			c.fault("%v has no %s (section %s)", o["id"], name, table.section)
		}
	}
	for name, value := range o {
		k := table.required[name]
		for _, more := range []map[string]kind{table.optional, anywhere} {
			if k == nil {
				k = more[name]
			}
		}
		if k == nil || !k(c, value) {
			c.fault("%v: %s is %v (section %s)", o["id"], name, value, table.section)
		}
	}
	c.together(o)
}

// together checks what the standard says of several properties.
func (c *checker) together(o map[string]any) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return o[n] != nil })
	}
	order := func(a, b string, strictly bool) bool {
		first, _ := time.Parse(time.RFC3339, fmt.Sprint(o[a]))
		last, _ := time.Parse(time.RFC3339, fmt.Sprint(o[b]))
		return !has(a) || !has(b) || first.Before(last) || !strictly && first.Equal(last)
	}
	ok := order("created", "modified", false) && order("first_observed", "last_observed", false) && order("start", "end", true)
	switch o["type"] {
	case "file":
		ok = ok && has("hashes", "name")
	case "network-traffic":
		ok = ok && has("src_ref", "dst_ref") && (!has("end") || o["is_active"] == false)
	case "email-message":
		ok = ok && (o["is_multipart"] == false || !has("body"))
	case "x509-certificate":
		ok = ok && len(o) > 3
	case "artifact":
		ok = ok && has("payload_bin")
	case "user-account":
		ok = ok && has("account_login")
	}
	if !ok {
		c.fault("%v", o)
	}
}
