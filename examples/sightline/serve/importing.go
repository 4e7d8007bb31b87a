package serve

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
)

// serveQuery responds to POST /query. Errors are in the body of a response with status
// 200: MISP shows its "error", and nothing of a response with another status.
func (s *server) serveQuery(w http.ResponseWriter, r *http.Request) {
	if s.passed(w, r) {
		return
	}
	in := s.newIntake(w, r, s.budget)
	defer in.close()
	res := s.answerQuery(in, r.ContentLength)
	in.end()
	s.imports.account(s.log, res, in.size.Load(), time.Since(in.began))
	if res.outcome == malformed {
		errorPage(w, http.StatusInternalServerError)
		return
	}
	writeJSON(w, res.answer)
}

// A result is the outcome of a request.
type result struct {
	outcome outcome
	answer  []byte
	packets int64
	rows    int
}

// refused returns the result of a request that failed.
func refused(o outcome, why string) result {
	b, _ := json.Marshal(map[string]string{"error": why}) // a string can be marshalled
	return result{outcome: o, answer: b}
}

// sentence makes an error a sentence.
func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// answerQuery reads a query for a module of this service and returns its response.
func (s *server) answerQuery(in *intake, total int64) result {
	defer in.finish()
	if !s.imports.enter(in.began.Add(min(s.wait, s.budget))) {
		return refused(busy, sentence(errBusy))
	}
	defer s.imports.leave()
	in.begin()
	var job job
	q, err := readQuery(in, func(q *query, data *base64Reader) error { return s.start(in, &job, q, data) })
	in.finish()
	var wrong queryError
	switch {
	case errors.As(err, &wrong):
		return q.refused(invalid, wrong.Error())
	case err == errSyntax && !(job.begun && q.known()):
		return result{outcome: malformed}
	case err != nil && !(job.begun && q.known()):
		return q.refused(outcomeOf(err), stopNote(err, in, total, 0))
	}
	if err := s.complete(in, &job, q, err); errors.As(err, &wrong) {
		return q.refused(invalid, wrong.Error())
	}
	return s.propose(&job, q, in, total)
}

// A job is the capture of a query.
type job struct {
	choices
	contents
	begun  bool
	sample bool     // the data was read as a malware sample
	kept   *kept    // the data, if what matters for reading it may follow
	ring   *keyring // the secrets in the data
}

// start reads the capture in data if the query is valid as far as it is known. If the
// options of an import or the type of an attribute follow, complete reads it again if
// they matter for that.
func (s *server) start(in *intake, j *job, q *query, data io.Reader) (err error) {
	if j.begun {
		return queryError("The request has more than one capture.")
	}
	if err := q.check(true); err != nil {
		return err
	}
	j.begun = true
	switch a := q.attribute; {
	case a != nil && a.hasData: // an expansion, which reads everything
		return s.startAttribute(in, j, a, data)
	case q.configured:
		if j.choices, err = readChoices(q.config); err != nil {
			return err
		}
	default:
		j.kept = &kept{src: data, room: s.importShare() / 2}
		data = j.kept
	}
	s.read(in, j, data)
	return nil
}

func (s *server) read(in *intake, j *job, data io.Reader) {
	share := s.importShare()
	o := s.extraction(share, j.options.Only)
	if j.unhashed {
		o.Stream.Hash = stream.HashNone
	}
	j.ring = newKeyring(share)
	j.contents = s.readContents(in, data, "", o, j.ring, share/2)
}

// complete checks the query, all of which was read up to err, and completes the job.
func (s *server) complete(in *intake, j *job, q *query, err error) error {
	if err := q.check(false); err != nil {
		return err
	}
	choices, wrong := readChoices(q.config)
	switch {
	case wrong != nil:
		return wrong
	case !j.begun:
		return queryError("The request has no data.")
	}
	before := j.choices
	j.choices = choices
	switch {
	case q.module == expandModule:
		if err := s.settle(in, j, q.attribute); err != nil {
			return err
		}
	case j.report != nil && !stopped(j.err) && (choices.unhashed != before.unhashed || choices.options.Only != before.options.Only):
		data, ok := j.kept.again()
		if !ok {
			return queryError(fmt.Sprintf("The key \"config\" must come before \"data\" if the capture is larger than %s, because it is decoded as it arrives.", size(s.importShare()/2)))
		}
		s.read(in, j, data)
	}
	j.err = cmp.Or(j.err, err)
	return nil
}

// propose returns the response for the capture that was read.
func (s *server) propose(j *job, q *query, in *intake, total int64) result {
	rep := j.report
	if rep == nil {
		return j.unreadable(q, in, total)
	}
	q.nameCaptures(rep)
	j.options.UUID, j.options.NoKnown = s.eventUUID(q.eventID), s.noKnown
	if j.warninglists {
		j.options.Warned = s.warned
	}
	p := newProposal(rep, j.options, j.rows)
	p.refer(q.attachment())
	p.contain()
	p.bind()
	notes, about := s.notes(j, q, in, total), join([]string{p.about(rep), j.keysNote(), j.contents.note()})
	if q.module == importModule || !p.explain(about) {
		notes = append(notes, about)
	}
	notes = append(notes, p.cutNote(j.rows, q.module == expandModule))
	p.Tags, p.Comment, p.Error = j.tags, q.captureName(), join(notes)
	b, err := json.Marshal(p.Answer)
	if err != nil {
		s.log.Error("answer", "error", err.Error())
		return q.refused(failed, somethingWrong)
	}
	return result{outcome: outcomeOf(j.err), answer: b, packets: rep.Packets, rows: p.rows()}
}

// unreadable returns the response for data that is not a capture.
func (j *job) unreadable(q *query, in *intake, total int64) result {
	var bad sampleError
	switch {
	case errors.Is(j.err, errSyntax):
		return result{outcome: malformed}
	case stopped(j.err):
		return q.refused(outcomeOf(j.err), stopNote(j.err, in, total, 0))
	case errors.As(j.err, &bad) && j.sample:
		return q.refused(damaged, fmt.Sprintf("The malware sample cannot be read: %v.", bad))
	case q.module == expandModule:
		return q.refused(damaged, fmt.Sprintf("The attachment is not a readable capture: %v.", j.err))
	}
	return q.refused(damaged, fmt.Sprintf("The data is not a readable capture: %v.", j.err))
}

// somethingWrong is the error of misp-modules when a module fails.
const somethingWrong = "Something went wrong, look in the server logs for details"
