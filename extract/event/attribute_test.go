package event

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// An attribute is that of the event, member for member, followed by what only it has.
func TestAttributeJSON(t *testing.T) {
	rep := readReport(t, `{"requests":[{"count":3,"method":"GET","url":"http://www.example/?a=1&b=<2>","host":"www.example"}]}`)
	o := Options{Only: extract.TopicSetOf(extract.HTTP), Warned: func(typ, _ string) []string {
		if typ == "url" {
			return []string{"one & two"}
		}
		return nil
	}}
	for _, a := range Select(rep, o).Attributes {
		plain, err := a.Attribute.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		rest := `,"count":3,"claimed":true,"evidence":[]}`
		if a.Type == misp.URL {
			rest = `,"count":3,"claimed":true,"warninglists":["one & two"],"evidence":[]}`
		}
		got, err := a.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		want := strings.TrimSuffix(strings.TrimSpace(string(plain)), "}") + rest
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Error(diff)
		}
		indented, err := json.MarshalIndent(a, "", "\t")
		var compact bytes.Buffer
		if err != nil || json.Compact(&compact, indented) != nil || !json.Valid(got) {
			t.Error(err)
		}
	}
}

// A value on a warninglist is not for detection, and its comment names the list.
// DropWarned leaves it out.
func TestWarned(t *testing.T) {
	rep := readReport(t, `{"hosts":[{"count":1,"addr":"192.0.2.1","server":1},{"count":1,"addr":"192.0.2.2","server":1}]}`)
	o := Options{Warned: func(typ, value string) []string {
		if typ == "ip-dst" && value == "192.0.2.1" {
			return []string{"resolvers", "clouds"}
		}
		return nil
	}}
	for _, a := range Select(rep, o).Attributes {
		warned := a.Value == "192.0.2.1"
		if a.ToIDS == warned || strings.HasSuffix(a.Comment, "; on warninglist resolvers, clouds") != warned || len(a.Warninglists) > 0 != warned {
			t.Errorf("%s: to_ids %t, %q", a.Value, a.ToIDS, a.Comment)
		}
	}
	o.DropWarned = true
	s := Select(rep, o)
	if diff := cmp.Diff([]string{"ip-dst 192.0.2.2 1"}, rows(rep, o)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]LeftOut{{Warned, extract.IP, "192.0.2.1", 1}}, s.LeftOut); diff != "" {
		t.Error(diff)
	}
}

// The comment of an attribute from several captures names the capture.
func TestCommentNamesCapture(t *testing.T) {
	var reports []*extract.Report
	for i, name := range []string{"monday.pcap", "tuesday.pcap"} {
		var c capture
		c.n = 24 * 3600 * i
		c.request("10.0.0.5", "198.51.100.7", 80, "GET / HTTP/1.1\r\nHost: www.example\r\n\r\n")
		reports = append(reports, c.named(t, name))
	}
	if err := reports[0].Merge(reports[1]); err != nil {
		t.Fatal(err)
	}
	for _, a := range Select(reports[0], Options{Only: extract.TopicSetOf(extract.IP)}).Attributes {
		want := "contacted; 2 times, " + start.Format(time.RFC3339) + " to " + start.AddDate(0, 0, 1).Format(time.RFC3339) +
			"; first in packet 1 of monday.pcap"
		if a.Comment != want {
			t.Errorf("%q, want %q", a.Comment, want)
		}
	}
	if ev := Of(reports[0], Options{}); ev.Info != "Indicators from monday.pcap, tuesday.pcap" {
		t.Errorf("%q", ev.Info)
	}
}
