package serve

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// Types of attributes with a file.
const (
	attachmentType = "attachment"
	sampleType     = "malware-sample"
)

// check returns an error if the query is not for a module of this service, or if its
// data cannot be read. arriving reports whether the data begins now, so that other
// members may follow.
func (q *query) check(arriving bool) error {
	switch {
	case q.module == "" && arriving:
		return nil
	case q.module == importModule && (q.attribute == nil || !q.attribute.hasData):
		return nil
	case q.module == importModule:
		return queryError("The request has no data.")
	case q.module == expandModule:
		return q.checkAttribute(arriving)
	}
	return queryError(fmt.Sprintf("Unknown module %q: this service has %q and %q.", short(q.module), importModule, expandModule))
}

func (q *query) checkAttribute(arriving bool) error {
	a := q.attribute
	switch {
	case a == nil || !a.hasData && (a.typ == attachmentType || a.typ == sampleType):
		return queryError("The request has no attachment.")
	case a.typ == "" && arriving:
		return nil
	case a.typ != attachmentType && a.typ != sampleType:
		return queryError(fmt.Sprintf("%s decodes attachments and malware samples, not attributes of type %q.", expandModule, short(a.typ)))
	}
	return nil
}

// startAttribute reads the data of an attribute, which is in a zip archive if the
// attribute is a malware sample. If its type is not known yet, a zip archive counts as
// one, and settle decides.
func (s *server) startAttribute(in *intake, j *job, a *attribute, data io.Reader) (err error) {
	if j.sample = a.typ == sampleType; a.typ == "" {
		b := bufio.NewReader(data)
		head, _ := b.Peek(len(zipMagic))
		if j.sample, data = string(head) == zipMagic, b; j.sample {
			j.kept = &kept{src: b, room: s.importShare() / 2}
			data = j.kept
		}
	}
	if !j.sample {
		s.read(in, j, data)
		return nil
	}
	content, err := openSample(data)
	if j.err = err; err == nil {
		s.read(in, j, content)
	}
	if j.kept != nil && !stopped(j.err) {
		_, err = io.Copy(io.Discard, checkedReader{in, data}) // to keep it
		j.err = cmp.Or(j.err, err)
	}
	return nil
}

// settle drops what was read if the attribute is of the other type, and reads the
// archive of an attachment again.
func (s *server) settle(in *intake, j *job, a *attribute) error {
	switch {
	case a.typ == sampleType && !j.sample:
		j.sample, j.report, j.err = true, nil, errNotZip
	case a.typ == attachmentType && j.sample && !stopped(j.err):
		data, ok := j.kept.again()
		if !ok {
			return queryError(fmt.Sprintf("The key \"type\" must come before \"data\" if a zip archive is larger than %s, because it is decoded as it arrives.", size(s.importShare()/2)))
		}
		j.sample = false
		s.read(in, j, data)
	}
	return nil
}

// nameCaptures completes the names of captures: those of an archive follow that of the
// archive. The name of the file in a malware sample is not in its archive.
func (q *query) nameCaptures(rep *extract.Report) {
	for i := range rep.Captures {
		c := &rep.Captures[i]
		c.Name = strings.TrimSuffix(q.captureName()+"/"+c.Name, "/")
	}
}

// captureName returns the name of the capture.
func (q *query) captureName() string {
	if q.module == importModule {
		return q.filename
	}
	name := q.attribute.value
	if i := strings.LastIndexByte(name, '|'); i >= 0 && q.attribute.typ == sampleType {
		name = name[:i] // its MD5 follows
	}
	return name
}

// attachment returns the UUID of the attribute that has the capture, or the zero UUID.
func (q *query) attachment() misp.UUID {
	if q.module != expandModule {
		return misp.UUID{}
	}
	id, _ := misp.ParseUUID(q.attribute.uuid) // the answer is good without it
	return id
}

// refused returns the result of a query that failed. MISP's /events/enrichEvent stops at
// an answer of an expansion without results, and leaves the other attributes out.
func (q *query) refused(o outcome, why string) result {
	if q.module != expandModule {
		return refused(o, why)
	}
	b, _ := json.Marshal(map[string]any{"error": why, "results": struct{}{}}) // strings can be marshalled
	return result{outcome: o, answer: b}
}
