package stix

import (
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// ownCreated is the time of creation of the objects that do not change from one event
// to another.
const ownCreated = "2026-01-01T00:00:00.000Z"

// versionLayout is the form of the times created and modified, which have exactly three
// digits (STIX 2.1 section 3.2).
const versionLayout = "2006-01-02T15:04:05.000Z"

// stamp formats a time with the microseconds that MISP keeps, and at least three digits.
func stamp(t time.Time) string {
	s := t.UTC().Format("2006-01-02T15:04:05.000000Z")
	end := len(s) - len("Z")
	for range 3 {
		if s[end-1] != '0' {
			break
		}
		end--
	}
	return s[:end] + "Z"
}

// parseTime parses a value of type Datetime.
func parseTime(value string) (t time.Time, ok bool) {
	value, err := misp.Normalize(misp.Datetime, value)
	if err != nil {
		return time.Time{}, false
	}
	t, err = time.Parse("2006-01-02T15:04:05.000000-0700", value)
	year := t.UTC().Year()
	return t, err == nil && 1 <= year && year <= 9999
}

// inRange reports whether MISP can store t: see misp.Event.
func inRange(t time.Time) bool { return !t.IsZero() && t.Unix() >= 0 && t.UTC().Year() <= 9999 }

// seen returns the times of the first and last observation. Without valid times it
// returns those of the event.
func (b *builder) seen(first, last time.Time) (time.Time, time.Time) {
	if !inRange(first) || !inRange(last) || last.Before(first) {
		return b.time, b.time
	}
	return first, last
}

// timeOf returns the time of an event, as far as MISP keeps it.
func timeOf(e *misp.Event) time.Time {
	switch {
	case inRange(e.Timestamp):
		return e.Timestamp.UTC().Truncate(time.Second)
	case inRange(e.Date):
		return e.Date.UTC().Truncate(24 * time.Hour)
	}
	return time.Unix(0, 0).UTC()
}
