package event

import (
	"bytes"
	"encoding/json"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// An Attribute is an indicator with its evidence.
type Attribute struct {
	misp.Attribute

	// Verdict says what the value is for, and Rule why.
	Verdict Verdict
	Rule    Rule

	// Count is the number of observations, and Decrypted the number of those in what
	// was decrypted with stream.Config.Keys.
	Count, Decrypted int64

	// Claimed reports whether only a peer asserts the value, like the host in an
	// HTTP request. Other values were observed on the wire.
	Claimed bool

	// Warninglists are the warninglists that contain the value.
	Warninglists []Warning

	// Evidence holds the first observations, at most eight.
	Evidence extract.Trail
}

type attributeJSON struct {
	misp.AttributeJSON
	Verdict      Verdict       `json:"verdict"`
	Rule         Rule          `json:"rule,omitempty"`
	Count        int64         `json:"count"`
	Decrypted    int64         `json:"decrypted,omitempty"`
	Claimed      bool          `json:"claimed,omitempty"`
	Warninglists []Warning     `json:"warninglists,omitempty"`
	Evidence     extract.Trail `json:"evidence"`
}

// MarshalJSON returns the JSON form of the MISP attribute, followed by the other
// fields of a.
func (a Attribute) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // like misp.Event
	err := enc.Encode(attributeJSON{a.JSON(), a.Verdict, a.Rule, a.Count, a.Decrypted, a.Claimed, a.Warninglists, a.Evidence})
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), err
}
