package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A format is a value of -o.
type format struct {
	write func(io.Writer, *extract.Report, *extract.Selection) error
	uuids bool // it has UUIDs, which follow from the captures' SHA-256
}

var formats = map[string]format{
	"misp":   {writeEvent, true},
	"module": {writeModule, true},
	"ndjson": {writeNDJSON, true},
	"csv":    {writeCSV, false},
	"text":   {writeText, false},
	"report": {writeReport, true},
}

func writeEvent(w io.Writer, _ *extract.Report, sel *extract.Selection) error {
	return encoder(w).Encode(sel.Event())
}

func writeModule(w io.Writer, rep *extract.Report, sel *extract.Selection) error {
	answer := misp.Answer{Attributes: sel.Event().Attributes, Objects: sel.Objects}
	for _, c := range rep.Captures {
		if c.Err != nil {
			answer.Error = fmt.Sprintf("The capture is damaged (%v): what was before that is here.", c.Err)
		}
	}
	return encoder(w).Encode(answer)
}

func writeNDJSON(w io.Writer, _ *extract.Report, sel *extract.Selection) error {
	enc := encoder(w)
	for _, a := range sel.Attributes {
		if err := enc.Encode(a); err != nil {
			return err
		}
	}
	return nil
}

func encoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

func writeCSV(w io.Writer, _ *extract.Report, sel *extract.Selection) error {
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

func writeText(w io.Writer, _ *extract.Report, sel *extract.Selection) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "TYPE\tVALUE\tCOUNT\tFIRST SEEN\tLAST SEEN\tPACKET")
	for _, a := range sel.Attributes {
		fmt.Fprintf(out, "%s\t%s\t%d\t%s\t%s\t%s\n", a.Type, defuse.Terminal(a.Value), a.Count,
			moment(a.FirstSeen), moment(a.LastSeen), packet(a))
	}
	return out.Flush()
}

func writeReport(w io.Writer, rep *extract.Report, _ *extract.Selection) error {
	return rep.WriteJSON(w, true)
}

// moment returns a time with microseconds, "" when it is not known.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// packet names the first packet that shows an attribute.
func packet(a extract.Attribute) string {
	if len(a.Evidence) == 0 {
		return ""
	}
	return strconv.FormatInt(a.Evidence[0].Last.Number, 10)
}
