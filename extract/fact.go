package extract

import "time"

// A Fact says how often and when something was observed, and where to look it
// up.
type Fact struct {
	// Count is the number of observations.
	Count int64 `json:"count"`

	// Untimed is how many of them have no time from 1970 to 9999, which MISP
	// takes.
	Untimed int64 `json:"untimed,omitempty"`

	// First and Last are the times of the first and the last observation of
	// those that have one. See Seen.
	First time.Time `json:"first_seen,omitzero"`
	Last  time.Time `json:"last_seen,omitzero"`

	// Evidence holds the first observations by time, at most eight.
	Evidence Trail `json:"evidence,omitzero"`

	dropped bool // its row was left out of its table since
}

// Seen returns the times of the first and the last observation. It reports
// false when one of them has no time, as then neither is known. Where
// Unseen.Backwards counts packets, no times can be trusted.
func (f *Fact) Seen() (first, last time.Time, ok bool) {
	if f.Untimed > 0 || f.Count == 0 {
		return time.Time{}, time.Time{}, false
	}
	return f.First, f.Last, true
}

// fact lets a table reach the Fact that its rows embed.
func (f *Fact) fact() *Fact { return f }

// record counts an observation at e.
func (f *Fact) record(e *Evidence) {
	f.Count++
	if usable(e.First.Time) && usable(e.Last.Time) {
		f.extend(e.First.Time, e.Last.Time)
	} else {
		f.Untimed++
	}
	if !f.Evidence.full(&e.First) {
		f.Evidence.add(packEvidence(*e))
	}
}

func (f *Fact) extend(first, last time.Time) {
	if f.First.IsZero() || first.Before(f.First) {
		f.First = first
	}
	if last.After(f.Last) {
		f.Last = last
	}
}

// merge adds what g counts.
func (f *Fact) merge(g *Fact) {
	if !g.First.IsZero() {
		f.extend(g.First, g.Last)
	}
	f.Count += g.Count
	f.Untimed += g.Untimed
	for _, m := range g.Evidence.list {
		f.Evidence.add(m)
	}
}

// Merge adds the observations that g counts to f, as for several rows that stand
// for the same indicator.
func (f *Fact) Merge(g *Fact) { f.merge(g) }

// usable reports whether t can be the time of a packet: MISP takes the years
// 1970 to 9999.
func usable(t time.Time) bool {
	return !t.IsZero() && t.Unix() >= 0 && t.Unix() < maxUnix
}

// maxUnix is the first second of the year 10000.
const maxUnix = 253402300800
