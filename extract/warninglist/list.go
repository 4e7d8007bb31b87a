package warninglist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A Type says how the entries of a list match.
type Type string

// The types of lists.
const (
	CIDR      Type = "cidr"
	Hostname  Type = "hostname"
	String    Type = "string"
	Substring Type = "substring"
	Regex     Type = "regex"
)

// A List is a warninglist without its entries. It belongs to its Set and is not
// to be changed.
type List struct {
	Path        string   // of its file, in the file system that it is from
	Name        string   // what MISP shows
	Description string   // what it is about
	Version     int64    // often a date, 20260102
	Type        Type     // how its entries match
	Attributes  []string // the types of attributes that it is for; empty: all
	Entries     int      // how many entries are matched
	Skipped     int      // how many are not; Set.Skipped tells of the first ones

	number int32 // its place in the Set
}

// Applies reports whether the list is for attributes of type typ.
func (l *List) Applies(typ string) bool {
	return len(l.Attributes) == 0 || slices.Contains(l.Attributes, typ)
}

// file is the JSON form of a list.
type file struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Version     int64    `json:"version"`
	Type        fileType `json:"type"`
	Attributes  []string `json:"matching_attributes"`
	List        *entries `json:"list"`
}

// parse returns the list in data, and its entries.
func parse(data []byte) (*List, []string, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	switch {
	case f.List == nil:
		return nil, nil, fmt.Errorf(`%w: it has no "list"`, ErrFormat)
	case f.Name == "":
		return nil, nil, fmt.Errorf(`%w: it has no "name"`, ErrFormat)
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
	return l, *f.List, nil
}

// fileType is a text, or an array of which the first counts.
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

// entries is an array of texts, or an object of which the names are the entries
// and the values comments. What is no text in an array becomes "".
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

// ignoreType lets an element of another type than expected pass: Unmarshal has
// left it zero, and gone on.
func ignoreType(err error) error {
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil
	}
	return err
}
