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

// attributeJSON is the JSON form of an Attribute.
type attributeJSON struct {
	misp.AttributeJSON
	Count        int64         `json:"count"`
	Claimed      bool          `json:"claimed,omitempty"`
	Warninglists []string      `json:"warninglists,omitempty"`
	Evidence     extract.Trail `json:"evidence"`
}

// MarshalJSON returns the attribute as MISP writes it, followed by the fields that
// only an Attribute has.
func (a Attribute) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // as in events
	err := enc.Encode(attributeJSON{a.JSON(), a.Count, a.Claimed, a.Warninglists, a.Evidence})
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}
