package misp

import (
	"strings"
	"unicode/utf8"
)

// An EventReport is a text in Markdown that belongs to an event. On MISP's page,
// @[attribute](UUID) and @[object](UUID) show an attribute or an object of the event,
// and blocks of mermaid code are drawn.
type EventReport struct {
	UUID    UUID
	Name    string
	Content string
}

// maxReportName is the most bytes of a report's name in MISP's database.
const maxReportName = 255

// NewEventReport returns a report of event that a server stores unchanged: valid UTF-8
// without control characters, except line feeds, and without characters beyond the
// basic multilingual plane, a name of at most 255 bytes and a content of at most
// 65535. The UUID is derived from event and name, so importing a report twice gives
// the same report.
func NewEventReport(event UUID, name, content string) EventReport {
	name = cut(strings.TrimSpace(CommentText(name)), maxReportName)
	return EventReport{NewUUID(event, "report", name), name, markdownText(content)}
}

// margin begins the content of each report. MISP's import page puts blanks before the
// content, which would make its first line code.
const margin = "\n\n"

// markdownText returns s as the content of a report, without margin.
func markdownText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r < ' ' || 0x7f <= r && r < 0xa0:
			return ' '
		}
		return narrow(r)
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
	return cut(s, maxValue-len(margin))
}

// A wireReport has all members that MISP's import page reads.
type wireReport struct {
	UUID         UUID   `json:"uuid"`
	Name         string `json:"name"`
	Content      string `json:"content"`
	Distribution text   `json:"distribution"` // 5: that of the event
	SharingGroup text   `json:"sharing_group_id"`
}

// wireReports returns the JSON form of reports.
func wireReports(reports []EventReport) (list []wireReport) {
	for _, r := range reports {
		list = append(list, wireReport{r.UUID, r.Name, margin + r.Content, "5", "0"})
	}
	return list
}

// reportsOf is the inverse of wireReports.
func reportsOf(list []wireReport) (reports []EventReport) {
	for _, w := range list {
		reports = append(reports, EventReport{w.UUID, w.Name, strings.TrimPrefix(w.Content, margin)})
	}
	return reports
}
