package event

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"

	"github.com/sightline-go/sightline/extract"
)

// skipKnown drops the files that earlier runs have read, also if they were renamed or
// compressed since.
func (in *inputs) skipKnown(known []extract.Capture) {
	current, sizes, names := map[[32]byte]string{}, map[int64]bool{}, map[string]*extract.Capture{}
	for i, c := range known {
		current[c.SHA256], sizes[c.Size], names[filepath.Base(c.Name)] = c.Name, true, &known[i]
	}
	read := 0
	skip := func(f source, sum [32]byte) error {
		current[sum] = f.name
		read++
		return errKnown
	}
	in.drop(func(f source) error {
		if sizes[sizeOf(f.name)] {
			if sum, err := sumOf(f.name); err == nil && current[sum] != "" {
				return skip(f, sum)
			}
		}
		base := filepath.Base(f.name)
		plain := compression.ReplaceAllString(base, "")
		if c := names[plain]; c != nil && plain != base && hasPackets(f.name, c) {
			return skip(f, c.SHA256)
		}
		if names[base] != nil || names[plain] != nil {
			return errors.New("it has changed since it was read for -state, so its new packets are not read: name only files that are complete")
		}
		return nil
	})
	var refused []refusal
	for _, r := range in.refused {
		if r.err != errKnown {
			refused = append(refused, r)
		}
	}
	in.refused = refused
	in.known = known
	in.before = lastOf(known, current)
	for _, c := range known {
		in.earlier = append(in.earlier, current[c.SHA256])
	}
	if read > 0 {
		in.notes = append(in.notes, fmt.Sprintf("%s read in an earlier run, and not again", count(read, "capture")))
	}
}

var errKnown = errors.New("read in an earlier run")

// compression is what programs append to the name of a file that they compress.
var compression = regexp.MustCompile(`(?i)\.(gz|zst|bz2)$`)

// hasPackets reports whether the packets in a file are as many as those of c, of the
// same size, and the last as late.
func hasPackets(name string, c *extract.Capture) bool {
	var own extract.Capture
	for rec := range records(name) {
		own.Packets++
		own.Bytes += int64(len(rec.Data))
		if rec.Time.After(own.Last) {
			own.Last = rec.Time
		}
	}
	return own.Packets == c.Packets && own.Bytes == c.Bytes && own.Last.Equal(c.Last)
}

// An earlier is the last capture of earlier runs.
type earlier struct {
	source
	capture extract.Capture
	gone    bool // the file cannot be read again
}

// lastOf returns the last of the captures in a state. names has their current names.
// Packets that were skipped are not counted, so its file says when it begins, if that
// exists, and its end is the latest of all captures.
func lastOf(known []extract.Capture, names map[[32]byte]string) (e earlier) {
	for _, c := range known {
		e.name, e.capture = names[c.SHA256], c
		if len(c.LinkTypes) > 0 {
			e.first, e.link = c.First, c.LinkTypes[0]
		}
		if c.Last.After(e.last) {
			e.last = c.Last
		}
	}
	if first, link, err := head(e.name); err == nil && !first.IsZero() {
		e.first, e.link = first, link
	}
	return e
}

// checkSensors returns an error if the new captures, with those of earlier runs, are of
// several sensors.
func (in *inputs) checkSensors(state, sensor string) error {
	sensors := in.sensors
	if sensor == "auto" && in.found && !in.before.first.IsZero() {
		sensors = bySensor(append([]source{in.before.source}, in.sources...), overlaps)
	}
	if len(sensors) < 2 {
		return nil
	}
	return misuse{fmt.Errorf("-state %s continues the captures of one sensor, but these are of %d, such as %s and %s: run once for each sensor, with a state of its own, on its files or directory; if all are of one sensor, use -sensor one",
		state, len(sensors), sensors[0][0].name, sensors[1][0].name)}
}

// A misuse is an error of the command line that only the captures show.
type misuse struct{ error }

// meets reports whether f may begin with packets that e ends with.
func (e *earlier) meets(f source) bool {
	return !f.first.IsZero() && !e.last.Before(f.first)
}

// checkBefore notes if the packets that the first new capture and the last one of
// earlier runs have cannot be found.
func (in *inputs) checkBefore() {
	e := &in.before
	if len(in.sensors) == 0 || !e.meets(in.sensors[0][0]) {
		return
	}
	if e.gone = !e.present(); !e.gone {
		return
	}
	in.notes = append(in.notes, fmt.Sprintf("%s begins before %s ends, which an earlier run has read and which is gone or has changed: packets that both have are counted twice",
		in.sensors[0][0].name, e.name))
}

// present reports whether the file of e still has its packets.
func (e *earlier) present() bool {
	if e.name != e.capture.Name { // skipKnown has found it
		return true
	}
	sum, err := sumOf(e.name)
	return err == nil && sum == e.capture.SHA256
}

// seam returns the seam at which files follow e.
func (e *earlier) seam(files []source) *extract.Seam {
	s := new(extract.Seam)
	if len(files) == 0 || e.gone || !e.meets(files[0]) {
		return s
	}
	skip := s.Begin(files[0].first)
	for rec := range records(e.name) {
		skip(rec)
	}
	return s
}
