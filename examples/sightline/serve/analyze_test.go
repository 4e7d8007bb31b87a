package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A pageAnswer is what the page reads of an analysis.
type pageAnswer struct {
	Error    string
	Captures []extract.Capture
	Event    struct {
		UUID, Info string
		Attribute  []any
	}
	Summary struct {
		Packets, Bytes int64
		Notes          []string
		LeftOut        int `json:"left_out"`
	}
	Attributes []struct {
		Type, Value, UUID string
		Count             int64
		Evidence          []extract.Evidence
	}
	Objects      []struct{ Name, UUID string }
	LeftOut      []event.LeftOut `json:"left_out"`
	Connections  []extract.Connection
	Certificates []extract.Certificate
	Files        []extract.File
}

func (v *service) analyze(query string, capture []byte) (status int, a pageAnswer) {
	v.t.Helper()
	r := v.request("POST", "/analyze"+query, bytes.NewReader(capture))
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("X-Sightline", "analyze")
	status, answer := v.do(r)
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		v.t.Fatalf("%v: %s", err, answer)
	}
	return status, a
}

// The page gets what the library finds.
func TestAnalyze(t *testing.T) {
	v := start(t)
	capture := story(t)
	status, a := v.analyze("?name=story.pcapng&private=1&internal=198.51.100.0/24", capture)
	r, err := pcap.NewReaderBytes(capture)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := extract.Read(context.Background(), r, extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}})
	if err != nil {
		t.Fatal(err)
	}
	sel := event.Select(rep, event.Options{Private: true})
	if status != 200 || a.Summary.Packets != rep.Packets || a.Summary.Bytes != rep.Bytes || len(a.Attributes) != len(sel.Attributes) ||
		len(a.Objects) != len(sel.Objects) || len(a.LeftOut) != len(sel.LeftOut) || a.Summary.LeftOut != len(sel.LeftOut) || len(a.Summary.Notes) != 0 {
		t.Fatalf("%d %+v", status, a.Summary)
	}
	for i, want := range sel.Attributes {
		got := a.Attributes[i]
		if got.Type != string(want.Type) || got.Value != want.Value || got.Count != want.Count || len(got.Evidence) != want.Evidence.Len() {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if a.Event.Info != "Indicators from story.pcapng" || len(a.Event.Attribute) != 0 || len(a.Captures) != 1 || a.Captures[0].Size != int64(len(capture)) {
		t.Errorf("%+v %+v", a.Event, a.Captures)
	}
	var connections, packets int64
	for c := range rep.Connections() {
		connections++
		packets += c.Sent.Packets
	}
	for _, c := range a.Connections {
		packets -= c.Sent.Packets
		if c.Evidence.Len() > 0 || c.First.IsZero() {
			t.Errorf("%+v", c)
		}
	}
	if connections != int64(len(a.Connections)) || packets != 0 || len(a.Files) == 0 {
		t.Errorf("%d connections, %d packets astray, %d files", len(a.Connections), packets, len(a.Files))
	}
}

// The event's UUID follows from the capture.
func TestAnalyzeAgain(t *testing.T) {
	v := start(t)
	uuids := map[string]bool{}
	for _, name := range []string{"a", "b"} {
		_, a := v.analyze("?name="+name, requests(3))
		uuids[a.Event.UUID] = true
	}
	_, a := v.analyze("", requests(2))
	uuids[a.Event.UUID] = true
	if len(uuids) != 2 {
		t.Errorf("%d UUIDs", len(uuids))
	}
}

func TestAnalyzeWrong(t *testing.T) {
	v := start(t)
	for _, test := range []struct {
		query   string
		capture []byte
		want    string
	}{
		{"", []byte("GIF89a"), "This can not be read as a capture: "},
		{"", nil, "This can not be read as a capture: "},
		{"?internal=x", requests(1), `Own networks: "x" is not a network`},
		{"?include=x", requests(1), `What to look for: there is no "x"`},
	} {
		if status, a := v.analyze(test.query, test.capture); status != 400 || !strings.HasPrefix(a.Error, test.want) {
			t.Errorf("%s: %d %s", test.query, status, a.Error)
		}
	}
	capture := requests(3)
	status, a := v.analyze("", capture[:len(capture)-1])
	if status != 200 || len(a.Attributes) == 0 || len(a.Summary.Notes) != 1 || !strings.HasPrefix(a.Summary.Notes[0], "The capture is damaged") || a.Captures[0].Err == nil {
		t.Errorf("%d %+v", status, a.Summary)
	}
}

// A second capture at a time waits, and is then told to come again.
func TestAnalyzeBusy(t *testing.T) {
	v := start(t, "-wait", "100ms", "-page-budget", "5s")
	capture := requests(100)
	c := v.raw()
	v.post(c, "/analyze", len(capture), string(capture[:1000]))
	for !strings.Contains(metricsOf(v), "sightline_analyses_running 1\n") {
	}
	if status, a := v.analyze("", capture); status != 503 || !strings.HasPrefix(a.Error, "The service is busy") {
		t.Errorf("%d %+v", status, a)
	}
}
