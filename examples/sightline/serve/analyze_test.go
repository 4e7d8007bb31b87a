package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A pageAnswer is the part of an analysis that the page reads.
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
		Keys           *keySummary
		LeftOut        int `json:"left_out"`
	}
	Attributes []struct {
		Type, Value, UUID string
		Count, Decrypted  int64
		Evidence          []extract.Evidence
	}
	Objects      []struct{ Name, UUID string }
	LeftOut      []event.LeftOut `json:"left_out"`
	Connections  []connection
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

// The page gets the library's results.
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
		t.Errorf("%d connections, difference of %d packets, %d files", len(a.Connections), packets, len(a.Files))
	}
}

// The event's UUID is derived from the capture.
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
		{"", []byte("GIF89a"), "The file is not a readable capture: "},
		{"", nil, "The file is not a readable capture: "},
		{"?internal=x", requests(1), `Own networks: "x" is not a network`},
		{"?include=x", requests(1), `Look for: "x" is not a topic`},
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

// A second concurrent capture waits, and is then refused.
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

// The page shows which connections are a beacon.
func TestAnalyzeBeacon(t *testing.T) {
	var file build.Pcap
	ask := func(second int, from, port uint16) {
		at := time.Unix(int64(1.7e9+second), 0)
		file.Add(at, build.Ethernet(0x0800, build.UDP("192.0.2.1", from, "198.51.100.7", port, []byte("ping"))))
		file.Add(at, build.Ethernet(0x0800, build.UDP("198.51.100.7", port, "192.0.2.1", from, []byte("pong"))))
	}
	for i := range 6 {
		ask(120*i, uint16(50001+i), 8443)
		for j := range 3 { // one connection: it is never silent for a minute
			ask(120*i+40*j, 50000, 8080)
		}
	}
	_, a := start(t).analyze("?name=a.pcap", file.Bytes())
	for _, c := range a.Connections {
		want := map[uint16]string{8443: "beacon every 120 s, 6 times, jitter 0 %"}[c.Server.Port()]
		if c.Beacon != want {
			t.Errorf("%v: %q, want %q", c.Server, c.Beacon, want)
		}
	}
	if len(a.Connections) != 2 {
		t.Errorf("%d connections", len(a.Connections))
	}
}
