package event

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// The JSON of an Attribute is that of its misp.Attribute, member for member,
// followed by its other fields.
func TestAttributeJSON(t *testing.T) {
	rep := readReport(t, `{"requests":[{"count":3,"method":"GET","url":"http://www.example/?a=1&b=<2>","host":"www.example"}]}`)
	o := Options{Only: extract.TopicSetOf(extract.HTTP), Warned: func(typ, _ string) []Warning {
		if typ == "url" {
			return []Warning{{List: "one & two", Harmless: true}}
		}
		return nil
	}}
	for _, a := range Select(rep, o).Attributes {
		plain, err := a.Attribute.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		rest := `,"verdict":"detect","rule":"contacted name","count":3,"claimed":true,"evidence":[]}`
		if a.Type == misp.URL {
			rest = `,"verdict":"context","rule":"warninglist match","count":3,"claimed":true,"warninglists":["one & two"],"evidence":[]}`
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

// The comment of a value on warninglists names them. If one of them says that the
// value is harmless, it is not for detection, and DropWarned leaves it out.
func TestWarned(t *testing.T) {
	rep := readReport(t, `{"hosts":[{"count":1,"addr":"192.0.2.1","server":1},{"count":1,"addr":"192.0.2.2","server":1},{"count":1,"addr":"192.0.2.3","server":1}]}`)
	clouds, resolvers := Warning{List: "clouds", Class: "hosting"}, Warning{List: "resolvers", Harmless: true}
	lists := map[string][]Warning{"192.0.2.1": {clouds, resolvers}, "192.0.2.2": {clouds}}
	o := Options{Warned: func(_, value string) []Warning { return lists[value] }}
	comments := map[string]string{"192.0.2.1": "; on warninglist clouds (hosting), resolvers", "192.0.2.2": "; on warninglist clouds (hosting)"}
	for _, a := range Select(rep, o).Attributes {
		if a.ToIDS != (a.Value != "192.0.2.1") || (a.Verdict == Detect) != a.ToIDS || !slices.Equal(a.Warninglists, lists[a.Value]) {
			t.Errorf("%s: to_ids %t, verdict %v, lists %v", a.Value, a.ToIDS, a.Verdict, a.Warninglists)
		}
		want := comments[a.Value]
		if !strings.HasSuffix(a.Comment, want) || strings.Contains(a.Comment, "warninglist") != (want != "") {
			t.Errorf("%s: comment %q", a.Value, a.Comment)
		}
	}
	o.DropWarned = true
	s := Select(rep, o)
	if diff := cmp.Diff([]string{"ip-dst 192.0.2.2 1", "ip-dst 192.0.2.3 1"}, rows(rep, o)); diff != "" {
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
		want := "contacted host; 2 times, " + start.Format(time.RFC3339) + " to " + start.AddDate(0, 0, 1).Format(time.RFC3339) +
			"; first in packet 1 of monday.pcap; detect: contacted address"
		if a.Comment != want {
			t.Errorf("%q, want %q", a.Comment, want)
		}
	}
	if ev := Of(reports[0], Options{}); ev.Info != "Indicators from monday.pcap, tuesday.pcap" {
		t.Errorf("%q", ev.Info)
	}
}
