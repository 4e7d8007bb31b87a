package event

import (
	"strconv"
	"strings"
	"time"
)

// comment tells what MISP has no field for: where the value stood, how often,
// and which packets show it. It also tells the times, which MISP's import page
// loses.
func (m *mapping) comment(i *indicator, lists []string) string {
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
	if e, ok := i.fact.Evidence.First(); ok {
		b = strconv.AppendInt(append(b, "; first in packet "...), e.Last.Number, 10)
		if len(m.report.Captures) > 1 {
			b = append(append(b, " of "...), baseName(m.report.Captures[e.Last.Capture].Name)...)
		}
	}
	if len(lists) > 0 {
		b = append(append(b, "; on warninglist "...), strings.Join(lists, ", ")...)
	}
	return string(b)
}
