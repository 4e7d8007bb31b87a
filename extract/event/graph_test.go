package event

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// In MISP's graph each object hangs together with its capture.
func TestNoOrphans(t *testing.T) {
	for _, name := range withCorpus(t) {
		ev := Of(readFile(t, name, extract.Options{}), Options{MaxObjects: 900})
		reached := map[misp.UUID]bool{}
		var follow func(id misp.UUID)
		follow = func(id misp.UUID) {
			reached[id] = true
			for i := range ev.Objects {
				for _, r := range ev.Objects[i].References {
					if ev.Objects[i].UUID == id && !reached[r.To] {
						follow(r.To)
					}
				}
			}
		}
		for i := range ev.Objects {
			if ev.Objects[i].Template == misp.TemplatePcapMetadata {
				follow(ev.Objects[i].UUID)
			}
		}
		for i := range ev.Objects {
			if o := &ev.Objects[i]; !reached[o.UUID] {
				t.Errorf("%s: nothing leads to %s %q", filepath.Base(name), o.Template.Name, o.Comment)
			}
		}
	}
}

// Objects that refer to one another in a circle are connected, too.
func TestCircle(t *testing.T) {
	id := misp.NewUUID(misp.UUID{}, "x")
	objects := []misp.Object{misp.NewObject(id, misp.TemplatePcapMetadata, "c")}
	for _, key := range []string{"a", "b", "alone"} {
		objects = append(objects, misp.NewObject(id, misp.TemplateHTTPRequest, key))
	}
	must(t, objects[1].Refer(objects[2].UUID, misp.RedirectsTo))
	must(t, objects[2].Refer(objects[1].UUID, misp.RedirectsTo))
	must(t, objects[3].Refer(objects[3].UUID, misp.RedirectsTo))
	c := objects[0].UUID
	root(objects, []misp.UUID{c, c, c, c})
	var to []misp.UUID
	for _, r := range objects[0].References {
		to = append(to, r.To)
	}
	if want := []misp.UUID{objects[3].UUID, objects[1].UUID}; !slices.Equal(to, want) {
		t.Errorf("%v, want %v", to, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refersTo returns the templates that the objects of a template refer to.
func refersTo(ev *misp.Event, from *misp.Template) (names []string) {
	byID := map[misp.UUID]string{}
	for i := range ev.Objects {
		byID[ev.Objects[i].UUID] = ev.Objects[i].Template.Name
	}
	for i := range ev.Objects {
		for _, r := range ev.Objects[i].References {
			if ev.Objects[i].Template == from && byID[r.To] != "" {
				names = append(names, r.Relationship+" "+byID[r.To])
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Connections contain the mails, files and logins that they carried.
func TestContents(t *testing.T) {
	hash := extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}}
	for name, want := range map[string]string{"smtp.pcap": "contains email", "ftp.pcap": "contains credential,contains file"} {
		ev := Of(readFile(t, "../../testdata/"+name, hash), Options{Private: true})
		if got := strings.Join(refersTo(ev, misp.TemplateNetworkConnection), ","); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// A capture's object is labelled with the name of its file: MISP's graph takes the
// first attribute of those that the template requires.
func TestCaptureLabel(t *testing.T) {
	ev := Of(new(capture).request("10.0.0.5", "203.0.113.9", 80, "x").named(t, "/tmp/a b.pcap"), Options{})
	if a := ev.Objects[0].Attributes[0]; a.Relation != "text" || a.Value != "a b.pcap: 1 packet, 55 bytes" {
		t.Errorf("%s %q", a.Relation, a.Value)
	}
}

// The attributes of objects name a packet, or nothing.
func TestObjectComments(t *testing.T) {
	for _, name := range captures(t) {
		for _, o := range Of(readFile(t, name, extract.Options{}), Options{}).Objects {
			for _, a := range o.Attributes {
				if (o.Template == misp.TemplatePcapMetadata) != (a.Comment == "") || a.Comment != "" && !strings.HasPrefix(a.Comment, "first in packet ") {
					t.Errorf("%s: %s of %s: %q", name, a.Relation, o.Template.Name, a.Comment)
				}
				switch {
				case a.Relation == "layer7-protocol" && a.Value == "mail", a.Relation == "count" && a.Value == "1":
					t.Errorf("%s: %s %s", name, a.Relation, a.Value)
				}
			}
		}
	}
}

// A sensor whose clock was never set starts on 1970-01-01.
func TestUnsetClock(t *testing.T) {
	udp := build.Ethernet(0x0800, build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	for _, tt := range []struct {
		first time.Time
		seen  bool
	}{
		{time.Unix(0, 0), false},
		{time.Unix(90, 5000), false},
		{time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), true},
	} {
		var c capture
		c.at(tt.first, udp).at(tt.first.Add(time.Second), udp)
		ev := Of(c.report(t, extract.Options{}), Options{})
		for _, a := range ev.Attributes {
			if a.FirstSeen.IsZero() == tt.seen {
				t.Errorf("%v: seen from %v", tt.first, a.FirstSeen)
			}
		}
		for _, o := range ev.Objects {
			if o.FirstSeen.IsZero() == tt.seen {
				t.Errorf("%v: %s seen from %v", tt.first, o.Template.Name, o.FirstSeen)
			}
		}
	}
}

// A login is context, and without Options.Passwords of package extract the event
// does not hold the password (testdata/README.md has it).
func TestCredential(t *testing.T) {
	for _, with := range []bool{false, true} {
		rep := readFile(t, "../../testdata/ftp.pcap", extract.Options{Passwords: with})
		ev := Of(rep, Options{All: true})
		acceptable(t, ev)
		want := []string{
			"text FTP login at 203.0.113.22:21", "username anonymous", "password reader@corp.example", "type password",
			"format clear-text", "origin network-analysis",
		}
		if !with {
			want = slices.Delete(want, 2, 3)
		}
		if got := fields(Select(rep, Options{}), misp.TemplateCredential); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		for _, o := range ev.Objects {
			for _, a := range o.Attributes {
				if o.Template == misp.TemplateCredential && a.ToIDS || !with && strings.Contains(a.Value, "reader@") {
					t.Errorf("%s: %s, for detection: %t", a.Relation, a.Value, a.ToIDS)
				}
			}
		}
	}
}
