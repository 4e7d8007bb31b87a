package extract

import (
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// maxEvidence is how many packets or messages a Fact names.
const maxEvidence = 8

// Evidence names where in a capture an observation was made: a packet, or the
// packets that hold the first and the last byte of a message.
type Evidence struct {
	First stream.Ref `json:"first"` // Capture in it is the index in Report.Captures
	Last  stream.Ref `json:"last"`

	// Conn is the connection that carried the message, from client to server,
	// and the first packet of it that was seen. It is nil for what a packet
	// shows by itself.
	Conn *stream.Conn `json:"conn,omitempty"`
}

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
	Evidence []Evidence `json:"evidence,omitempty"`

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

// add counts an observation at e.
func (f *Fact) add(e Evidence) {
	f.Count++
	if usable(e.First.Time) && usable(e.Last.Time) {
		f.extend(e.First.Time, e.Last.Time)
	} else {
		f.Untimed++
	}
	f.show(e)
}

func (f *Fact) extend(first, last time.Time) {
	if f.First.IsZero() || first.Before(f.First) {
		f.First = first
	}
	if last.After(f.Last) {
		f.Last = last
	}
}

// show puts e among the evidence, if it is one of the first.
func (f *Fact) show(e Evidence) {
	i := len(f.Evidence)
	for i > 0 && e.compare(f.Evidence[i-1]) < 0 {
		i--
	}
	if i == maxEvidence {
		return
	}
	if len(f.Evidence) == maxEvidence {
		f.Evidence = f.Evidence[:maxEvidence-1]
	}
	f.Evidence = slices.Insert(f.Evidence, i, e)
}

// carry says which connection e is of, if it is kept. It is for the many
// connections of which no evidence is.
func (f *Fact) carry(e Evidence, dir layers.Flow) {
	for i := range f.Evidence {
		if k := &f.Evidence[i]; k.Conn == nil && k.First == e.First && k.Last == e.Last {
			k.Conn = &stream.Conn{Flow: dir, Start: e.First}
		}
	}
}

// merge adds what g counts.
func (f *Fact) merge(g *Fact) {
	if !g.First.IsZero() {
		f.extend(g.First, g.Last)
	}
	f.Count += g.Count
	f.Untimed += g.Untimed
	for _, e := range g.Evidence {
		f.show(e)
	}
}

// compare orders evidence by time, and then by its place in the captures.
func (e *Evidence) compare(o Evidence) int {
	switch c := e.First.Time.Compare(o.First.Time); {
	case c != 0:
		return c
	case e.First.Capture != o.First.Capture:
		return e.First.Capture - o.First.Capture
	case e.First.Offset != o.First.Offset:
		return sign(e.First.Offset - o.First.Offset)
	}
	return sign(e.Last.Offset - o.Last.Offset)
}

func sign(n int64) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// usable reports whether t can be the time of a packet: MISP takes the years
// 1970 to 9999.
func usable(t time.Time) bool {
	return !t.IsZero() && t.Unix() >= 0 && t.Unix() < maxUnix
}

// maxUnix is the first second of the year 10000.
const maxUnix = 253402300800
