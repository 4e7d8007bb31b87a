package event

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// captureObjects drafts the captures. They refer to what nothing else refers to:
// see root.
func captureObjects(d *drafts) {
	for i := range d.report.Captures {
		c := &d.report.Captures[i]
		fact := &extract.Fact{Count: 1, First: c.First, Last: c.Last}
		d.add(misp.TemplatePcapMetadata, captureKey(c), fact, func(o *object) []reference {
			d.fillCapture(o, c)
			return nil
		})
	}
}

func (d *drafts) fillCapture(o *object, c *extract.Capture) {
	o.Comment = strings.TrimSpace("capture " + baseName(c.Name))
	o.text("text", d.captureText(c))                    // first, because it is the label in MISP's graph
	if o.FirstSeen.IsZero() || len(o.Attributes) == 0 { // the template requires a text or a time
		o.time("first-packet-seen", c.First)
		o.time("last-packet-seen", c.Last)
	}
	if c.SHA256 != ([32]byte{}) {
		o.text("file-hash-sha256", hex.EncodeToString(c.SHA256[:]))
	}
	o.text("file-name", baseName(c.Name))
	o.number("file-size-in-bytes", c.Size)
	o.number("captured-packets", c.Packets)
	o.number("packet-size-limit", int64(c.SnapLen))
	o.text("file-format", c.Format)
	o.text("protocol", linkText(c))
	if !c.First.IsZero() {
		o.text("time-span-seconds", strconv.FormatFloat(c.Last.Sub(c.First).Seconds(), 'f', 6, 64))
	}
}

// captureText describes a capture, beginning with its name, and says what the event
// does not cover.
func (d *drafts) captureText(c *extract.Capture) string {
	text := many(c.Packets, "packet") + ", " + many(c.Bytes, "byte")
	if name := baseName(c.Name); name != "" {
		text = name + ": " + text
	}
	if missing := slices.Concat(unread(c), d.missing); len(missing) > 0 {
		text += "; incomplete: " + strings.Join(missing, "; ")
	}
	return text
}

func linkText(c *extract.Capture) string {
	var names []string
	for _, t := range c.LinkTypes {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

// captureNames returns the base names of the captures, for the event's title. It leaves
// out files that could not be read, unless there are no others.
func captureNames(r *extract.Report) string {
	var names, failed []string
	for i := range r.Captures {
		c := &r.Captures[i]
		switch name := baseName(c.Name); {
		case name == "":
		case c.Err != nil && c.Packets == 0:
			failed = append(failed, name)
		default:
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		names = failed
	}
	switch {
	case len(names) == 0:
		return "a capture"
	case len(names) > 3:
		return fmt.Sprintf("%s and %d more captures", names[0], len(names)-1)
	}
	return strings.Join(names, ", ")
}

func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// span returns the times of the first and last packet, or zero times if no
// packet has a time.
func span(r *extract.Report) (first, last time.Time) {
	for i := range r.Captures {
		c := &r.Captures[i]
		if !c.First.IsZero() && (first.IsZero() || c.First.Before(first)) {
			first = c.First
		}
		if c.Last.After(last) {
			last = c.Last
		}
	}
	return first, last
}

// namespace is the namespace of event UUIDs.
var namespace = misp.NewUUID(misp.UUID{}, "https://github.com/sightline-go/sightline")

// uuidOf derives the UUID of an event from the identities of the captures, in
// any order.
func uuidOf(r *extract.Report) misp.UUID {
	var parts []string
	for i := range r.Captures {
		parts = append(parts, r.Captures[i].Identity())
	}
	slices.Sort(parts)
	return misp.NewUUID(namespace, append(parts, "event")...)
}
