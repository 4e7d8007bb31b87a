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

// ErrDate says that a sighting has no date that MISP can store.
var ErrDate = errors.New("misp: sighting without a date from 1970 to 9999")

// A Sighting says that an attribute was seen. A list of them marshals into what
// the API's /sightings/bulkSaveSightings takes, which skips those whose UUID it
// has: sent twice, they count once.
type Sighting struct {
	UUID      UUID
	Attribute UUID
	Date      time.Time
	Type      int    // Seen, FalsePositive or Expiration
	Source    string // where it was seen; at most 255 characters are sent
}

// NewSighting returns a sighting of an attribute at date, with a UUID that
// follows from attribute, capture and the second of date. The capture is one
// name for it wherever it is read, such as its SHA-256, and is not sent. Who
// counts sightings by hour or day gives the beginning of that as date.
func NewSighting(attribute UUID, capture string, date time.Time) Sighting {
	id := NewUUID(attribute, "sighting", capture, strconv.FormatInt(date.Unix(), 10))
	return Sighting{UUID: id, Attribute: attribute, Date: date}
}

// MarshalJSON returns the sighting as MISP takes it. One without date, which a
// server skips without a word, is the error ErrDate.
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
