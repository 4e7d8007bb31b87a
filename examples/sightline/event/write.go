package event

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/stix"
	"github.com/sightline-go/sightline/extract/suricata"
	"github.com/sightline-go/sightline/extract/zeek"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A format is a value of -o.
type format struct {
	write   func(io.Writer, *extract.Report, *event.Selection) error
	uuids   bool // has UUIDs, which are derived from the captures' SHA-256
	objects bool // has the objects of the event, not only its attributes
	review  bool // a person reviews it in MISP, so its size is limited
}

var formats = map[string]format{
	"misp":       {writeEvent, true, true, true},
	"module":     {writeModule, true, true, true},
	"stix":       {writeSTIX(stix.Options{}), true, true, false},
	"suricata":   {writeSuricata, true, true, false},
	"zeek-intel": {writeZeek, false, true, false},
	"ndjson":     {writeNDJSON, true, false, false},
	"csv":        {writeCSV, false, false, false},
	"text":       {writeText, false, false, false},
	"report":     {writeReport, true, false, false},
}

func writeEvent(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	out := defuse.JSON(w)
	if err := sel.Event().WriteJSON(out); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func writeModule(w io.Writer, rep *extract.Report, sel *event.Selection) error {
	e := sel.Event()
	answer := misp.Answer{Attributes: e.Attributes, Objects: e.Objects, Reports: e.Reports}
	for _, c := range rep.Captures {
		answer.Comment = filepath.Base(c.Name)
		if c.Err != nil {
			answer.Error = fmt.Sprintf("The capture is damaged (%v). The results cover the packets before the damage.", c.Err)
		}
	}
	return encoder(w).Encode(answer)
}

func writeSTIX(o stix.Options) func(io.Writer, *extract.Report, *event.Selection) error {
	return func(w io.Writer, _ *extract.Report, sel *event.Selection) error {
		out := defuse.JSON(w)
		if err := stix.Of(sel.Event(), o).WriteJSON(out); err != nil {
			return err
		}
		_, err := io.WriteString(out, "\n")
		return err
	}
}

func writeSuricata(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	return suricata.Write(w, sel.Event())
}

func writeZeek(w io.Writer, _ *extract.Report, sel *event.Selection) error {
	return zeek.WriteIntel(w, sel.Event())
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

// moment formats a time with microseconds, and the zero time as "".
func moment(t time.Time) string { return string(appendMoment(nil, t)) }
