package extract

import (
	"cmp"
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers/stream"
)

// maxEvidence is how many packets or messages a Fact names.
const maxEvidence = 8

// Evidence names where in a capture an observation was made: a packet, or the
// packets that hold the first and the last byte of a message.
type Evidence struct {
	Capture int        `json:"capture"` // index in Report.Captures
	First   stream.Ref `json:"first"`
	Last    stream.Ref `json:"last"`
}

// A Fact says how often and when something was observed, and where to look it
// up.
type Fact struct {
	// Count is the number of observations.
	Count int64

	// Untimed is how many of them have no time that can be trusted.
	Untimed int64

	// Evidence holds the first observations, at most eight.
	Evidence []Evidence

	first, last time.Time
}

// Seen returns the times of the first and the last observation. It reports
// false when one of them has no time that can be trusted, as then neither is
// known.
func (f *Fact) Seen() (first, last time.Time, ok bool) {
	if f.Untimed > 0 || f.Count == 0 {
		return time.Time{}, time.Time{}, false
	}
	return f.first, f.last, true
}

// fact lets a table reach the Fact that its rows embed.
func (f *Fact) fact() *Fact { return f }

// add counts an observation at e.
func (f *Fact) add(e Evidence) {
	f.Count++
	t := e.First.Time
	switch {
	case !usable(t):
		f.Untimed++
	case f.first.IsZero():
		f.first, f.last = t, t
	case t.Before(f.first):
		f.first = t
	case t.After(f.last):
		f.last = t
	}
	if len(f.Evidence) < maxEvidence {
		f.Evidence = append(f.Evidence, e)
	}
}

// merge adds what g counts.
func (f *Fact) merge(g *Fact) {
	if !g.first.IsZero() && (f.first.IsZero() || g.first.Before(f.first)) {
		f.first = g.first
	}
	if g.last.After(f.last) {
		f.last = g.last
	}
	f.Count += g.Count
	f.Untimed += g.Untimed
	all := slices.Concat(f.Evidence, g.Evidence)
	slices.SortStableFunc(all, Evidence.compare)
	all = slices.Compact(all)
	f.Evidence = all[:min(len(all), maxEvidence)]
}

// compare orders evidence by its place in the captures.
func (e Evidence) compare(o Evidence) int {
	return cmp.Or(
		cmp.Compare(e.Capture, o.Capture),
		cmp.Compare(e.Last.Offset, o.Last.Offset),
		cmp.Compare(e.First.Offset, o.First.Offset))
}

// usable reports whether t can be the time of a packet: MISP takes the years
// 1970 to 9999.
func usable(t time.Time) bool {
	return !t.IsZero() && t.Unix() >= 0 && t.Unix() < maxUnix
}

// maxUnix is the first second of the year 10000.
const maxUnix = 253402300800
