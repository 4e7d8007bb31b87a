package misp

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// The types of sightings.
const (
	Seen          = 0
	FalsePositive = 1
	Expiration    = 2
)

// maxSource is the most characters of a sighting's source.
const maxSource = 255

// ErrDate is the error for a sighting without a date that MISP can store.
var ErrDate = errors.New("misp: sighting without a date from 1970 to 9999")

// A Sighting reports that an attribute was seen. A list of sightings in JSON is the
// input of the API's /sightings/bulkSaveSightings. The API skips known UUIDs, so a
// sighting sent twice counts once.
type Sighting struct {
	UUID      UUID
	Attribute UUID
	Date      time.Time
	Type      int    // Seen, FalsePositive or Expiration
	Source    string // where it was seen; truncated to 255 characters in JSON
}

// NewSighting returns a sighting of an attribute at date. Its UUID is derived from
// attribute, capture and date in seconds. Capture identifies the capture, for
// instance by its SHA-256, and is not part of the JSON form. To have one sighting per
// hour or day, truncate date.
func NewSighting(attribute UUID, capture string, date time.Time) Sighting {
	id := NewUUID(attribute, "sighting", capture, strconv.FormatInt(date.Unix(), 10))
	return Sighting{UUID: id, Attribute: attribute, Date: date}
}

// MarshalJSON returns the sighting in the API's JSON form. It returns ErrDate for a
// date outside 1970 to 9999: a server would silently skip the sighting.
func (s Sighting) MarshalJSON() ([]byte, error) {
	if !inRange(s.Date) {
		return nil, ErrDate
	}
	source := []rune(strings.TrimSpace(CommentText(s.Source)))
	return marshal(struct {
		UUID      UUID   `json:"uuid"`
		Attribute UUID   `json:"attribute_uuid"`
		Date      string `json:"date_sighting"`
		Type      string `json:"type"`
		Source    string `json:"source"`
	}{
		s.UUID, s.Attribute, strconv.FormatInt(s.Date.Unix(), 10), strconv.Itoa(s.Type),
		string(source[:min(len(source), maxSource)]),
	})
}
