package extract

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

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

// maxEvidence is how many packets or messages a Trail names.
const maxEvidence = 8

// A Trail holds the first pieces of evidence by time, at most eight, in little
// memory: most of what a Report takes is these.
type Trail struct{ marks []mark }

// A mark is an Evidence.
type mark struct {
	first spot
	last  *spot // nil: as first
	conn  *stream.Conn
}

// A spot is a stream.Ref.
type spot struct {
	offset, number, sec int64
	nsec                int32 // noTime: there is no time
	capture             int32
}

const noTime = -1

func spotOf(r stream.Ref) spot {
	s := spot{offset: r.Offset, number: r.Number, nsec: noTime, capture: int32(r.Capture)}
	if !r.Time.IsZero() {
		s.sec, s.nsec = r.Time.Unix(), int32(r.Time.Nanosecond())
	}
	return s
}

func (s *spot) ref() stream.Ref {
	r := stream.Ref{Capture: int(s.capture), Offset: s.offset, Number: s.number}
	if s.nsec != noTime {
		r.Time = time.Unix(s.sec, int64(s.nsec)).UTC()
	}
	return r
}

func markOf(e Evidence) mark {
	m := mark{first: spotOf(e.First), conn: e.Conn}
	if e.Last != e.First {
		last := spotOf(e.Last)
		m.last = &last
	}
	return m
}

func (m *mark) evidence() Evidence {
	e := Evidence{First: m.first.ref(), Conn: m.conn}
	e.Last = e.First
	if m.last != nil {
		e.Last = m.last.ref()
	}
	return e
}

// compare orders marks by time, then by their place in the captures, and then by
// the connection.
func (m *mark) compare(o *mark) int {
	if c := m.first.compare(&o.first); c != 0 {
		return c
	}
	if c := m.end().compare(o.end()); c != 0 {
		return c
	}
	return compareConns(m.conn, o.conn)
}

// end returns where the observation ends.
func (m *mark) end() *spot {
	if m.last != nil {
		return m.last
	}
	return &m.first
}

func compareConns(a, b *stream.Conn) int {
	switch {
	case a == b:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	from, to := spotOf(a.Start), spotOf(b.Start)
	return cmp.Or(
		from.compare(&to), a.Flow.Src.Compare(b.Flow.Src), a.Flow.Dst.Compare(b.Flow.Dst),
		cmp.Compare(a.Flow.Proto, b.Flow.Proto))
}

func (s *spot) compare(o *spot) int {
	switch {
	case s.sec != o.sec:
		return cmp.Compare(s.sec, o.sec)
	case s.nsec != o.nsec:
		return cmp.Compare(s.nsec, o.nsec)
	case s.capture != o.capture:
		return cmp.Compare(s.capture, o.capture)
	}
	return cmp.Compare(s.offset, o.offset)
}

// Len returns how many pieces there are.
func (t Trail) Len() int { return len(t.marks) }

// First returns the first piece. It reports false when there is none.
func (t Trail) First() (Evidence, bool) {
	if len(t.marks) == 0 {
		return Evidence{}, false
	}
	return t.marks[0].evidence(), true
}

// List returns the pieces, by time.
func (t Trail) List() []Evidence {
	list := make([]Evidence, len(t.marks))
	for i := range t.marks {
		list[i] = t.marks[i].evidence()
	}
	return list
}

// IsZero reports whether there is none.
func (t Trail) IsZero() bool { return len(t.marks) == 0 }

// MarshalJSON returns the list.
func (t Trail) MarshalJSON() ([]byte, error) { return json.Marshal(t.List()) }

// UnmarshalJSON takes a list, in any order.
func (t *Trail) UnmarshalJSON(b []byte) error {
	var list []Evidence
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*t = Trail{}
	for _, e := range list {
		t.add(markOf(e))
	}
	return nil
}

// add puts m where it belongs, if it is one of the first.
func (t *Trail) add(m mark) {
	i := len(t.marks)
	for i > 0 && m.compare(&t.marks[i-1]) < 0 {
		i--
	}
	if i == maxEvidence {
		return
	}
	if len(t.marks) == maxEvidence {
		t.marks = t.marks[:maxEvidence-1]
	}
	t.marks = slices.Insert(t.marks, i, m)
}

// full reports whether evidence from r on would not be kept.
func (t *Trail) full(r *stream.Ref) bool {
	if len(t.marks) < maxEvidence {
		return false
	}
	last := &t.marks[maxEvidence-1].first
	return last.nsec != noTime && r.Time.Unix() > last.sec
}

// carry says which connection e is of, if it is kept. It is for the many
// connections of which no evidence is.
func (t *Trail) carry(e Evidence, dir layers.Flow) {
	want := markOf(e)
	for i := range t.marks {
		if m := &t.marks[i]; m.conn == nil && m.compare(&want) == 0 {
			m.conn = &stream.Conn{Flow: dir, Start: e.First}
		}
	}
}

// of returns the trail with each piece as of a connection that goes in direction
// dir.
func (t Trail) of(dir layers.Flow) Trail {
	own := Trail{slices.Clone(t.marks)}
	for i := range own.marks {
		m := &own.marks[i]
		m.conn = &stream.Conn{Flow: dir, Start: m.first.ref()}
	}
	return own
}

// move tells the evidence where its captures are now.
func (t *Trail) move(place []int) {
	for i := range t.marks {
		m := &t.marks[i]
		m.first.capture = int32(place[m.first.capture])
		if m.last != nil {
			m.last.capture = int32(place[m.last.capture])
		}
		if m.conn != nil { // the rows of one message share it
			conn := *m.conn
			conn.Start.Capture = place[conn.Start.Capture]
			m.conn = &conn
		}
	}
	slices.SortFunc(t.marks, func(a, b mark) int { return a.compare(&b) })
}

// within reports whether all of it lies in so many captures.
func (t *Trail) within(captures int) bool {
	in := func(capture int) bool { return 0 <= capture && capture < captures }
	for i := range t.marks {
		m := &t.marks[i]
		if !in(int(m.first.capture)) || m.last != nil && !in(int(m.last.capture)) || m.conn != nil && !in(m.conn.Start.Capture) {
			return false
		}
	}
	return true
}
