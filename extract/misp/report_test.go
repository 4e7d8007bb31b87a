package misp

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// MISP's import page reads all five members, and puts blanks before the content
// (View/Events/resolved_misp_format.ctp of MISP 2.5).
func TestEventReportJSON(t *testing.T) {
	e := Event{UUID: NewUUID(UUID{}, "e"), Attributes: []Attribute{}}
	e.Reports = []EventReport{NewEventReport(e.UUID, "Report on a.pcap", "# Title\n\n@[tag](tlp:amber)\n")}
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `"EventReport":[{"uuid":"58579818-99c8-500b-ba3d-09167b6645a5","name":"Report on a.pcap",` +
		`"content":"\n\n# Title\n\n@[tag](tlp:amber)\n","distribution":"5","sharing_group_id":"0"}]`
	if !strings.Contains(string(b), want) {
		t.Errorf("%s\nhas no %s", b, want)
	}
	var back Event
	if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back.Reports, e.Reports) {
		t.Errorf("read back: %v, %v", back.Reports, err)
	}
	answer, err := json.Marshal(Answer{Reports: e.Reports})
	if err != nil || !strings.Contains(string(answer), want) {
		t.Errorf("%s, %v\nhas no %s", answer, err, want)
	}
}

// The columns name and content of the table event_reports: VARCHAR(255) and TEXT, of at
// most 65535 bytes.
func TestEventReportLimits(t *testing.T) {
	r := NewEventReport(UUID{}, " "+strings.Repeat("é", 4096), strings.Repeat("é", 70_000))
	if len(r.Name) > 255 || len(r.Name) < 250 || !utf8.ValidString(r.Name) {
		t.Errorf("a name of %d bytes", len(r.Name))
	}
	if n := len(margin + r.Content); n > 65535 || n < 65530 || !utf8.ValidString(r.Content) {
		t.Errorf("a content of %d bytes", n)
	}
	r = NewEventReport(UUID{}, "a\nb", "a\x00\x1b\u009b\U0001f600\xff\nb")
	if r.Name != "a b" || r.Content != "a   ?\ufffd\nb" {
		t.Errorf("%q, %q", r.Name, r.Content)
	}
}
