package misp

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSightingJSON(t *testing.T) {
	hour := time.Date(2020, 1, 2, 3, 0, 0, 0, time.UTC)
	s := NewSighting(event, "sha256", hour)
	s.Source = " capture.pcap\n"
	b, err := json.Marshal([]Sighting{s})
	want := `[{"uuid":"` + s.UUID.String() + `","attribute_uuid":"` + event.String() +
		`","date_sighting":"1577934000","type":"0","source":"capture.pcap"}]`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
	for _, other := range []Sighting{
		NewSighting(event, "sha256", hour.Add(time.Second)), NewSighting(event, "other", hour), NewSighting(s.UUID, "sha256", hour),
	} {
		if other.UUID == s.UUID {
			t.Errorf("%+v: UUID is not unique", other)
		}
	}
	if NewSighting(event, "sha256", hour.In(time.FixedZone("", 3600))).UUID != s.UUID {
		t.Error("UUID depends on the time zone")
	}
}

// A server rejects a longer source, and skips a sighting without a date.
func TestSightingBounds(t *testing.T) {
	s := NewSighting(event, "", time.Unix(0, 0))
	s.Source = strings.Repeat("é", 300)
	b, err := json.Marshal(s)
	if err != nil || strings.Count(string(b), "é") != 255 {
		t.Errorf("%s, %v", b, err)
	}
	for _, date := range []time.Time{{}, time.Unix(-1, 0)} {
		s.Date = date
		if _, err := json.Marshal(s); !errors.Is(err, ErrDate) {
			t.Errorf("%v: %v", date, err)
		}
	}
}
