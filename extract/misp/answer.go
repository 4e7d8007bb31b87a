package misp

import "time"

// An Answer is what an import module gives to MISP's page, in the form that
// misp-modules calls misp_standard.
//
// A person reviews it row by row, and rows are the attributes and those of the
// objects: 200 to 500 are much, 3000 the most that the page bears, and fewer
// than 300 items with references fit its graph. Error is the place to say what
// was left out.
type Answer struct {
	Attributes []Attribute
	Objects    []Object
	Error      string // shown above the attributes; "": none
}

type wireAnswer struct {
	Results struct {
		Attributes []AttributeJSON `json:"Attribute"`
		Objects    []wireObject    `json:"Object,omitempty"`
	} `json:"results"`
	Error string `json:"error,omitempty"`
}

// MarshalJSON returns the answer in misp_standard form. What has no comment gets
// one, as MISP would else write the name of the module there: an attribute when
// it was seen, as the page loses these times, and an object the name of its
// template.
func (a Answer) MarshalJSON() ([]byte, error) {
	w := wireAnswer{Error: CommentText(a.Error)}
	w.Results.Attributes = []AttributeJSON{}
	for _, attribute := range a.Attributes {
		w.Results.Attributes = append(w.Results.Attributes, commented(attribute.JSON(), attribute.spell()))
	}
	for _, o := range a.Objects {
		object, err := o.wire()
		if err != nil {
			return nil, err
		}
		if object.Comment == "" {
			object.Comment = object.Name
		}
		for i, attribute := range object.Attributes {
			object.Attributes[i] = commented(attribute, attribute.Relation+" of "+object.Name)
		}
		w.Results.Objects = append(w.Results.Objects, object)
	}
	return marshal(w)
}

// commented returns the attribute with a comment.
func commented(a AttributeJSON, otherwise string) AttributeJSON {
	if a.Comment == "" {
		a.Comment = otherwise
	}
	return a
}

// spell says when the attribute was seen.
func (a Attribute) spell() string {
	if first, _ := seen(a.FirstSeen, a.LastSeen); first == "" {
		return "time not known"
	}
	first, last := a.FirstSeen.UTC().Format(time.RFC3339), a.LastSeen.UTC().Format(time.RFC3339)
	if first == last {
		return "seen " + first
	}
	return "seen " + first + " to " + last
}
