package serve

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
)

// Limits on what the page shows. It is for exploring, not for review row by row, so
// they are larger than those of an import.
const (
	pageAttributes = 100_000
	pageObjects    = 10_000
	pageLeftOut    = 10_000
)

// serveAnalyze responds to POST /analyze, whose body is a capture, for the page. Key
// logs may come before it: the parameter keys has their lengths. The
// response is one JSON object, see analysis; if the status is not 200 it has only an
// "error". A header that no form can set keeps other sites' pages out if the browser
// does not send fetch metadata.
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
		s.log.Warn("analyze", "error", "the client did not read the response")
	}
	s.analyses.account(s.log, res, in.size.Load(), time.Since(in.began))
}

func (s *server) refuseAnalysis(w http.ResponseWriter, in *intake, res result, status int) {
	in.finish()
	in.end()
	s.analyses.account(s.log, res, in.size.Load(), time.Since(in.began))
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(res.answer)
}

// An analysis is the page's response for a capture.
type analysis struct {
	report    *extract.Report
	selection *event.Selection
	keys      *keySummary // nil without key logs
	notes     []string
}

// analyze reads a capture with these parameters of the page:
//
//	name          name of the capture
//	private=1     include local addresses and names
//	internal      own networks, as in MISP's form
//	include       topics, as in MISP's form
//	warninglists  0: do not use them
//	keys          lengths of the key logs before the capture, separated by commas
func (s *server) analyze(in *intake, form url.Values, total int64) (*analysis, result) {
	choices, err := readChoices(map[string]string{
		"private": form.Get("private"), "internal_networks": form.Get("internal"), "include": form.Get("include"),
	})
	if err != nil {
		return nil, refused(invalid, err.Error())
	}
	lengths, err := lengthsOf(form.Get("keys"))
	if err != nil {
		return nil, refused(invalid, err.Error())
	}
	in.begin()
	share := s.pageShare()
	ring := newKeyring(share)
	var found contents
	if found.err = ring.readAll(in, lengths); found.err == nil {
		found = s.readContents(in, in, form.Get("name"), s.extraction(share, choices.options.Only), ring, share/2)
	}
	in.finish()
	rep, err := found.report, found.err
	if rep == nil {
		return nil, refused(outcomeOf(err), unreadableNote(err, in, total))
	}
	o := choices.options
	o.MaxAttributes, o.MaxObjects, o.NoKnown = pageAttributes, pageObjects, s.noKnown
	o.NoReport = true // it would name the rows that the analyst drops on the page
	if form.Get("warninglists") != "0" {
		o.Warned = s.warned
	}
	a := &analysis{report: rep, selection: event.Select(rep, o)}
	if len(lengths) > 0 || ring.logs > 0 {
		a.keys = ring.summary(rep)
	}
	notes := []string{stopNote(err, in, total, rep.Packets), ring.note(), found.note(), incompleteNote(rep)}
	a.notes = slices.DeleteFunc(notes, func(n string) bool { return n == "" })
	return a, result{outcome: outcomeOf(err), packets: rep.Packets, rows: len(a.selection.Attributes)}
}

// unreadableNote explains why the input cannot be read as a capture.
func unreadableNote(err error, in *intake, total int64) string {
	if stopped(err) {
		return stopNote(err, in, total, 0)
	}
	return "The file is not a readable capture: " + err.Error() + "."
}

// A summary describes what was read and what is missing.
type summary struct {
	Packets        int64            `json:"packets"`
	Bytes          int64            `json:"bytes"`
	Unseen         extract.Unseen   `json:"unseen"`
	Notes          []string         `json:"notes,omitempty"`            // sentences to show
	Keys           *keySummary      `json:"keys,omitempty"`             // of the key logs
	NotKept        map[string]int64 `json:"not_kept,omitempty"`         // observations beyond the limits, by kind
	LeftOut        int              `json:"left_out"`                   // total of left_out, which may be cut
	ObjectsLeftOut int              `json:"objects_left_out,omitempty"` // beyond the limit, or refused by MISP
}

// write writes the analysis member by member and row by row: the captures, the
// event without its lists, a summary, and the lists.
//
// Each request is for one capture. A page that shows several captures merges rows of
// the same type and value: it adds counts, and extends first_seen and last_seen.
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
		Packets: rep.Packets, Bytes: rep.Bytes, Unseen: rep.Unseen, Notes: a.notes, Keys: a.keys, NotKept: rep.LeftOut(),
		LeftOut: len(sel.LeftOut), ObjectsLeftOut: sel.ObjectsLeftOut,
	})
	array(w, "attributes", slices.Values(sel.Attributes))
	array(w, "objects", slices.Values(sel.Objects))
	array(w, "left_out", slices.Values(sel.LeftOut[:min(len(sel.LeftOut), pageLeftOut)]))
	array(w, "connections", bare(rep.Connections(), withBeacons(sel.Beacons)))
	array(w, "certificates", bare(rep.Certificates(), func(c extract.Certificate) extract.Certificate { c.Evidence = extract.Trail{}; return c }))
	array(w, "files", bare(rep.Files(), func(f extract.File) extract.File { f.Evidence = extract.Trail{}; return f }))
	w.text("}\n")
	return errors.Join(w.err, w.Flush())
}

// A connection is a row of connections, with the beacon that they are, if any.
type connection struct {
	extract.Connection
	Beacon string `json:"beacon,omitempty"`
}

// withBeacons returns a function that adds beacons to connections, and drops their
// evidence.
func withBeacons(list []event.Beacon) func(extract.Connection) connection {
	type key struct {
		client netip.Addr
		server netip.AddrPort
		proto  layers.IPProto
	}
	texts := make(map[key]string, len(list))
	for _, b := range list {
		texts[key{b.Client, b.Server, b.Proto}] = b.String()
	}
	return func(c extract.Connection) connection {
		c.Evidence = extract.Trail{}
		return connection{c, texts[key{c.Client, c.Server, c.Proto}]}
	}
}

// bare yields rows without their evidence, which is in the attributes.
func bare[T, U any](rows iter.Seq[*T], without func(T) U) iter.Seq[U] {
	return func(yield func(U) bool) {
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

// array writes rows, except objects without attributes, which MISP would refuse.
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
