package misp

import (
	"time"
)

// An Answer is the result of an import or expansion module, in the misp_standard format
// of misp-modules.
//
// A person reviews it on MISP's page, where each attribute, including those of
// objects, is a row. 200 to 500 rows are many, and the page handles 3000 at most. Its
// graph draws fewer than 300 items with references. Use Error to report attributes
// that were left out.
type Answer struct {
	Attributes []Attribute
	Objects    []Object
	Reports    []EventReport
	Tags       []string // of the event
	Comment    string   // for attributes of objects, unless empty
	Error      string   // displayed above the attributes, unless empty
}

type wireAnswer struct {
	Results struct {
		Reports    []wireReport    `json:"EventReport,omitempty"`
		Attributes []AttributeJSON `json:"Attribute"`
		Objects    []wireObject    `json:"Object,omitempty"`
		Tags       []TagJSON       `json:"Tag,omitempty"`
	} `json:"results"`
	Comment string `json:"comment,omitempty"`
	Error   string `json:"error,omitempty"`
}

// MarshalJSON returns the answer in misp_standard format. It fills in empty comments of
// attributes with the times seen, which the page loses, and those of objects with the
// template's name. MISP fills in the others, with Comment or else with the module's
// name. An object without attributes is an error that wraps ErrObject.
func (a Answer) MarshalJSON() ([]byte, error) {
	w := wireAnswer{Comment: CommentText(a.Comment), Error: CommentText(a.Error)}
	w.Results.Attributes, w.Results.Tags = []AttributeJSON{}, wireTags(a.Tags)
	w.Results.Reports = wireReports(a.Reports)
	for _, attribute := range a.Attributes {
		row := attribute.JSON()
		if row.Comment == "" {
			row.Comment = attribute.spell()
		}
		w.Results.Attributes = append(w.Results.Attributes, row)
	}
	for _, o := range a.Objects {
		object, err := o.wire()
		if err != nil {
			return nil, err
		}
		if object.Comment == "" {
			object.Comment = object.Name
		}
		w.Results.Objects = append(w.Results.Objects, object)
	}
	return marshal(w)
}

// spell returns a comment that says when the attribute was seen.
func (a Attribute) spell() string {
	if first, _ := seen(a.FirstSeen, a.LastSeen); first == "" {
		return "time unknown"
	}
	first, last := a.FirstSeen.UTC().Format(time.RFC3339), a.LastSeen.UTC().Format(time.RFC3339)
	if first == last {
		return "seen " + first
	}
	return "seen " + first + " to " + last
}
