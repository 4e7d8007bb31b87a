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

// captureObjects describes the captures. They contain the connections.
func captureObjects(d *drafts) {
	for i := range d.report.Captures {
		c := &d.report.Captures[i]
		fact := &extract.Fact{Count: 1, First: c.First, Last: c.Last}
		d.add(misp.TemplatePcapMetadata, hex.EncodeToString([]byte(c.Identity())), fact, func(o *object) []reference {
			fillCapture(o, c)
			return containedBy(d.report, i)
		})
	}
}

func fillCapture(o *object, c *extract.Capture) {
	o.Comment = strings.TrimSpace("capture " + baseName(c.Name))
	if c.SHA256 != ([32]byte{}) {
		o.text("file-hash-sha256", hex.EncodeToString(c.SHA256[:]))
	}
	o.text("file-name", baseName(c.Name))
	o.number("file-size-in-bytes", c.Size)
	o.number("captured-packets", c.Packets)
	o.number("packet-size-limit", int64(c.SnapLen))
	o.text("file-format", c.Format)
	o.text("protocol", linkText(c))
	o.time("first-packet-seen", c.First)
	o.time("last-packet-seen", c.Last)
	if !c.First.IsZero() {
		o.text("time-span-seconds", strconv.FormatFloat(c.Last.Sub(c.First).Seconds(), 'f', 6, 64))
	}
	o.text("text", strconv.FormatInt(c.Packets, 10)+" packets, "+strconv.FormatInt(c.Bytes, 10)+" bytes")
}

// linkText returns the names of the link types.
func linkText(c *extract.Capture) string {
	var names []string
	for _, t := range c.LinkTypes {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

// containedBy returns references to the connections whose first packet a
// capture holds.
func containedBy(r *extract.Report, capture int) []reference {
	var refs []reference
	for c := range r.Connections() {
		if e, ok := c.Evidence.First(); ok && e.First.Capture == capture {
			refs = append(refs, reference{misp.Contains, misp.TemplateNetworkConnection, "", connKey(c)})
		}
	}
	return refs
}

// captureNames returns the names of the captures, without their folders.
func captureNames(r *extract.Report) string {
	var names []string
	for i := range r.Captures {
		if name := baseName(r.Captures[i].Name); name != "" {
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

func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// span returns the times of the first and the last packet, zero times when
// packets have none that can be trusted.
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

// uuidOf returns the event UUID that follows from the captures, in any order:
// from their SHA-256, or, where that is not known, from what they hold.
func uuidOf(r *extract.Report) misp.UUID {
	var parts []string
	for i := range r.Captures {
		parts = append(parts, r.Captures[i].Identity())
	}
	slices.Sort(parts)
	return misp.NewUUID(namespace, append(parts, "event")...)
}
