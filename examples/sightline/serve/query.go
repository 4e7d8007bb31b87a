package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A query is what MISP posts to /query, but for the capture itself: an object
// with these keys, in the order
//
//	module, event_id, config, data, filename
//
// where data is the capture in base64. It is decoded as it arrives, so what
// says how to read it must come before it.
type query struct {
	module   string
	eventID  string
	config   map[string]string // of userConfig; null is missing
	filename string
	hasData  bool // data is there, and a string
}

// errSyntax is a body that is not JSON, or no object.
var errSyntax = errors.New("the body is not JSON")

// A queryError is what is wrong with a query. It is for the user to read.
type queryError string

func (e queryError) Error() string { return string(e) }

const (
	// maxMember bounds the text of a key, and of a value but data. MISP sends a
	// few hundred bytes.
	maxMember = 64 << 10

	// maxDepth bounds how deep a value is nested. MISP's have a depth of 1.
	maxDepth = 32

	// maxMembers bounds the keys of the object.
	maxMembers = 64
)

// readQuery reads a query, and gives data to capture when it comes. What capture
// does not read of it is skipped. The query holds what was read before an error,
// which is of src or capture, errSyntax or a queryError.
func readQuery(src io.Reader, capture func(q *query, data *base64Reader) error) (*query, error) {
	q := &query{}
	s := &scanner{src: src}
	seen := map[string]bool{}
	err := s.object(func(key string) error {
		if seen[key] {
			return queryError(fmt.Sprintf("The key %q is there twice.", short(key)))
		}
		if len(seen) == maxMembers {
			return queryError(fmt.Sprintf("The request has more than %d keys.", maxMembers))
		}
		seen[key] = true
		if (key == "config" || key == "module") && q.hasData {
			return queryError(fmt.Sprintf("The key %q comes after \"data\", but is needed before it: the capture is read as it arrives.", key))
		}
		if key == "data" && s.isText() {
			q.hasData = true
			text := &quoted{s: s}
			if err := capture(q, &base64Reader{src: text.run}); err != nil {
				return err
			}
			return text.skip()
		}
		raw, err := s.value()
		if err != nil {
			return err
		}
		return q.set(key, raw)
	})
	return q, err
}

// set takes a member.
func (q *query) set(key string, raw []byte) error {
	switch key {
	case "module":
		return scalar(key, raw, &q.module)
	case "event_id":
		return scalar(key, raw, &q.eventID)
	case "filename":
		return scalar(key, raw, &q.filename)
	case "data":
		if string(raw) != "null" {
			return queryError(`"data" is not a text.`)
		}
	case "config":
		return q.setConfig(raw)
	}
	return nil
}

func (q *query) setConfig(raw []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		if string(raw) == "[]" { // what PHP makes of an array without keys
			return nil
		}
		return queryError(`"config" is not an object.`)
	}
	config := map[string]string{}
	for key, raw := range members {
		var value string
		if err := scalar(key, raw, &value); err != nil {
			return err
		}
		if string(raw) != "null" {
			config[key] = value
		}
	}
	q.config = config
	return nil
}

// scalar sets to to a text, or to a number or boolean as it is written, or to ""
// for null.
func scalar(key string, raw []byte, to *string) error {
	switch raw[0] {
	case '{', '[':
		return queryError(fmt.Sprintf("%q is not a text.", short(key)))
	case '"':
		return json.Unmarshal(raw, to)
	case 'n':
		*to = ""
	default:
		*to = string(raw)
	}
	return nil
}

// short returns the beginning of a text, to be shown.
func short(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
