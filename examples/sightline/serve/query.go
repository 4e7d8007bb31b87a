package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A query is the object that MISP posts to /query, without the capture. For an import
// its keys are, in this order,
//
//	module, event_id, config, data, filename
//
// where data is the capture in base64. For an expansion they are
//
//	module, attribute, event_id, config              from the page
//	module, event_id, attribute_uuid, config, attribute  from /events/enrichEvent
//
// where data is a member of attribute. Other clients may use any order (RFC 8259 section
// 4). The capture is decoded as it arrives, even if the module is not known yet.
type query struct {
	module     string
	eventID    string
	config     map[string]string // values of the form or the settings, except null
	filename   string
	configured bool       // config was read
	attribute  *attribute // of an expansion
}

// An attribute is the attribute that MISP asks an expansion module about.
type attribute struct {
	uuid, typ, value string
	hasData          bool
}

// known reports whether the module is known.
func (q *query) known() bool { return q.module != "" }

// errSyntax is the error for a body that is not a JSON object.
var errSyntax = errors.New("the body is not JSON")

// A queryError is an error in a query, as a sentence for the user.
type queryError string

func (e queryError) Error() string { return string(e) }

const (
	// maxMember limits the text of a key and of a value other than data. MISP sends
	// a few hundred bytes.
	maxMember = 64 << 10

	// maxDepth limits the nesting of a value. MISP's have a depth of 1.
	maxDepth = 32

	// maxMembers limits the keys of an object.
	maxMembers = 64

	// maxUnread limits the text of a value that is not used. MISP sends all that it
	// knows of an attribute, such as its galaxies.
	maxUnread = 1 << 20
)

// readQuery reads a query, and passes data to capture when it arrives. It skips the
// part that capture does not read. On an error, the query has the members before it.
// The error is one of src or capture, errSyntax or a queryError.
func readQuery(src io.Reader, capture func(q *query, data *base64Reader) error) (*query, error) {
	q := &query{}
	s := &scanner{src: src}
	read := func(data *base64Reader) error { return capture(q, data) }
	err := s.object(distinct(func(key string) error {
		switch {
		case key == "attribute" && s.starts('{'):
			return q.readAttribute(s, read)
		case key == "data" && s.starts('"'):
			return s.data(read)
		}
		raw, err := s.value(maxMember)
		if err != nil {
			return err
		}
		return q.set(key, raw)
	}))
	if err == nil {
		err = s.end()
	}
	return q, err
}

// distinct returns member for an object whose keys are limited and distinct.
func distinct(member func(key string) error) func(key string) error {
	seen := map[string]bool{}
	return func(key string) error {
		if seen[key] {
			return queryError(fmt.Sprintf("The key %q is duplicated.", short(key)))
		}
		if len(seen) == maxMembers {
			return queryError(fmt.Sprintf("The request has more than %d keys.", maxMembers))
		}
		seen[key] = true
		return member(key)
	}
}

// data reads a string in base64, and skips what read leaves of it.
func (s *scanner) data(read func(data *base64Reader) error) error {
	text := &quoted{s: s}
	if err := read(&base64Reader{src: text.run}); err != nil {
		return err
	}
	return text.skip()
}

// readAttribute reads the member attribute.
func (q *query) readAttribute(s *scanner, read func(data *base64Reader) error) error {
	a := &attribute{}
	q.attribute = a
	return s.object(distinct(func(key string) error {
		to := map[string]*string{"uuid": &a.uuid, "type": &a.typ, "value": &a.value}[key]
		switch {
		case key == "data" && s.starts('"'):
			a.hasData = true
			return s.data(read)
		case to == nil:
			_, err := s.value(maxUnread)
			return err
		}
		raw, err := s.value(maxMember)
		if err != nil {
			return err
		}
		return scalar(key, raw, to)
	}))
}

// set sets a member.
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
			return queryError(`"data" is not a string.`)
		}
	case "attribute":
		if string(raw) != "null" {
			return queryError(`"attribute" is not an object.`)
		}
	case "config":
		q.configured = true
		return q.setConfig(raw)
	}
	return nil
}

func (q *query) setConfig(raw []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		if string(raw) == "[]" { // PHP's form of an empty array with keys
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

// scalar sets *to to a string, the text of a number or boolean, or "" for null.
func scalar(key string, raw []byte, to *string) error {
	switch raw[0] {
	case '{', '[':
		return queryError(fmt.Sprintf("%q is not a string.", short(key)))
	case '"':
		return json.Unmarshal(raw, to)
	case 'n':
		*to = ""
	default:
		*to = string(raw)
	}
	return nil
}

// short shortens a text for an error.
func short(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
