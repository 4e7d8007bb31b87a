package extract

import (
	"fmt"
	"strings"
	"time"
)

// A Capture is one input that a Report was made from.
type Capture struct {
	Name    string
	Size    int64    // of the file in bytes, 0 when Identify did not tell
	SHA256  [32]byte // of the file, zero when Identify did not tell
	Packets int64
	Bytes   int64 // captured bytes of its packets
	Err     error // what stopped reading, nil at its end

	first, last time.Time // of its packets, as far as usable
}

// extend makes the capture's span hold t.
func (c *Capture) extend(t time.Time) {
	if c.first.IsZero() || t.Before(c.first) {
		c.first = t
	}
	if t.After(c.last) {
		c.last = t
	}
}

// identity returns what tells a capture from others: its SHA-256, or, where that
// is not known, what it holds.
func (c *Capture) identity() string {
	if c.SHA256 != ([32]byte{}) {
		return string(c.SHA256[:])
	}
	return fmt.Sprint(c.Packets, c.Bytes, c.first.UnixNano(), c.last.UnixNano())
}

// names returns the names of the captures, without their folders.
func (r *Report) names() string {
	var names []string
	for i := range r.Captures {
		name := r.Captures[i].Name
		name = name[strings.LastIndexAny(name, `/\`)+1:]
		if name != "" {
			names = append(names, name)
		}
	}
	switch {
	case len(names) == 0:
		return "a capture"
	case len(names) > 3:
		return fmt.Sprintf("%s and %d more captures", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

// span returns the times of the first and the last packet, zero times when
// packets have none that can be trusted.
func (r *Report) span() (first, last time.Time) {
	for i := range r.Captures {
		c := &r.Captures[i]
		if !c.first.IsZero() && (first.IsZero() || c.first.Before(first)) {
			first = c.first
		}
		if c.last.After(last) {
			last = c.last
		}
	}
	return first, last
}
