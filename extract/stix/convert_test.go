package stix_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/stix"
)

// samples has a value of each type with an observable.
var samples = map[misp.Type]string{
	"AS": "64496", "attachment": "a.bin", "dns-soa-email": "host@example.com", "domain": "example.com", "domain|ip": "example.com|2001:db8::1",
	"email": "a@example.com", "email-attachment": "it's.doc", "email-body": `a \ b`, "email-dst": "b@example.com", "email-message-id": "<1@example.com>",
	"email-reply-to": "c@example.com", "email-src": "d@example.com", "email-subject": "O'Neil", "filename": "a'b\\c", "hostname": "www.example.com",
	"hostname|port": "www.example.com|8443", "ip-dst": "192.0.2.1", "ip-dst|port": "192.0.2.1|8080", "ip-src": "192.0.2.0/24", "ip-src|port": "2001:db8::2|53",
	"link": "https://example.com/", "mac-address": "00:00:5e:00:53:01", "malware-sample": "b'.exe|d41d8cd98f00b204e9800998ecf8427e", "mutex": `Global\x`,
	"onion-address": strings.Repeat("a", 56) + ".onion", "ssdeep": "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C", "target-email": "e@example.com",
	"tlsh": "t1" + strings.Repeat("0f", 35), "url": "http://example.com/a b", "whois-registrant-email": "f@example.com",
}

// hashSamples are the values of hash types, of zeros.
var hashSamples = map[string]int{"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "sha3-256": 64, "sha3-512": 128}

func sample(typ misp.Type) string {
	name, filename := strings.CutPrefix(string(typ), "filename|")
	name = strings.TrimPrefix(name, "x509-fingerprint-")
	value := samples[misp.Type(name)]
	if n := hashSamples[name]; n > 0 {
		value = strings.Repeat("0", n)
	}
	if filename {
		return "y'\\.exe|" + value
	}
	return value
}

// The table has all types of MISP. Those with an observable become one, with an
// indicator whose pattern has the value; the others are counted.
func TestTypes(t *testing.T) {
	patterns := table(t)
	if diff := cmp.Diff(slices.Collect(misp.Types()), slices.Sorted(maps.Keys(patterns))); diff != "" {
		t.Error("types of MISP and of the table:", diff)
	}
	for typ, pattern := range patterns {
		a := misp.Attribute{UUID: misp.UUID{9}, Type: typ, Value: sample(typ), ToIDS: true}
		if pattern == "-" {
			a.Value = "1"
		} else if v, err := misp.Normalize(typ, a.Value); err != nil {
			t.Errorf("%s: the sample is not valid: %v", typ, err)
		} else {
			a.Value = v
		}
		e := &misp.Event{Attributes: []misp.Attribute{a}}
		c := check(write(t, e, stix.Options{}))
		for _, fault := range c.faults {
			t.Errorf("%s: %s", typ, fault)
		}
		omitted := stix.Of(e, stix.Options{}).Omitted
		if (omitted[typ] == 1) != (pattern == "-") || pattern == "-" && len(c.byID) != 2 {
			t.Errorf("%s with pattern %s: %d omitted, %d objects", typ, pattern, omitted[typ], len(c.byID))
		}
		if n := compareValues(t, string(typ), e, c); (n > 0) != (pattern != "-") {
			t.Errorf("%s: %d values", typ, n)
		}
	}
}

// A prefix in another form than CIDR notation (RFC 4632 section 3.1) has no observable.
func TestPrefixes(t *testing.T) {
	for value, want := range map[string]int{"192.0.2.0/24": 0, "2001:db8::/32": 0, "::/08": 1, "192.0.2.0/024": 1} {
		e := &misp.Event{Attributes: []misp.Attribute{{UUID: misp.UUID{9}, Type: misp.IPDst, Value: value, ToIDS: true}}}
		if c := check(write(t, e, stix.Options{})); len(c.faults) > 0 {
			t.Errorf("%s: %q", value, c.faults)
		}
		if got := stix.Of(e, stix.Options{}).Omitted[misp.IPDst]; got != want {
			t.Errorf("%s: %d omitted", value, got)
		}
	}
}

func object(t *testing.T, template *misp.Template, values ...string) misp.Object {
	t.Helper()
	o := misp.NewObject(misp.UUID{1}, template, strings.Join(values, "\n"))
	o.FirstSeen = time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC)
	o.LastSeen = o.FirstSeen.Add(time.Second)
	for i := 0; i < len(values); i += 2 {
		if err := o.AddIndicator(values[i], values[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

const (
	md5    = "d41d8cd98f00b204e9800998ecf8427e"
	sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// Objects become observables with the properties that their attributes have.
func TestTemplates(t *testing.T) {
	for _, test := range []struct {
		template *misp.Template
		values   []string
		want     string // the JSON of an observable, without type, spec_version, id and references
	}{
		{misp.TemplateFile, []string{"md5", md5, "sha256", sha256, "filename", "a.exe", "size-in-bytes", "7", "mimetype", "application/octet-stream"},
			`{"hashes":{"MD5":"` + md5 + `","SHA-256":"` + sha256 + `"},"mime_type":"application/octet-stream","name":"a.exe","size":7}`},
		{misp.TemplatePcapMetadata, []string{"text", "a capture", "file-name", "a.pcap", "file-hash-sha256", sha256, "file-size-in-bytes", "24"},
			`{"hashes":{"SHA-256":"` + sha256 + `"},"name":"a.pcap","size":24}`},
		{misp.TemplateX509, []string{"x509-fingerprint-sha256", sha256, "issuer", "CN=a", "subject", "CN=b", "serial-number", "0a", "self_signed", "0",
			"validity-not-before", "2026-01-01T00:00:00Z", "validity-not-after", "2027-01-01T00:00:00Z", "pubkey-info-algorithm", "rsa", "pubkey-info-exponent", "65537"},
			`{"hashes":{"SHA-256":"` + sha256 + `"},"is_self_signed":false,"issuer":"CN=a","serial_number":"0a","subject":"CN=b","subject_public_key_algorithm":"rsa",` +
				`"subject_public_key_exponent":65537,"validity_not_after":"2027-01-01T00:00:00.000Z","validity_not_before":"2026-01-01T00:00:00.000Z"}`},
		{misp.TemplateNetworkConnection, []string{"ip-src", "192.0.2.1", "ip-dst", "192.0.2.2", "src-port", "1024", "dst-port", "80", "layer3-protocol", "IPv4",
			"layer4-protocol", "TCP", "layer7-protocol", "HTTP/1", "src-bytes-count", "5", "dst-packets-count", "3", "mac-src", "00:00:5e:00:53:01"},
			`{"dst_packets":3,"dst_port":80,"end":"2026-03-04T05:06:08.123456Z","is_active":false,"protocols":["ipv4","tcp","http"],"src_byte_count":5,"src_port":1024,"start":"2026-03-04T05:06:07.123456Z"}`},
		{misp.TemplateNetworkConnection, []string{"ip-dst", "192.0.2.2", "first-packet-seen", "2026-03-04T05:06:07Z", "last-packet-seen", "2026-03-04T05:06:07Z", "layer4-protocol", "UDP"},
			`{"is_active":false,"protocols":["udp"],"start":"2026-03-04T05:06:07.000Z"}`},
		{misp.TemplateHTTPRequest, []string{"method", "POST", "uri", "/a", "host", "www.example.com", "ip-dst", "192.0.2.2", "user-agent", "curl/8"},
			`{"extensions":{"http-request-ext":{"request_header":{"Host":["www.example.com"],"User-Agent":["curl/8"]},"request_method":"post","request_value":"/a"}},"protocols":["ipv4","tcp","http"]}`},
		{misp.TemplateEmail, []string{"from", "a@example.com", "to", "b@example.com", "cc", "c@example.com", "subject", "s", "message-id", "<1@x>", "x-mailer", "Mutt",
			"send-date", "2026-03-04T05:06:07Z", "attachment", "a.doc"},
			`{"additional_header_fields":{"X-Mailer":["Mutt"]},"date":"2026-03-04T05:06:07.000Z","is_multipart":true,"message_id":"<1@x>","subject":"s"}`},
		{misp.TemplateCredential, []string{"username", "u", "password", "p", "text", "FTP login"}, `{"account_login":"u","credential":"p"}`},
	} {
		e := &misp.Event{Objects: []misp.Object{object(t, test.template, test.values...)}}
		c := check(write(t, e, stix.Options{HTTPRequests: true}))
		for _, fault := range c.faults {
			t.Errorf("%s: %s", test.template.Name, fault)
		}
		found := ""
		for _, o := range c.byID {
			for _, name := range []string{"type", "id", "spec_version", "from_ref", "to_refs", "cc_refs", "src_ref", "dst_ref"} {
				delete(o, name)
			}
			if b, _ := json.Marshal(o); strings.ReplaceAll(strings.ReplaceAll(string(b), `\u003c`, "<"), `\u003e`, ">") == test.want {
				found = test.want
			}
		}
		if found == "" {
			t.Errorf("%s: no %s in %s", test.template.Name, test.want, write(t, e, stix.Options{HTTPRequests: true}))
		}
	}
}

// Names resolve to addresses and other names.
func TestResolves(t *testing.T) {
	e := &misp.Event{Objects: []misp.Object{
		object(t, misp.TemplateDNSRecord, "queried-domain", "a.example", "a-record", "192.0.2.1", "aaaa-record", "2001:db8::1", "cname-record", "b.example"),
		object(t, misp.TemplateDomainIP, "domain", "c.example", "ip", "192.0.2.3"),
	}, Attributes: []misp.Attribute{attribute(t, misp.DomainIP, "d.example|192.0.2.4")}}
	c := check(write(t, e, stix.Options{}))
	var got []string
	for _, o := range c.byID {
		if o["relationship_type"] == "resolves-to" {
			got = append(got, c.byID[o["source_ref"].(string)]["value"].(string)+" "+c.byID[o["target_ref"].(string)]["value"].(string))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"a.example 192.0.2.1", "a.example 2001:db8::1", "a.example b.example", "c.example 192.0.2.3", "d.example 192.0.2.4"}, got); diff != "" {
		t.Error(diff)
	}
}

// An attribute refers to the file that an object describes with more hashes.
func TestOneFile(t *testing.T) {
	e := &misp.Event{
		Objects:    []misp.Object{object(t, misp.TemplateFile, "md5", md5, "sha256", sha256, "filename", "a.exe")},
		Attributes: []misp.Attribute{attribute(t, misp.FilenameSHA256, "a.exe|"+sha256), attribute(t, misp.SHA256, sha256)},
	}
	files := 0
	for id := range check(write(t, e, stix.Options{})).byID {
		if strings.HasPrefix(id, "file--") {
			files++
		}
	}
	if files != 1 {
		t.Errorf("%d files", files)
	}
}

// Observables that the standard's identifiers do not distinguish are all kept: two mails
// with a sender and subject, two passwords of an account.
func TestSameIdentifiers(t *testing.T) {
	e := &misp.Event{Objects: []misp.Object{
		object(t, misp.TemplateEmail, "from", "a@example.com", "subject", "s", "message-id", "<1@x>", "to", "b@example.com"),
		object(t, misp.TemplateEmail, "from", "a@example.com", "subject", "s", "message-id", "<2@x>", "to", "c@example.com"),
		object(t, misp.TemplateEmail, "from", "a@example.com", "subject", "s"),
		object(t, misp.TemplateCredential, "username", "u", "password", "p"), object(t, misp.TemplateCredential, "username", "u", "password", "q"),
	}}
	c := check(write(t, e, stix.Options{}))
	for _, fault := range c.faults {
		t.Error(fault)
	}
	compareValues(t, "same identifiers", e, c)
	var got []string
	for _, o := range c.byID {
		if v, ok := o["credential"].(string); ok {
			got = append(got, v)
		}
		if o["type"] == "email-message" {
			to, _ := o["to_refs"].([]any)
			got = append(got, fmt.Sprint(o["message_id"], len(to)))
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"<1@x>1", "<2@x>1", "p", "q"}, got); diff != "" {
		t.Error(diff)
	}
}

// TLP tags become the marking definitions of the standard (section 7.2.1.4), and
// levels that it does not have become red.
func TestMarkings(t *testing.T) {
	for tag, want := range map[string]string{
		"tlp:white": "613f2e26-407d-48c7-9eca-b8e91df99dc9", "tlp:clear": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
		"TLP:GREEN": "34098fce-860f-48ae-8e50-ebd3cc5e41da", "tlp:amber": "f88d31f6-486f-44da-b317-01333bde0b82",
		"tlp:red": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "tlp:amber+strict": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
	} {
		a := attribute(t, misp.IPDst, "192.0.2.1")
		e := &misp.Event{Tags: []string{tag, "case:42"}, Attributes: []misp.Attribute{a}}
		c := check(write(t, e, stix.Options{}))
		for _, fault := range c.faults {
			t.Errorf("%s: %s", tag, fault)
		}
		for id, o := range c.byID {
			marks, _ := o["object_marking_refs"].([]any)
			if free := o["type"] == "identity" || o["type"] == "marking-definition"; slices.Contains(marks, any("marking-definition--"+want)) == free {
				t.Errorf("%s: %s has markings %v", tag, id, marks)
			}
			if o["type"] == "grouping" && !cmp.Equal(o["labels"], []any{"case:42"}) {
				t.Errorf("labels %v", o["labels"])
			}
		}
		statement := strings.Contains(string(write(t, e, stix.Options{})), "TLP:AMBER+STRICT")
		if statement != (tag == "tlp:amber+strict") {
			t.Errorf("%s: statement %t", tag, statement)
		}
	}
}

// The tags of an attribute mark what is derived from it.
func TestAttributeMarkings(t *testing.T) {
	a := attribute(t, misp.IPDst, "192.0.2.1")
	a.Tags = []string{"tlp:red"}
	c := check(write(t, &misp.Event{Attributes: []misp.Attribute{a}}, stix.Options{}))
	for id, o := range c.byID {
		if o["type"] == "indicator" || o["type"] == "observed-data" {
			if !cmp.Equal(o["object_marking_refs"], []any{"marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"}) {
				t.Errorf("%s: %v", id, o["object_marking_refs"])
			}
		}
	}
	if len(c.faults) > 0 {
		t.Error(c.faults)
	}
}

// An artifact holds the content of a sample on demand.
func TestArtifacts(t *testing.T) {
	a := misp.Attribute{UUID: misp.UUID{1}, Type: misp.MalwareSample, Value: "a.exe|" + md5, Data: []byte("content")}
	e := &misp.Event{Attributes: []misp.Attribute{a}}
	for _, o := range []stix.Options{{}, {Artifacts: true}} {
		b := write(t, e, o)
		if c := check(b); len(c.faults) > 0 || strings.Contains(string(b), `"payload_bin":"Y29udGVudA=="`) != o.Artifacts || strings.Contains(string(b), "content_ref") != o.Artifacts {
			t.Errorf("%v: %v in %s", o, c.faults, b)
		}
	}
}

// The producer is the organisation that created the event.
func TestIdentity(t *testing.T) {
	for _, test := range []struct {
		org         misp.Org
		name, class string
	}{{misp.Org{}, "Sightline", "system"}, {misp.Org{Name: "CERT", UUID: misp.UUID{5}}, "CERT", "organization"}} {
		for _, o := range check(write(t, &misp.Event{Orgc: test.org}, stix.Options{})).byID {
			if o["type"] == "identity" && (o["name"] != test.name || o["identity_class"] != test.class) {
				t.Errorf("%v", o)
			}
		}
	}
}

// URLs become URIs of the same meaning: net/url reads the same parts.
func TestURLs(t *testing.T) {
	for _, s := range []string{
		"http://example.com/a b", "http://example.com/%41%zz%", `http://example.com/a|b\c"d<e>f^g` + "`{}", "http://bücher.example/ü?q=ä#ö", "http://[2001:db8::1]:80/[x]?[y]", "http://a/\x01\x7f", "ftp://a:b@c/d",
	} {
		a := misp.Attribute{UUID: misp.UUID{1}, Type: misp.URL, Value: s}
		e := &misp.Event{Attributes: []misp.Attribute{a}}
		c := check(write(t, e, stix.Options{}))
		if len(c.faults) > 0 {
			t.Error(c.faults)
		}
		compareValues(t, s, e, c)
		for _, o := range c.byID {
			if o["type"] == "url" {
				u, err := url.Parse(o["value"].(string))
				if err != nil || u.Host == "" {
					t.Errorf("%q: %v, %v", s, o["value"], err)
				}
			}
		}
	}
}
