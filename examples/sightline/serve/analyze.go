package serve

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
)

// The bounds of what the page shows. It is for looking at, not for review row by
// row, and holds all but what nobody scrolls through.
const (
	pageAttributes = 100_000
	pageObjects    = 10_000
	pageLeftOut    = 10_000
)

// serveAnalyze answers POST /analyze, whose body is a capture, for the page. The
// answer is one JSON object, see analysis; with a status other than 200 it holds
// an "error" alone. A header that no form can set keeps foreign pages out where
// browsers do not tell.
func (s *server) serveAnalyze(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("X-Sightline") != "analyze":
		s.forbid(w)
		return
	case r.Header.Get("Content-Type") != "application/octet-stream":
		errorPage(w, http.StatusUnsupportedMediaType)
		return
	}
	in := s.newIntake(w, r, s.pageBudget)
	defer in.close()
	defer in.finish()
	if !s.analyses.enter(in.began.Add(min(s.wait, s.pageBudget))) {
		s.refuseAnalysis(w, in, refused(busy, sentence(errBusy)), http.StatusServiceUnavailable)
		return
	}
	defer s.analyses.leave()
	a, res := s.analyze(in, r.URL.Query(), r.ContentLength)
	if a == nil {
		s.refuseAnalysis(w, in, res, http.StatusBadRequest)
		return
	}
	in.finish()
	in.end()
	w.Header().Set("Content-Type", "application/json")
	if err := a.write(w); err != nil {
		s.log.Warn("analyze", "error", "the answer was not taken")
	}
	s.analyses.account(s.log, res, in)
}

func (s *server) refuseAnalysis(w http.ResponseWriter, in *intake, res result, status int) {
	in.finish()
	in.end()
	s.analyses.account(s.log, res, in)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(res.answer)
}

// An analysis is what the page gets of a capture.
type analysis struct {
	report    *extract.Report
	selection *event.Selection
	notes     []string
}

// analyze reads a capture as the parameters of the page ask for:
//
//	name          what the capture is called
//	private=1     also what is of local networks
//	internal      own networks, as in MISP's form
//	include       topics, likewise
//	warninglists  0: do not use them
func (s *server) analyze(in *intake, form url.Values, total int64) (*analysis, result) {
	choices, err := readChoices(map[string]string{
		"private": form.Get("private"), "internal_networks": form.Get("internal"), "include": form.Get("include"),
	})
	if err != nil {
		return nil, refused(invalid, err.Error())
	}
	in.begin()
	rep, err := readCapture(in, in.until, form.Get("name"), s.extraction(s.pageShare(), choices.options.Only))
	in.finish()
	var note string
	switch {
	case rep != nil || stopped(err):
		note = stopNote(err, in, total, packetsOf(rep))
	default:
		note = "This can not be read as a capture: " + err.Error() + "."
	}
	if rep == nil {
		return nil, refused(outcomeOf(err), note)
	}
	o := choices.options
	o.MaxAttributes, o.MaxObjects = pageAttributes, pageObjects
	if form.Get("warninglists") != "0" {
		o.Warned = s.warned
	}
	a := &analysis{report: rep, selection: event.Select(rep, o)}
	for _, n := range append([]string{note}, reportNotes(rep)...) {
		if n != "" {
			a.notes = append(a.notes, n)
		}
	}
	return a, result{outcome: outcomeOf(err), packets: rep.Packets, rows: len(a.selection.Attributes)}
}

func packetsOf(rep *extract.Report) int64 {
	if rep == nil {
		return 0
	}
	return rep.Packets
}

// A summary tells how much was read, and what was not.
type summary struct {
	Packets        int64            `json:"packets"`
	Bytes          int64            `json:"bytes"`
	Unseen         extract.Unseen   `json:"unseen"`
	Notes          []string         `json:"notes,omitempty"`            // sentences to be shown
	NotKept        map[string]int64 `json:"not_kept,omitempty"`         // observations beyond the bounds, by kind
	LeftOut        int              `json:"left_out"`                   // rows of left_out, of which only the first are there
	ObjectsLeftOut int              `json:"objects_left_out,omitempty"` // beyond their bound, or refused by MISP
}

// write writes the analysis, member by member and row by row: the captures, the
// event's head, a summary, and lists.
//
// Each request is about one capture. Who shows several together takes rows of
// the same type and value for one: counts add up, first_seen and last_seen
// widen.
func (a *analysis) write(dst io.Writer) error {
	w := &writer{Writer: bufio.NewWriterSize(dst, 64<<10)}
	rep, sel := a.report, a.selection
	head := sel.Event()
	head.Attributes, head.Objects = nil, nil
	b, err := head.MarshalJSON()
	var wrapped struct{ Event json.RawMessage }
	if err := errors.Join(err, json.Unmarshal(b, &wrapped)); err != nil {
		return err
	}
	w.member("{", "captures", rep.Captures)
	w.member(",", "event", wrapped.Event)
	w.member(",", "summary", summary{
		Packets: rep.Packets, Bytes: rep.Bytes, Unseen: rep.Unseen, Notes: a.notes, NotKept: rep.LeftOut(),
		LeftOut: len(sel.LeftOut), ObjectsLeftOut: sel.ObjectsLeftOut,
	})
	array(w, "attributes", slices.Values(sel.Attributes))
	array(w, "objects", slices.Values(sel.Objects))
	array(w, "left_out", slices.Values(sel.LeftOut[:min(len(sel.LeftOut), pageLeftOut)]))
	array(w, "connections", bare(rep.Connections(), func(c extract.Connection) extract.Connection { c.Evidence = extract.Trail{}; return c }))
	array(w, "certificates", bare(rep.Certificates(), func(c extract.Certificate) extract.Certificate { c.Evidence = extract.Trail{}; return c }))
	array(w, "files", bare(rep.Files(), func(f extract.File) extract.File { f.Evidence = extract.Trail{}; return f }))
	w.text("}\n")
	return errors.Join(w.err, w.Flush())
}

// bare returns rows without their evidence, which the attributes have.
func bare[T any](rows iter.Seq[*T], without func(T) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for row := range rows {
			if !yield(without(*row)) {
				return
			}
		}
	}
}

// A writer writes parts of a JSON object until the first error.
type writer struct {
	*bufio.Writer
	err error
}

func (w *writer) text(s string) {
	if w.err == nil {
		_, w.err = w.WriteString(s)
	}
}

func (w *writer) value(v any) {
	if w.err != nil {
		return
	}
	enc := json.NewEncoder(w.Writer)
	enc.SetEscapeHTML(false)
	w.err = enc.Encode(v)
}

func (w *writer) member(before, name string, v any) {
	w.text(before + `"` + name + `":`)
	w.value(v)
}

// array writes rows. An object that MISP would not take is left out.
func array[T any](w *writer, name string, rows iter.Seq[T]) {
	w.text(`,"` + name + `":[`)
	before := ""
	for row := range rows {
		if o, ok := any(row).(misp.Object); ok && len(o.Attributes) == 0 {
			continue
		}
		w.text(before)
		w.value(row)
		before = ","
		if w.err != nil {
			break
		}
	}
	w.text("]")
}
