package stix_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/stix"
	"github.com/sightline-go/sightline/pcap"
)

// captures returns the captures of testdata and, if SIGHTLINE_CORPUS is set, of the
// corpus.
func captures(t *testing.T) (names []string) {
	t.Helper()
	names, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	if corpus := os.Getenv("SIGHTLINE_CORPUS"); corpus != "" && !testing.Short() {
		more, err := filepath.Glob(filepath.Join(corpus, "dev", "*", "*"))
		if err != nil || len(more) == 0 {
			t.Fatal("no captures in SIGHTLINE_CORPUS", err)
		}
		names = append(names, more...)
	}
	return names
}

// eventOf returns the event of a capture, with everything that the options allow. A
// file that is not a capture has none.
func eventOf(name string, o event.Options) *misp.Event {
	r, err := pcap.Open(name)
	if err != nil {
		return nil
	}
	defer r.Close()
	rep, _ := extract.Read(context.Background(), r, extract.Options{Passwords: true}) // damaged ones give what is before
	return event.Of(rep, o)
}

func write(t *testing.T, e *misp.Event, o stix.Options) []byte {
	t.Helper()
	b, err := json.Marshal(stix.Of(e, o))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The bundles of captures are as the standard demands, hold the values of the events,
// no more and no less, and depend on nothing else.
func TestCaptures(t *testing.T) {
	valid, values := 0, 0
	for _, name := range captures(t) {
		for _, o := range []event.Options{{Tags: []string{"tlp:amber"}}, {All: true, Tags: []string{"case:42"}}} {
			e := eventOf(name, o)
			if e == nil {
				continue
			}
			c := check(write(t, e, stix.Options{HTTPRequests: o.All}))
			for _, fault := range c.faults {
				t.Errorf("%s: %s", name, fault)
			}
			valid++
			values += compareValues(t, name, e, c)
			compareStored(t, name, e)
		}
	}
	t.Logf("%d bundles, %d values", valid, values)
}

// compareValues compares the values of an event's attributes whose type has an
// observable with those of a bundle's observables, and those for detection with those
// of its patterns. It returns how many there are.
func compareValues(t *testing.T, name string, e *misp.Event, c *checker) int {
	t.Helper()
	patterns := table(t)
	want, detect := map[comparison]bool{}, map[comparison]bool{}
	for a := range e.AllAttributes() {
		for _, k := range expected(t, patterns[a.Type], a) {
			want[k] = true
			if strings.HasSuffix(k.Path, "_ref.value") { // the host has an observable of its own
				want[hostOf(k.Value)] = true
			}
			if a.ToIDS {
				detect[k] = true
			}
		}
	}
	got, indicated := map[comparison]bool{}, map[comparison]bool{}
	for _, o := range c.byID {
		for _, k := range valuesOf(c, o) {
			if want[k] || !strings.HasPrefix(k.Path, "network-traffic:") { // connections have more than attributes
				got[k] = true
			}
		}
		if p, ok := o["pattern"].(string); ok {
			comparisons, _ := parsePattern(p)
			for _, k := range comparisons {
				indicated[comparison{k.Path, unescaped(k.Path, k.Value)}] = true
			}
		}
	}
	if diff := cmp.Diff(sorted(want), sorted(got)); diff != "" {
		t.Errorf("%s: attributes and observables: %s", name, diff)
	}
	if diff := cmp.Diff(sorted(detect), sorted(indicated)); diff != "" {
		t.Errorf("%s: for detection and in patterns: %s", name, diff)
	}
	return len(want)
}

// hostOf returns the observable of an address or a host name.
func hostOf(value string) comparison {
	switch a, err := netip.ParseAddr(value); {
	case err != nil:
		return comparison{"domain-name:value", value}
	case a.Is4():
		return comparison{"ipv4-addr:value", value}
	}
	return comparison{"ipv6-addr:value", value}
}

// table returns the patterns of types.tsv by attribute type.
func table(t *testing.T) map[misp.Type]string {
	t.Helper()
	b, err := os.ReadFile("types.tsv")
	if err != nil {
		t.Fatal(err)
	}
	patterns := map[misp.Type]string{}
	for line := range strings.Lines(string(b)) {
		if columns := strings.Split(strings.TrimSpace(line), "\t"); len(columns) == 3 {
			patterns[misp.Type(columns[0])] = columns[2]
		} else if !strings.HasPrefix(line, "#") {
			t.Errorf("line %q", line)
		}
	}
	return patterns
}

// expected returns the comparisons of an attribute: those of its type's pattern, with
// the parts of its value.
func expected(t *testing.T, pattern string, a *misp.Attribute) []comparison {
	if pattern == "" || pattern == "-" {
		return nil
	}
	if (a.Type == misp.URL || a.Type == misp.Link) && !strings.Contains(a.Value, ":") {
		return nil // the target of a CONNECT is not a URI
	}
	first, last := a.Value, a.Value
	if i := strings.LastIndexByte(a.Value, '|'); i >= 0 && a.Type.Composite() {
		first, last = a.Value[:i], a.Value[i+1:]
	}
	family := "[ipv4-addr:"
	if strings.Contains(last, ":") {
		family = "[ipv6-addr:"
	}
	comparisons, err := parsePattern(strings.NewReplacer("[ip:", family, "$1", "'<first>'", "$2", "'<last>'", "#1", "1", "#2", "2").Replace(pattern))
	if err != nil {
		t.Fatal(err)
	}
	for i := range comparisons {
		k := &comparisons[i]
		k.Value = map[string]string{"<first>": first, "<last>": last, "1": first, "2": last}[k.Value]
		k.Value = unescaped(k.Path, k.Value)
	}
	return comparisons
}

// valuesOf returns the values of an observable that attribute types stand for.
func valuesOf(c *checker, o map[string]any) (all []comparison) {
	add := func(property string, v any) {
		if v != nil {
			path := fmt.Sprint(o["type"], ":", property)
			all = append(all, comparison{path, unescaped(path, fmt.Sprint(v))})
		}
	}
	switch o["type"] {
	case "file", "x509-certificate":
		hashes, _ := o["hashes"].(map[string]any)
		for name, h := range hashes {
			add("hashes."+name, h)
		}
		add("name", o["name"])
	case "email-message":
		for _, p := range []string{"subject", "message_id", "body"} {
			add(p, o[p])
		}
	case "network-traffic":
		for _, p := range []string{"src", "dst"} {
			if id, ok := o[p+"_ref"].(string); ok {
				add(p+"_ref.value", c.byID[id]["value"])
			}
			add(p+"_port", o[p+"_port"])
		}
	case "autonomous-system":
		add("number", o["number"])
	case "mutex":
		add("name", o["name"])
	default:
		add("value", o["value"])
	}
	return all
}

// unescaped returns a URL without percent-encoding, and other values as they are.
func unescaped(path, value string) string {
	if path != "url:value" {
		return value
	}
	return regexp.MustCompile("%[0-9A-Fa-f]{2}").ReplaceAllStringFunc(value, func(s string) string {
		b, _ := hex.DecodeString(s[1:])
		return string(b)
	})
}

func sorted(set map[comparison]bool) []comparison {
	return slices.SortedFunc(maps.Keys(set), func(a, b comparison) int { return strings.Compare(a.Path+a.Value, b.Path+b.Value) })
}

// compareStored compares the bundle of an event with those of the event that MISP
// stores, and of one in another order, unless observables share an identifier of the
// standard: the first has it, and the others one of version 4.
func compareStored(t *testing.T, name string, e *misp.Event) {
	t.Helper()
	first := write(t, e, stix.Options{})
	stored, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var again misp.Event
	if err := json.Unmarshal(stored, &again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, write(t, &again, stix.Options{})) {
		t.Errorf("%s: another bundle after a round trip", name)
	}
	if regexp.MustCompile(`"(user-account|email-message|file|network-traffic|x509-certificate)--.{14}4`).Match(first) {
		return
	}
	slices.Reverse(again.Attributes)
	slices.Reverse(again.Objects)
	if a, b := check(first), check(write(t, &again, stix.Options{})); !cmp.Equal(identifiers(a), identifiers(b)) {
		t.Errorf("%s: other objects in another order: %s", name, cmp.Diff(identifiers(a), identifiers(b)))
	}
}

func identifiers(c *checker) []string { return slices.Sorted(maps.Keys(c.byID)) }

// The identifiers are those that the standard's examples and other producers derive
// from the same values (STIX 2.1 section 2.9).
func TestIdentifiers(t *testing.T) {
	e := &misp.Event{Info: "identifiers"}
	for _, test := range []struct {
		typ       misp.Type
		value, id string
	}{
		{misp.IPDst, "198.51.100.3", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"},
		{misp.IPDst, "2001:db8::1", "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26"},
		{misp.Domain, "example.com", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"},
		{misp.EmailSrc, "john@example.com", "email-addr--7165e2a9-671f-585d-b1e1-ca59c671d934"},
		{misp.FilenameSHA256, "foo.dll|fe90a7e910cb3a4739bed9180e807e93fa70c90f25a8915476f5e4bfbac681db", "file--949eb97a-da1e-5292-8959-03c4249dc9f3"},
		{misp.FilenameSHA256, "quêry.dll|841a8921140aba50671ebb0770fecc4ee308c4952cfeff8de154ab14eeef4649", "file--7d1e3a18-89e7-5bc5-be36-9879f5b7f5c8"},
		{misp.AS, "15139", "autonomous-system--3aa27478-50b5-5ab8-9da9-cdc12b657fff"},
	} {
		e.Attributes = []misp.Attribute{attribute(t, test.typ, test.value)}
		if c := check(write(t, e, stix.Options{})); c.byID[test.id] == nil {
			t.Errorf("%s %s: no %s in %s", test.typ, test.value, test.id, identifiers(c))
		}
	}
}

func attribute(t *testing.T, typ misp.Type, value string) misp.Attribute {
	t.Helper()
	a, err := misp.NewAttribute(misp.UUID{1}, typ, value)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
