package stix_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/stix"
)

// Whatever an event holds, the bundle is as the standard demands.
func TestHostileEvents(t *testing.T) {
	values := []string{"", "\xff\x00'", `\`, "'", "] OR [file:name = 'x'", "1", "a|b", "|", "://", "http://\xff", "2001:db8::1%eth0", "\u2028", strings.Repeat("9", 30), "true", "0000-00-00"}
	e := &misp.Event{Info: "\xff\x00", Tags: []string{"tlp:", "\xff", "TLP:\u202e"}, Date: time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)}
	id := byte(0)
	for typ := range misp.Types() {
		for _, v := range values {
			id++
			e.Attributes = append(e.Attributes, misp.Attribute{UUID: misp.UUID{id, byte(len(e.Attributes) >> 8)}, Type: typ, Value: v, ToIDS: true, Comment: v,
				FirstSeen: time.Unix(1<<40, 0), LastSeen: time.Unix(0, 0)})
		}
	}
	templates := []*misp.Template{misp.TemplateCredential, misp.TemplateDNSRecord, misp.TemplateDomainIP, misp.TemplateEmail, misp.TemplateFile,
		misp.TemplateHTTPRequest, misp.TemplateNetworkConnection, misp.TemplatePcapMetadata, misp.TemplateX509, nil}
	for n, template := range templates {
		for _, v := range values {
			o := misp.Object{UUID: misp.UUID{1, 2, byte(n), byte(len(e.Objects))}, Template: template, FirstSeen: time.Unix(9, 0), LastSeen: time.Unix(8, 0)}
			if template != nil {
				for _, r := range template.Relations {
					a := misp.Attribute{Relation: r.Name, Type: r.Type, Value: v, ToIDS: true}
					o.Attributes = append(o.Attributes, a, a)
				}
			}
			o.References = []misp.Reference{{Relationship: v, To: o.UUID}, {Relationship: v}}
			e.Objects = append(e.Objects, o)
		}
	}
	for _, o := range []stix.Options{{}, {HTTPRequests: true, Artifacts: true}} {
		for _, fault := range check(write(t, e, o)).faults {
			t.Errorf("%q", fault)
		}
	}
}

// The size of a bundle grows linearly with its event.
func TestLinear(t *testing.T) {
	size := func(n int) int {
		e := &misp.Event{}
		o := misp.NewObject(misp.UUID{1}, misp.TemplateDomainIP, "")
		for i := range n {
			name := "n" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + strings.Repeat("y", i/50) + ".example"
			e.Attributes = append(e.Attributes, attribute(t, misp.Hostname, name))
			if i < misp.MaxAttributes/2 {
				o.Add("domain", name)
				o.Add("ip", "2001:db8::"+strings.Repeat("1", 1+i%4)+":"+strings.Repeat("a", 1+i/4%4)+":"+strings.Repeat("f", 1+i/16%4)+":"+strings.Repeat("2", 1+i/64%4))
			}
		}
		e.Objects = []misp.Object{o}
		return len(write(t, e, stix.Options{}))
	}
	if a, b := size(200), size(400); b > a*5/2 {
		t.Errorf("%d bytes for 200 names and addresses, %d for 400", a, b)
	}
}

// A value in a pattern stays a value.
func FuzzPattern(f *testing.F) {
	for _, s := range []string{"a", "'", `\`, `\'`, "'] OR [file:name = 'x", "\xff", "\u2028\x00", "a|b", "http://a/'"} {
		f.Add(s)
	}
	types := []misp.Type{misp.Filename, misp.EmailSubject, misp.URL, misp.EmailAttachment, "mutex", misp.Hostname, misp.EmailSrc, misp.FilenameMD5}
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range types {
			a := misp.Attribute{UUID: misp.UUID{1}, Type: typ, Value: s, ToIDS: true}
			if typ == misp.FilenameMD5 {
				a.Value += "|" + strings.Repeat("0", 32)
			}
			v, err := misp.Normalize(typ, a.Value)
			if err != nil {
				v = ""
			}
			a.Value = v
			e := &misp.Event{Attributes: []misp.Attribute{a}}
			c := check(write(t, e, stix.Options{}))
			if len(c.faults) > 0 {
				t.Fatalf("%s %q: %q", typ, s, c.faults)
			}
			if omitted := stix.Of(e, stix.Options{}).Omitted[typ]; omitted == 1 != (len(c.byID) == 2) || omitted == 1 && v != "" && typ != misp.URL && typ != misp.EmailSrc {
				t.Fatalf("%s %q: %d omitted, %d objects", typ, s, omitted, len(c.byID))
			} else if omitted == 0 {
				compareValues(t, s, e, c)
			}
		}
	})
}

// Bundles of the same event in Go's memory share nothing with it.
func TestOwnership(t *testing.T) {
	e := &misp.Event{Tags: []string{"case:42"}, Objects: []misp.Object{object(t, misp.TemplateFile, "md5", md5, "filename", "a.exe")}}
	before := write(t, e, stix.Options{})
	b := stix.Of(e, stix.Options{})
	for i := range b.Objects {
		for j := range b.Objects[i] {
			if list, ok := b.Objects[i][j].Value.([]string); ok {
				for k := range list {
					list[k] = "changed"
				}
			}
		}
	}
	if after := write(t, e, stix.Options{}); !slices.Equal(before, after) {
		t.Errorf("%s and %s", before, after)
	}
}

// An error of the writer is returned, also in the middle.
func TestWriteErrors(t *testing.T) {
	e := &misp.Event{}
	for i := range 300 {
		e.Attributes = append(e.Attributes, attribute(t, misp.Hostname, strings.Repeat("a", 1+i%60)+"."+strings.Repeat("b", 1+i/60)+".example"))
	}
	b := stix.Of(e, stix.Options{})
	full := errors.New("disk full")
	whole := 0
	if err := b.WriteJSON(writer(func(p []byte) (int, error) { whole++; return len(p), nil })); err != nil || whole < 2 {
		t.Fatalf("%d writes, %v", whole, err)
	}
	for fail := range whole {
		n := 0
		err := b.WriteJSON(writer(func(p []byte) (int, error) {
			if n++; n > fail {
				return 0, full
			}
			return len(p), nil
		}))
		if err != full || n != fail+1 {
			t.Errorf("write %d of %d fails: %v after %d", fail+1, whole, err, n)
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
