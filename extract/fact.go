package extract

import "time"

// A Fact says how often and when something was observed, and in which packets.
type Fact struct {
	// Count is the number of observations.
	Count int64 `json:"count"`

	// Untimed is the number of observations without a time from 1970 to 9999, the
	// range that MISP accepts.
	Untimed int64 `json:"untimed,omitempty"`

	// Decrypted is the number of observations in what was decrypted with
	// stream.Config.Keys.
	Decrypted int64 `json:"decrypted,omitempty"`

	// First and Last are the earliest and the latest time of the observations
	// that have one. See Seen.
	First time.Time `json:"first_seen,omitzero"`
	Last  time.Time `json:"last_seen,omitzero"`

	// Evidence holds the earliest observations, at most eight.
	Evidence Trail `json:"evidence,omitzero"`

	dropped bool // from its table
}

// Seen returns the times of the first and the last observation. It reports false if
// any observation has no time, because then neither is known. The times are as precise
// as Unseen.Step says.
func (f *Fact) Seen() (first, last time.Time, ok bool) {
	if f.Untimed > 0 || f.Count == 0 {
		return time.Time{}, time.Time{}, false
	}
	return f.First, f.Last, true
}

// Clear reports whether any observation was in cleartext.
func (f *Fact) Clear() bool { return f.Decrypted < f.Count || f.Count == 0 }

// fact gives a table access to the Fact that its rows embed.
func (f *Fact) fact() *Fact { return f }

// record counts an observation at e.
func (f *Fact) record(e *Evidence) {
	f.Count++
	if e.decrypted {
		f.Decrypted++
	}
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

func (f *Fact) merge(g *Fact) {
	if !g.First.IsZero() {
		f.extend(g.First, g.Last)
	}
	f.Count += g.Count
	f.Untimed += g.Untimed
	f.Decrypted += g.Decrypted
	for _, m := range g.Evidence.list {
		f.Evidence.add(m)
	}
}

// Merge adds the observations of g to f, for instance when several rows stand for
// the same indicator.
func (f *Fact) Merge(g *Fact) { f.merge(g) }

// usable reports whether t is in the range that MISP accepts, the years 1970 to
// 9999.
func usable(t time.Time) bool {
	return !t.IsZero() && t.Unix() >= 0 && t.Unix() < maxUnix
}

// maxUnix is the first second of the year 10000.
const maxUnix = 253402300800
