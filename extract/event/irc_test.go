package event

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// What testdata/README.md says of the capture, in the relations of the object irc of
// misp-objects.
func TestIRCObjects(t *testing.T) {
	rep := readFile(t, "../../testdata/irc.pcap", extract.Options{})
	s := Select(rep, Options{Only: extract.TopicSetOf(extract.IRC)})
	acceptable(t, s.Event())
	var got []string
	for _, o := range s.Objects {
		if o.Template != misp.TemplateIRC {
			continue
		}
		got = append(got, o.Template.Name+": "+o.Comment)
		for _, a := range o.Attributes {
			if a.Relation == "first-seen" || a.Relation == "last-seen" {
				continue // other with every making of the capture
			}
			got = append(got, fmt.Sprintf("%s %s %t", a.Relation, a.Value, a.ToIDS))
		}
		if first, last := o.FirstSeen, o.LastSeen; first.IsZero() || last.Before(first) {
			t.Errorf("%s: from %v to %v", o.Comment, first, last)
		}
	}
	want := []string{
		"irc: IRC server 203.0.113.80:6667", "ip 203.0.113.80 false", "dst-port 6667 false",
		"channel #spare false", "channel #updates false", "nickname updater false", "nickname updater17 false",
		"hostname irc.badfiles.example false", "text password given; real name Update Helper; user upd false",
		"irc: IRC server 198.51.100.44:6667", "ip 198.51.100.44 false", "dst-port 6667 false", "hostname irc.badfiles.example false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	out, err := s.Event().MarshalJSON()
	if err != nil || strings.Contains(string(out), "-secret") {
		t.Errorf("a password or a key is in the event: %v", err)
	}
}

// The name of a server is an indicator, though only a claimed one. The rest says
// little without its server.
func TestIRCAttributes(t *testing.T) {
	rep := readReport(t, `{"irc":[
		{"count":2,"client":"10.0.0.5","server":"203.0.113.9:6667","kind":"server","value":"irc.badfiles.example"},
		{"count":1,"client":"10.0.0.5","server":"203.0.113.9:6667","kind":"server","value":"localhost"},
		{"count":1,"client":"10.0.0.5","server":"203.0.113.9:6667","kind":"channel","value":"#a"},
		{"count":1,"client":"10.0.0.5","server":"203.0.113.9:6667","kind":"nick","value":"b"},
		{"count":1,"client":"10.0.0.5","server":"203.0.113.9:6667","kind":"password"},
		{"count":1,"client":"10.0.0.5","server":"10.0.0.9:6667","kind":"channel","value":"#c"}]}`)
	if diff := cmp.Diff([]string{"hostname irc.badfiles.example 2"}, rows(rep, Options{})); diff != "" {
		t.Error(diff)
	}
	s := Select(rep, Options{})
	if a := s.Attributes[0]; !a.Claimed || !strings.HasPrefix(a.Comment, "IRC server; 2 times") {
		t.Errorf("%+v", a)
	}
	want := []string{".localhost name: localhost", "object-only value: #a", "object-only value: #c", "object-only value: b"}
	if diff := cmp.Diff(want, leftOut(rep, Options{})); diff != "" {
		t.Error(diff)
	}
	// A server in the local network has no object, unless that is asked for.
	for _, tt := range []struct {
		o    Options
		want int
	}{{Options{}, 1}, {Options{Private: true}, 2}, {Options{Only: extract.TopicSetOf(extract.SSH)}, 0}} {
		n := 0
		for _, o := range Select(rep, tt.o).Objects {
			if o.Template == misp.TemplateIRC {
				n++
			}
		}
		if n != tt.want {
			t.Errorf("%+v: %d objects, want %d", tt.o, n, tt.want)
		}
	}
}
