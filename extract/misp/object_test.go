package misp

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var event = NewUUID(UUID{}, "event")

func TestObjectAdd(t *testing.T) {
	o := NewObject(event, TemplateDNSRecord, "example.com")
	if err := o.Check(); !errors.Is(err, ErrObject) {
		t.Errorf("an empty object: %v", err)
	}
	if _, err := json.Marshal(o); !errors.Is(err, ErrObject) {
		t.Errorf("an empty object marshals: %v", err)
	}
	for _, c := range []struct {
		relation, value string
		want            error
	}{
		{"queried-domain", "Example.COM.", nil},
		{"queried-domain", "example.com", nil}, // the same value
		{"queried-domain", "example.org", ErrRelation},
		{"queried-domain", "printer", ErrValue},
		{"a-record", "192.0.2.1", nil},
		{"a-record", "192.0.2.1", nil},
		{"a-record", "192.0.2.2", nil},
		{"a-record", "192.0.2.256", ErrValue},
		{"txt-record", "[1,2]", ErrValue}, // corrupts the import page
		{"rrtype", "A", ErrRelation},
	} {
		if err := o.Add(c.relation, c.value); !errors.Is(err, c.want) {
			t.Errorf("Add(%s, %s): %v, want %v", c.relation, c.value, err, c.want)
		}
	}
	var got []string
	for _, a := range o.Attributes {
		got = append(got, fmt.Sprint(a.Relation, " ", a.Type, " ", a.Value, " ", a.ToIDS))
		if a.UUID != NewUUID(o.UUID, "attribute", a.Relation, a.Value) {
			t.Errorf("%s: UUID is not derived from object, relation and value", a.Value)
		}
	}
	want := []string{"queried-domain domain example.com false", "a-record ip-dst 192.0.2.1 false", "a-record ip-dst 192.0.2.2 false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := o.Check(); err != nil {
		t.Error(err)
	}
}

func TestObjectCheck(t *testing.T) {
	o := NewObject(event, TemplateJA3S, "")
	add(t, &o, "ja3-fingerprint-md5", "0cc175b9c0f1b6a831c399e269772661")
	if err := o.Check(); !errors.Is(err, ErrObject) || !strings.Contains(err.Error(), "ja3s-fingerprint-md5") {
		t.Errorf("without a required attribute: %v", err)
	}
	o = NewObject(event, TemplateHTTPRequest, "")
	add(t, &o, "method", "get")
	if err := o.Check(); !errors.Is(err, ErrObject) {
		t.Errorf("without any of RequiredOneOf: %v", err)
	}
	add(t, &o, "uri", "/")
	if err := o.Check(); err != nil {
		t.Error(err)
	}
	if err := new(Object).Check(); !errors.Is(err, ErrObject) {
		t.Errorf("without template: %v", err)
	}
}

// Texts, counts, sizes and ports would correlate unrelated events.
func TestObjectCorrelation(t *testing.T) {
	o := NewObject(event, TemplateNetworkConnection, "")
	add(t, &o, "ip-dst", "198.51.100.7")
	add(t, &o, "dst-port", "443")
	add(t, &o, "count", "1500")
	add(t, &o, "layer4-protocol", "tcp")
	j := NewObject(event, TemplateJA4Plus, "")
	add(t, &j, "ja4-type", "JA4")
	add(t, &j, "ja4-fingerprint", "t13d1516h2_8daaf6152771_e5627efa2ab1")
	if err := j.AddIndicator("ja4-fingerprint", "t13d1516h2_8daaf6152771_e5627efa2ab1"); err != nil {
		t.Fatal(err)
	}
	got := map[string][2]bool{}
	for _, a := range slices.Concat(o.Attributes, j.Attributes) {
		got[a.Relation] = [2]bool{a.ToIDS, a.DisableCorrelation}
	}
	want := map[string][2]bool{
		"ip-dst": {false, false}, "dst-port": {false, true}, "count": {false, true}, "layer4-protocol": {false, true},
		"ja4-type": {false, true}, "ja4-fingerprint": {true, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestObjectBounds(t *testing.T) {
	o := NewObject(event, TemplateDomainIP, "")
	for i := range MaxAttributes {
		add(t, &o, "ip", fmt.Sprintf("10.0.%d.%d", i/256, i%256))
		if err := o.Refer(NewUUID(event, fmt.Sprint(i)), Contains); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.Add("ip", "10.1.0.0"); !errors.Is(err, ErrFull) {
		t.Errorf("one attribute more: %v", err)
	}
	if err := o.Refer(event, Contains); !errors.Is(err, ErrFull) {
		t.Errorf("one reference more: %v", err)
	}
	if err := errors.Join(o.Add("ip", "10.0.0.1"), o.Refer(o.References[3].To, Contains)); err != nil {
		t.Errorf("duplicates: %v", err)
	}
}

func TestObjectJSON(t *testing.T) {
	o := NewObject(event, TemplatePassiveSSH, "key")
	add(t, &o, "port", "22")
	o.FirstSeen = time.Date(2020, 1, 2, 3, 4, 5, 1999, time.UTC)
	o.LastSeen = o.FirstSeen
	o.Comment = "a server"
	target := NewUUID(event, "target")
	for range 2 {
		if err := o.Refer(target, CommunicatesWith); err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"uuid": o.UUID.String(), "name": "passive-ssh", "meta-category": "network",
		"description":   "Passive-ssh object as described on passive-ssh services from circl.lu - https://github.com/D4-project/passive-ssh",
		"template_uuid": "ec350cdf-2311-4df5-972a-a4342a2c0065", "template_version": "2", "distribution": "5", "comment": "a server",
		"first_seen": "2020-01-02T03:04:05.000001+00:00", "last_seen": "2020-01-02T03:04:05.000001+00:00",
		"Attribute": []any{map[string]any{
			"uuid": o.Attributes[0].UUID.String(), "object_relation": "port", "type": "port", "category": "Network activity", "value": "22",
			"to_ids": false, "disable_correlation": true, "distribution": "5", "comment": "",
		}},
		"ObjectReference": []any{map[string]any{
			"uuid": o.References[0].UUID.String(), "object_uuid": o.UUID.String(), "referenced_uuid": target.String(),
			"relationship_type": "communicates-with",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	o.Template = &Template{Name: "own"}
	if b, err := json.Marshal(o); err != nil || strings.Contains(string(b), `"description"`) {
		t.Errorf("a template without description: %s, %v", b, err) // MISP rejects an empty one
	}
}

func add(t *testing.T, o *Object, relation, value string) {
	t.Helper()
	if err := o.Add(relation, value); err != nil {
		t.Fatal(err)
	}
}

// full returns an event with an object of each template, which has a value for each
// relation, and references from the first object to the others.
func full(t *testing.T) Event {
	values := map[Type]string{
		Attachment: "a.bin", MalwareSample: "a.exe|0cc175b9c0f1b6a831c399e269772661", EmailDst: "user@example.com", OnionAddress: "",
		"authentihash": strings.Repeat("a", 64), "imphash": strings.Repeat("a", 32), "telfhash": strings.Repeat("a", 70), "vhash": "a",
		TLSH: strings.Repeat("a", 40), SSDeep: "3:a:b", SHA1: strings.Repeat("a", 40), Filename: "a.exe",
		Float: "1.5", Boolean: "1", URI: "/a", SSHFingerprint: "7b:e5:6f:a7:f4:f9:81:62:5c:e3:1f:bf:8b:57:6c:5a",
		SizeInBytes: "1500", HASSH: strings.Repeat("a", 32), MD5: strings.Repeat("a", 32), DOMHash: strings.Repeat("b", 32),
		X509MD5: strings.Repeat("a", 32), X509SHA256: strings.Repeat("a", 64),
	}
	for bits, typ := range map[int]Type{224: "sha224", 256: SHA256, 384: "sha384", 512: SHA512} {
		values[typ] = strings.Repeat("c", bits/4)
		values[Type(fmt.Sprint("sha3-", bits))] = strings.Repeat("d", bits/4)
		values[Type(fmt.Sprint("sha512/", bits))] = strings.Repeat("e", bits/4)
	}
	at := time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC)
	e := Event{
		UUID: event, Info: "All objects", Tags: []string{"tlp:clear"}, ThreatLevel: 4, Analysis: 2, Distribution: 1,
		Date: at.Truncate(24 * time.Hour), Timestamp: at.Truncate(time.Second),
	}
	for typ, v := range normal {
		a, err := NewAttribute(e.UUID, typ, v)
		if err != nil {
			t.Fatal(err)
		}
		a.FirstSeen, a.LastSeen, a.Tags = at, at.Add(time.Hour), []string{"tlp:amber", "x"}
		e.Attributes = append(e.Attributes, a)
	}
	slices.SortFunc(e.Attributes, func(a, b Attribute) int { return strings.Compare(string(a.Type), string(b.Type)) })
	for _, tpl := range templates {
		o := NewObject(e.UUID, tpl, "key")
		o.FirstSeen, o.LastSeen = at, at.Add(time.Second)
		for _, r := range tpl.Relations {
			v := values[r.Type]
			switch {
			case r.Type == "link":
				v = "https://www.example/"
			case r.Name == "state":
				v = "Trusted"
			case v == "":
				v = normal[r.Type]
			}
			if v == "" {
				v = r.Name // any text
			}
			add(t, &o, r.Name, v)
			if a := &o.Attributes[len(o.Attributes)-1]; a.Type == Attachment || a.Type == MalwareSample {
				a.Data = []byte("data")
			}
		}
		if len(e.Objects) > 0 {
			if err := e.Objects[0].Refer(o.UUID, Contains); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Check(); err != nil {
			t.Error(err)
		}
		e.Objects = append(e.Objects, o)
	}
	return e
}

// An event is read back unchanged.
func TestRoundTrip(t *testing.T) {
	want := full(t)
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Event
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i, o := range got.Objects {
		if o.Template != templates[i] {
			t.Errorf("%s: different template", o.Template.Name)
		}
	}
}

// A server writes numbers as numbers or strings, and null for missing values.
func TestUnmarshalServer(t *testing.T) {
	var e Event
	err := json.Unmarshal([]byte(`{"Event":{"id":"7","uuid":"5D8DC046-15a1-4ca3-a09f-ed4ede7c4487","info":"x","date":"2020-01-02",
		"timestamp":1577934249,"threat_level_id":"2","analysis":1,"Attribute":[{"id":"1","uuid":"5d8dc046-15a1-4ca3-a09f-ed4ede7c4488",
		"type":"ip-dst","value":"192.0.2.1","to_ids":true,"first_seen":null}],"Object":[{"uuid":"5d8dc046-15a1-4ca3-a09f-ed4ede7c4489",
		"name":"own","template_uuid":"09b45449-5d6e-492c-a68a-cb2e188cbfac","template_version":99}]}}`), &e)
	if err != nil {
		t.Fatal(err)
	}
	if e.ThreatLevel != 2 || e.Analysis != 1 || e.Timestamp.Unix() != 1577934249 || !e.Attributes[0].ToIDS || !e.Attributes[0].FirstSeen.IsZero() {
		t.Errorf("%+v", e)
	}
	if tpl := e.Objects[0].Template; tpl.Name != "own" || tpl.Version != 99 || tpl == TemplateJA3 {
		t.Errorf("%+v", tpl)
	}
	for _, bad := range []string{`{"Event":[]}`, `{"Event":{"uuid":"x"}}`, `{"Event":{"Object":[{"uuid":1}]}}`, `{"Event":{"Attribute":[{"uuid":1}]}}`} {
		if json.Unmarshal([]byte(bad), &e) == nil {
			t.Errorf("no error for %s", bad)
		}
	}
}
