package event

import (
	"strconv"
	"time"

	"github.com/sightline-go/sightline/extract"
)

// comment returns what MISP has no field for: where the value was found, how
// often, and in which packet first. It repeats the times because MISP's import
// page drops them.
func (m *mapping) comment(i *indicator, lists []Warning) string {
	b := make([]byte, 0, 128)
	for o := range i.origins.all() {
		if len(b) > 0 {
			b = append(b, ", "...)
		}
		b = append(b, originInfo[o].text...)
	}
	b = append(b, "; "...)
	if n := i.fact.Count; n == 1 {
		b = append(b, "once"...)
	} else {
		b = append(strconv.AppendInt(b, n, 10), " times"...)
	}
	if first, last, ok := m.seen(i.fact); ok {
		b = first.UTC().AppendFormat(append(b, ", "...), time.RFC3339)
		if last.Unix() != first.Unix() {
			b = last.UTC().AppendFormat(append(b, " to "...), time.RFC3339)
		}
	}
	if n := i.fact.Decrypted; n == i.fact.Count && n > 0 {
		b = append(b, "; decrypted"...)
	} else if n > 0 {
		b = append(strconv.AppendInt(append(b, "; "...), n, 10), " decrypted"...)
	}
	if r, ok := m.beacons.about(i); ok {
		b = append(append(b, "; "...), r.String()...)
	}
	if place := m.place(i.fact); place != "" {
		b = append(append(b, "; "...), place...)
	}
	b = append(append(append(append(b, "; "...), i.verdict.String()...), ": "...), i.rule...)
	if i.detail != "" {
		b = append(append(append(b, " ("...), i.detail...), ')')
	}
	for n, w := range lists {
		before := ", "
		if n == 0 {
			before = "; on warninglist "
		}
		b = appendWarning(append(b, before...), w)
	}
	return string(b)
}

// place says which packet shows the first observation, or returns "".
func (s *selector) place(f *extract.Fact) string {
	e, ok := f.Evidence.First()
	if !ok {
		return ""
	}
	text := "first in packet " + strconv.FormatInt(e.Last.Number, 10)
	if len(s.report.Captures) > 1 {
		text += " of " + baseName(s.report.Captures[e.Last.Capture].Name)
	}
	return text
}
