package misp

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// text is a JSON string that some servers write as a number.
type text string

// UnmarshalJSON decodes a string or another scalar. It never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = text(strings.Trim(string(b), `"`))
	return nil
}

// number returns t as a number, or 0 if it is not a number.
func (t text) number() int64 {
	n, _ := strconv.ParseInt(string(t), 10, 64)
	return n
}

// seen returns first_seen and last_seen in MISP's form, with microseconds. It returns
// neither if MISP cannot store one of them or they are in the wrong order.
func seen(first, last time.Time) (string, string) {
	const layout = "2006-01-02T15:04:05.000000-07:00"
	if !inRange(first) || !inRange(last) || last.Before(first) {
		return "", ""
	}
	return first.UTC().Format(layout), last.UTC().Format(layout)
}

// parseSeen parses first_seen or last_seen. It returns the zero time if that fails.
func parseSeen(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// inRange reports whether MISP can store t: its year is from 1970 to 9999.
func inRange(t time.Time) bool { return !t.IsZero() && t.Unix() >= 0 && t.UTC().Year() <= 9999 }

// marshal is json.Marshal without HTML escapes.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
