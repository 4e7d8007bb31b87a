package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/stream"
)

// serveQuery answers POST /query. Whatever is wrong is told in the answer: MISP
// shows its "error", and nothing at all of an answer with another status.
func (s *server) serveQuery(w http.ResponseWriter, r *http.Request) {
	in := s.newIntake(w, r, s.budget)
	defer in.close()
	res := s.importQuery(in, r.ContentLength)
	in.end()
	s.imports.account(s.log, res, in)
	if res.outcome == malformed {
		errorPage(w, http.StatusInternalServerError)
		return
	}
	writeJSON(w, res.answer)
}

// A result is how a request went.
type result struct {
	outcome outcome
	answer  []byte
	packets int64
	rows    int
}

// refused is the result of a request that nothing comes of.
func refused(o outcome, why string) result {
	b, _ := json.Marshal(map[string]string{"error": why}) // a string can be marshalled
	return result{outcome: o, answer: b}
}

// sentence makes an error one.
func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// importQuery reads a query and makes its answer.
func (s *server) importQuery(in *intake, total int64) result {
	defer in.finish()
	if !s.imports.enter(in.began.Add(min(s.wait, s.budget))) {
		return refused(busy, sentence(errBusy))
	}
	defer s.imports.leave()
	in.begin()
	var job job
	q, err := readQuery(in, func(q *query, data *base64Reader) error { return s.start(&job, q, data, in.until) })
	in.finish()
	var wrong queryError
	switch {
	case errors.As(err, &wrong):
		return refused(invalid, wrong.Error())
	case job.begun:
	case err == errSyntax:
		return result{outcome: malformed}
	case err != nil:
		return refused(outcomeOf(err), stopNote(err, in, total, 0))
	default: // no data, but there may be more wrong
		if err := s.start(&job, q, nil, in.until); errors.As(err, &wrong) {
			return refused(invalid, wrong.Error())
		}
		return refused(invalid, "The request has no data.")
	}
	if job.err == nil {
		job.err = err // behind the data
	}
	return s.propose(&job, q, in, total)
}

// A job is the capture of a query.
type job struct {
	choices
	begun  bool
	report *extract.Report // nil: what came is no capture
	err    error
}

// start reads the capture of a query, data, if the query makes sense.
func (s *server) start(j *job, q *query, data *base64Reader, until time.Time) (err error) {
	switch {
	case q.module == "" && data != nil:
		return queryError(`The key "module" is missing before "data": the capture is read as it arrives.`)
	case q.module != moduleName:
		return queryError(fmt.Sprintf("There is no module %q here, only %q.", short(q.module), moduleName))
	}
	if j.choices, err = readChoices(q.config); err != nil || data == nil {
		return err
	}
	j.begun = true
	o := s.extraction(s.importShare(), j.options.Only)
	if j.unhashed {
		o.Stream.Hash = stream.HashNone
	}
	j.report, j.err = readCapture(data, until, "", o)
	return nil
}

// propose makes the answer for what was read.
func (s *server) propose(j *job, q *query, in *intake, total int64) result {
	rep := j.report
	if rep == nil {
		if errors.Is(j.err, errSyntax) {
			return result{outcome: malformed}
		}
		if stopped(j.err) {
			return refused(outcomeOf(j.err), stopNote(j.err, in, total, 0))
		}
		return refused(damaged, fmt.Sprintf("The data can not be read as a capture: %v.", j.err))
	}
	rep.Captures[0].Name = q.filename
	j.options.UUID = s.eventUUID(q.eventID)
	notes := []string{stopNote(j.err, in, total, rep.Packets), s.hashNote(j)}
	if j.warninglists {
		j.options.Warned = s.warned
		if s.warned == nil {
			notes = append(notes, "This service has no warninglists.")
		}
	}
	p := propose(rep, j.options, j.rows)
	notes = append(notes, p.emptyNote(rep), p.cutNote(j.rows))
	notes = append(notes, reportNotes(rep)...)
	p.Error = join(notes)
	b, err := json.Marshal(p.Answer)
	if err != nil {
		s.log.Error("answer", "error", err.Error())
		return refused(failed, somethingWrong)
	}
	return result{outcome: outcomeOf(j.err), answer: b, packets: rep.Packets, rows: p.rows()}
}

// somethingWrong is what misp-modules answers when a module fails.
const somethingWrong = "Something went wrong, look in the server logs for details"

// join makes a text of the notes that say something.
func join(notes []string) string {
	var b strings.Builder
	for _, n := range notes {
		if n != "" && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(n)
	}
	return b.String()
}
