package event

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/layers/stream"
)

// A reporter writes the report on a Selection in Markdown. It reads the rows of the
// Report once and keeps the few that it shows.
type reporter struct {
	*selector
	markdown
	selection *Selection
	targets   *targets // that badges may show
	names     map[netip.Addr][]string
	allLocal  bool // no connection leaves the local networks
}

// describe returns the report on s.
func (s *Selection) describe() misp.EventReport {
	r := reporter{selector: s.by, selection: s, targets: newTargets(s.by.event, s.Attributes, 0)}
	for i := range s.Objects {
		r.targets.known[s.Objects[i].UUID] = true
	}
	r.allLocal = r.onlyLocal()
	if r.names = s.by.hostNames; r.names == nil {
		x := index{names: map[netip.Addr][]string{}}
		x.fillNames(s.by.report)
		r.names = x.names
	}
	r.line("# " + quote(s.event.Info) + "\n")
	r.summary()
	r.captures()
	r.hosts()
	r.timeline()
	r.attributes("For detection", Detect, maxDetect, 16_000)
	r.attributes("Context", Context, maxContext, 6500)
	r.leftOut()
	r.unseen()
	return misp.NewEventReport(s.by.event, "Report on "+captureNames(s.by.report), r.String())
}

// The most rows of the tables of a report. Their bytes are limited too: all tables, with
// the diagram, are shorter than the 65535 bytes that MISP stores.
const (
	maxCaptures = 10
	maxClients  = 12
	maxServers  = 20
	maxSteps    = 30
	maxQueries  = 10 // of the steps
	maxDetect   = 100
	maxContext  = 50
	maxRules    = 30
	maxMissing  = 40
)

// maxQuoted is the most characters of a captured value in a report.
const maxQuoted = 100

// quote returns a captured value for Markdown.
func quote(s string) string { return defuse.Markdown(s, maxQuoted) }

// summary says how much was read and selected.
func (r *reporter) summary() {
	n := [verdictCount]int{}
	for i := range r.selection.Attributes {
		n[r.selection.Attributes[i].Verdict]++
	}
	text := plural(r.report.Packets, "packet")
	if first, last := span(r.report); !first.IsZero() {
		text += " from " + clock(first) + " to " + clock(last) + " (UTC)"
	}
	r.line(text + ". " + plural(n[Detect], "attribute") + " for detection, " + decimal(n[Context]) + " as context, " +
		plural(len(r.selection.LeftOut), "value") + " left out.\n")
}

// captures describes the files.
func (r *reporter) captures() {
	r.heading("Captures")
	t := r.table(maxCaptures, 3000, "File", "SHA-256", "Packets", "Bytes", "First packet (UTC)", "Last packet (UTC)")
	for i := range r.report.Captures {
		c := &r.report.Captures[i]
		hash := ""
		if c.SHA256 != ([32]byte{}) {
			hash = hex.EncodeToString(c.SHA256[:])
		}
		first, last := "", ""
		if !c.First.IsZero() {
			first, last = clock(c.First), clock(c.Last)
		}
		t.row(quote(baseName(c.Name)), quote(hash), decimal(c.Packets), decimal(c.Bytes), first, last)
	}
	t.end("capture")
}

// attributes lists the attributes of a verdict.
func (r *reporter) attributes(title string, v Verdict, rows, size int) {
	r.heading(title)
	t := r.table(rows, size, "Attribute", "Why", "Times seen", "First packet", "Object")
	for i := range r.selection.Attributes {
		a := &r.selection.Attributes[i]
		if a.Verdict != v || t.full() {
			continue
		}
		where, _, _ := strings.Cut(a.Comment, ";") // origins
		why := []string{where}
		if a.Rule != "" {
			why = []string{string(a.Rule), where}
		}
		if len(a.Warninglists) > 0 {
			why = append(why, "on warninglist "+quote(warningText(a.Warninglists)))
		}
		e, _ := a.Evidence.First()
		t.row(badge("attribute", a.UUID), strings.Join(why, "; "), decimal(a.Count), r.packet(e.Last), r.objectBadge(a))
	}
	t.end("attribute")
}

func badge(scope string, id misp.UUID) string { return "@[" + scope + "](" + id.String() + ")" }

// badge returns the badge of an object or attribute, or "" if the event does not
// have it.
func (r *reporter) badge(of reference) string {
	if of.template != nil {
		if id := r.targets.objectID(of.template, of.key); r.targets.known[id] {
			return badge("object", id)
		}
	} else if id := r.targets.attributeID(of.typ, of.key); of.typ != "" {
		if _, known := r.targets.attributes[id]; known {
			return badge("attribute", id)
		}
	}
	return ""
}

// objectBadge returns the badge of the object that says more about an attribute.
func (r *reporter) objectBadge(a *Attribute) string {
	switch a.Type {
	case misp.FilenameSHA256:
		return r.badge(reference{template: misp.TemplateFile, key: a.Value[strings.LastIndexByte(a.Value, '|')+1:]})
	case misp.SHA256:
		return r.badge(reference{template: misp.TemplateFile, key: a.Value})
	case misp.X509SHA256:
		return r.badge(reference{template: misp.TemplateX509, key: a.Value})
	case misp.Hostname, misp.Domain:
		return r.badge(reference{template: misp.TemplateDNSRecord, key: a.Value})
	}
	return ""
}

// packet returns the number of a packet, with the capture's name if there are several,
// or "" if it is not known.
func (r *reporter) packet(at stream.Ref) string {
	if at.Number == 0 {
		return ""
	}
	number := decimal(at.Number)
	if len(r.report.Captures) > 1 {
		return number + " of " + quote(baseName(r.report.Captures[at.Capture].Name))
	}
	return number
}

// start returns the number of the packet with which the first observation began.
func (r *reporter) start(f *extract.Fact) string {
	e, _ := f.Evidence.First()
	return r.packet(e.First)
}

// moment returns the time of the first observation, or "" if it is not known.
func (r *reporter) moment(f *extract.Fact) string {
	if first, _, ok := r.seen(f); ok {
		return clock(first)
	}
	return ""
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000") }

func decimal[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }
