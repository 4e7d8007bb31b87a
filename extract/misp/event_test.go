package misp

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestEventJSON(t *testing.T) {
	id := NewUUID(UUID{}, "event")
	a, err := NewAttribute(id, Hostname, "WWW.Example.ORG")
	if err != nil {
		t.Fatal(err)
	}
	a.Comment = "line\nend \x1b and \U0001f600"
	a.FirstSeen = time.Date(2020, 1, 2, 3, 4, 5, 1999, time.UTC)
	a.LastSeen = a.FirstSeen.Add(time.Hour)
	e := Event{
		UUID: id, Info: "A <case>", Tags: []string{"tlp:amber"}, ThreatLevel: 4,
		Date: a.FirstSeen, Timestamp: a.LastSeen, Attributes: []Attribute{a},
	}
	b, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	// The form of the API's /events/add: numbers as strings, seconds in
	// timestamp, microseconds and a zone in first_seen.
	want := map[string]map[string]any{"Event": {
		"uuid": id.String(), "info": "A <case>", "date": "2020-01-02", "timestamp": "1577937845",
		"published": false, "distribution": "0", "threat_level_id": "4", "analysis": "0",
		"Tag": []any{map[string]any{"name": "tlp:amber"}},
		"Attribute": []any{map[string]any{
			"uuid": a.UUID.String(), "type": "hostname", "category": "Network activity", "value": "www.example.org",
			"to_ids": true, "disable_correlation": false, "distribution": "5", "comment": "line end   and ?",
			"first_seen": "2020-01-02T03:04:05.000001+00:00", "last_seen": "2020-01-02T04:04:05.000001+00:00",
		}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// If MISP cannot store one of the two times, both are left out.
func TestSeenOutOfRange(t *testing.T) {
	good := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct{ first, last time.Time }{
		{time.Time{}, good}, {good, time.Time{}},
		{time.Unix(-1, 0), good}, {good, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{good, good.Add(-1)},
	} {
		b, err := json.Marshal(Attribute{Type: IPDst, FirstSeen: c.first, LastSeen: c.last})
		if err != nil || strings.Contains(string(b), "_seen") {
			t.Errorf("%v to %v: %s, %v", c.first, c.last, b, err)
		}
	}
}

// MISP's import page gives these values another type and loses the rows after them.
func TestReadsAsJSON(t *testing.T) {
	for _, v := range []string{"true", "false", "null", "NaN", "[1,2]", `{"a":1}`} {
		if _, err := NewAttribute(UUID{}, UserAgent, v); !errors.Is(err, ErrValue) {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range []string{"007", "1e5", "<b>", `"quoted"`, "[not json", "{}x"} {
		if _, err := NewAttribute(UUID{}, UserAgent, v); err != nil {
			t.Error(err)
		}
	}
}

func TestAnswerJSON(t *testing.T) {
	b, err := json.Marshal(Answer{Error: "cut"})
	if want := `{"results":{"Attribute":[]},"error":"cut"}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
}

// An event is written while it is made: no write is much larger than an attribute.
func TestWriteJSON(t *testing.T) {
	a := Attribute{Type: UserAgent, Value: strings.Repeat("x", 100)}
	e := Event{Attributes: make([]Attribute, 5000)}
	for i := range e.Attributes {
		e.Attributes[i] = a
	}
	var b bytes.Buffer
	most := 0
	if err := e.WriteJSON(writerFunc(func(p []byte) (int, error) {
		most = max(most, len(p))
		return b.Write(p)
	})); err != nil || most > 2*writeSize {
		t.Errorf("%d bytes, at most %d in a write, %v", b.Len(), most, err)
	}
	var back Event
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Attributes) != len(e.Attributes) {
		t.Errorf("%d attributes, %v", len(back.Attributes), err)
	}
	for n := 0; n < b.Len(); n += 1 + b.Len()/50 {
		room := n
		if err := e.WriteJSON(writerFunc(func(p []byte) (int, error) {
			if room -= len(p); room < 0 {
				return 0, errors.ErrUnsupported
			}
			return len(p), nil
		})); err != errors.ErrUnsupported {
			t.Fatalf("no error after %d bytes: %v", n, err)
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
