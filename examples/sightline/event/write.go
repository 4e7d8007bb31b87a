package event

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A format is a value of -o.
type format struct {
	write func(io.Writer, *extract.Report, *event.Selection) error
	uuids bool // it has UUIDs, which follow from the captures' SHA-256
	event bool // it is an event, with objects, which a person reviews in MISP
}

var formats = map[string]format{
	"misp":   {writeEvent, true, true},
	"module": {writeModule, true, true},
	"ndjson": {writeNDJSON, true, false},
	"csv":    {writeCSV, false, false},
	"text":   {writeText, false, false},
	"report": {writeReport, true, false},
}

func writeEvent(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	return encoder(w).Encode(sel.Event())
}

func writeModule(w io.Writer, rep *extract.Report, sel *event.Selection) error {
	answer := misp.Answer{Attributes: sel.Event().Attributes, Objects: sel.Objects}
	for _, c := range rep.Captures {
		if c.Err != nil {
			answer.Error = fmt.Sprintf("The capture is damaged (%v): what was before that is here.", c.Err)
		}
	}
	return encoder(w).Encode(answer)
}

func writeNDJSON(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	enc := encoder(w)
	for _, a := range sel.Attributes {
		if err := enc.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(defuse.JSON(w))
	enc.SetEscapeHTML(false)
	return enc
}

func writeCSV(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	out := csv.NewWriter(w)
	out.Write([]string{"type", "category", "value", "to_ids", "count", "first_seen", "last_seen", "comment"})
	for _, a := range sel.Attributes {
		row := []string{
			string(a.Type), string(a.Category), a.Value, strconv.FormatBool(a.ToIDS), strconv.FormatInt(a.Count, 10),
			moment(a.FirstSeen), moment(a.LastSeen), a.Comment,
		}
		for i := range row {
			row[i] = defuse.CSV(row[i])
		}
		out.Write(row)
	}
	out.Flush()
	return out.Error()
}

func writeReport(w io.Writer, rep *extract.Report, _ *event.Selection) error {
	return rep.WriteJSON(defuse.JSON(w), true)
}

// moment returns a time with microseconds, "" when it is not known.
func moment(t time.Time) string { return string(appendMoment(nil, t)) }
