package warninglist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A Type says how the entries of a list match: see the package documentation.
type Type string

// The types of lists.
const (
	CIDR      Type = "cidr"
	Hostname  Type = "hostname"
	String    Type = "string"
	Substring Type = "substring"
	Regex     Type = "regex"
)

// A List describes a warninglist, without its entries. It belongs to its Set and must
// not be modified.
type List struct {
	Path        string // of its file, in the file system of Load
	Name        string // as displayed by MISP
	Description string
	Version     int64    // often a date, 20260102
	Type        Type     // how its entries match
	Class       Class    // what a match means
	Attributes  []string // attribute types that it applies to; empty: all
	Entries     int      // entries in use
	Skipped     int      // entries skipped; Set.Skipped has the first 16

	number int32 // index into Set.lists
}

// Applies reports whether the list applies to attributes of type typ.
func (l *List) Applies(typ string) bool {
	return len(l.Attributes) == 0 || slices.Contains(l.Attributes, typ)
}

type file struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Version     int64    `json:"version"`
	Type        fileType `json:"type"`
	Category    string   `json:"category"`
	Attributes  []string `json:"matching_attributes"`
	List        *entries `json:"list"`
}

func parse(data []byte) (*List, []string, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	switch {
	case f.List == nil:
		return nil, nil, fmt.Errorf(`%w: no "list"`, ErrFormat)
	case f.Name == "":
		return nil, nil, fmt.Errorf(`%w: no "name"`, ErrFormat)
	}
	l := &List{Name: f.Name, Description: f.Description, Version: f.Version, Type: Type(f.Type), Attributes: f.Attributes}
	if slices.Contains(l.Attributes, "ALL") {
		l.Attributes = nil
	}
	switch l.Type {
	case "":
		l.Type = String
	case CIDR, Hostname, String, Substring, Regex:
	default:
		return nil, nil, fmt.Errorf("%w %q", ErrType, shorten(f.Type))
	}
	l.Class = classify(l, f.Category, len(*f.List))
	return l, *f.List, nil
}

// fileType decodes a string, or the first of an array of strings.
type fileType string

func (t *fileType) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("[")) {
		return json.Unmarshal(b, (*string)(t))
	}
	var all []string
	err := json.Unmarshal(b, &all)
	*t = ""
	if len(all) > 0 {
		*t = fileType(all[0])
	}
	return err
}

// entries decodes an array of strings, or an object whose names are the entries and
// whose values are comments. Elements of an array that are not strings become "".
type entries []string

func (e *entries) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("{")) {
		var commented map[string]struct{}
		err := ignoreType(json.Unmarshal(b, &commented))
		*e = slices.Sorted(maps.Keys(commented))
		return err
	}
	if !bytes.HasPrefix(b, []byte("[")) {
		return errors.New(`"list" is neither an array nor an object`)
	}
	var all []string
	err := ignoreType(json.Unmarshal(b, &all))
	*e = all
	return err
}

// ignoreType drops the error for an element of an unexpected type: Unmarshal has left
// the element zero and decoded the rest.
func ignoreType(err error) error {
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil
	}
	return err
}
