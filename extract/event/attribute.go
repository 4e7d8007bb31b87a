package event

import (
	"bytes"
	"encoding/json"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// An Attribute is an indicator and what speaks for it.
type Attribute struct {
	misp.Attribute

	// Count is how often it was observed.
	Count int64

	// Claimed reports that it is only what a peer says, such as the host that an
	// HTTP request names. What is not claimed was observed on the wire.
	Claimed bool

	// Warninglists names the lists that the value is on.
	Warninglists []string

	// Evidence holds the first observations, at most eight.
	Evidence extract.Trail
}

// MarshalJSON returns the attribute in the form of the event's, with what an
// Attribute adds behind.
func (a Attribute) MarshalJSON() ([]byte, error) {
	b, err := a.Attribute.MarshalJSON()
	if err != nil {
		return nil, err
	}
	more, err := json.Marshal(struct {
		Count        int64         `json:"count"`
		Claimed      bool          `json:"claimed,omitempty"`
		Warninglists []string      `json:"warninglists,omitempty"`
		Evidence     extract.Trail `json:"evidence"`
	}{a.Count, a.Claimed, a.Warninglists, a.Evidence})
	if err != nil {
		return nil, err
	}
	b = append(bytes.TrimSuffix(bytes.TrimSpace(b), []byte{'}'}), ',')
	return append(b, more[1:]...), nil
}
