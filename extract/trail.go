package extract

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// Evidence is the location of an observation in the captures: a packet, or the
// packets with the first and the last byte of a message.
type Evidence struct {
	First stream.Ref `json:"first"` // First.Capture is an index into Report.Captures
	Last  stream.Ref `json:"last"`

	// Conn is the connection that carried the message, from client to server, with
	// the first of its packets in the captures. It is nil if a single packet shows
	// the observation, and in the Evidence of a Flow.
	Conn *stream.Conn `json:"conn,omitempty"`

	decrypted bool // for Fact.Decrypted; not kept
}

// maxEvidence is the most pieces of evidence in a Trail.
const maxEvidence = 8

// A Trail holds the earliest pieces of evidence, at most eight. It is compact,
// because trails take most of the memory of a Report.
type Trail struct{ list []packedEvidence }

// A packedEvidence is the compact form of an Evidence.
type packedEvidence struct {
	first packedRef
	last  *packedRef // nil: same as first
	conn  *stream.Conn
}

// A packedRef is a stream.Ref without pointers.
type packedRef struct {
	offset, number, sec int64
	nsec                int32 // noTime: the packet has no time
	capture             int32
}

const noTime = -1

func packRef(r stream.Ref) packedRef {
	s := packedRef{offset: r.Offset, number: r.Number, nsec: noTime, capture: int32(r.Capture)}
	if !r.Time.IsZero() {
		s.sec, s.nsec = r.Time.Unix(), int32(r.Time.Nanosecond())
	}
	return s
}

func (s *packedRef) unpack() stream.Ref {
	r := stream.Ref{Capture: int(s.capture), Offset: s.offset, Number: s.number}
	if s.nsec != noTime {
		r.Time = time.Unix(s.sec, int64(s.nsec)).UTC()
	}
	return r
}

func packEvidence(e Evidence) packedEvidence {
	m := packedEvidence{first: packRef(e.First), conn: e.Conn}
	if e.Last != e.First {
		last := packRef(e.Last)
		m.last = &last
	}
	return m
}

func (m *packedEvidence) unpack() Evidence {
	e := Evidence{First: m.first.unpack(), Conn: m.conn}
	e.Last = e.First
	if m.last != nil {
		e.Last = m.last.unpack()
	}
	return e
}

// compare orders evidence by time, then by place in the captures, then by
// connection.
func (m *packedEvidence) compare(o *packedEvidence) int {
	if c := m.first.compare(&o.first); c != 0 {
		return c
	}
	if c := m.end().compare(o.end()); c != 0 {
		return c
	}
	return compareConns(m.conn, o.conn)
}

func (m *packedEvidence) end() *packedRef {
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
	from, to := packRef(a.Start), packRef(b.Start)
	return cmp.Or(
		from.compare(&to), a.Flow.Src.Compare(b.Flow.Src), a.Flow.Dst.Compare(b.Flow.Dst),
		cmp.Compare(a.Flow.Proto, b.Flow.Proto))
}

func (s *packedRef) compare(o *packedRef) int {
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

// Len returns the number of pieces.
func (t Trail) Len() int { return len(t.list) }

// First returns the first piece. It reports false if the trail is empty.
func (t Trail) First() (Evidence, bool) {
	if len(t.list) == 0 {
		return Evidence{}, false
	}
	return t.list[0].unpack(), true
}

// List returns a copy of the pieces, in order of time.
func (t Trail) List() []Evidence {
	list := make([]Evidence, len(t.list))
	for i := range t.list {
		list[i] = t.list[i].unpack()
	}
	return list
}

// Shows reports whether a piece ends with the same packet as e. A full trail may have
// dropped that piece for earlier ones, so it reports true.
func (t Trail) Shows(e *Evidence) bool {
	if len(t.list) == maxEvidence {
		return true
	}
	for i := range t.list {
		if end := t.list[i].end(); int(end.capture) == e.Last.Capture && end.offset == e.Last.Offset {
			return true
		}
	}
	return false
}

// IsZero reports whether the trail is empty.
func (t Trail) IsZero() bool { return len(t.list) == 0 }

// MarshalJSON returns the pieces as a JSON array.
func (t Trail) MarshalJSON() ([]byte, error) { return json.Marshal(t.List()) }

// UnmarshalJSON sets t to the pieces of a JSON array, in any order. If there are more
// than eight, it keeps the earliest.
func (t *Trail) UnmarshalJSON(b []byte) error {
	var list []Evidence
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	*t = Trail{}
	for _, e := range list {
		t.add(packEvidence(e))
	}
	return nil
}

// add inserts m in order, unless the trail is full of earlier pieces.
func (t *Trail) add(m packedEvidence) {
	i := len(t.list)
	for i > 0 && m.compare(&t.list[i-1]) < 0 {
		i--
	}
	if i == maxEvidence {
		return
	}
	if len(t.list) == maxEvidence {
		t.list = t.list[:maxEvidence-1]
	}
	t.list = slices.Insert(t.list, i, m)
}

// full reports whether add would surely drop evidence that begins at r. Only the
// seconds are compared, which is cheap.
func (t *Trail) full(r *stream.Ref) bool {
	if len(t.list) < maxEvidence {
		return false
	}
	last := &t.list[maxEvidence-1].first
	return last.nsec != noTime && r.Time.Unix() > last.sec
}

// carry sets the connection of e, if the trail kept it. Most evidence is not kept, so
// this saves allocating a Conn for all of it.
func (t *Trail) carry(e Evidence, dir layers.Flow) {
	want := packEvidence(e)
	for i := range t.list {
		if m := &t.list[i]; m.conn == nil && m.compare(&want) == 0 {
			m.conn = &stream.Conn{Flow: dir, Start: e.First}
		}
	}
}

// of returns a copy in which each piece belongs to a connection of its own in
// direction dir.
func (t Trail) of(dir layers.Flow) Trail {
	own := Trail{slices.Clone(t.list)}
	for i := range own.list {
		m := &own.list[i]
		m.conn = &stream.Conn{Flow: dir, Start: m.first.unpack()}
	}
	return own
}

// move renumbers the captures: place holds the new index of each.
func (t *Trail) move(place []int) {
	for i := range t.list {
		m := &t.list[i]
		m.first.capture = int32(place[m.first.capture])
		if m.last != nil {
			m.last.capture = int32(place[m.last.capture])
		}
		if m.conn != nil { // shared by the rows of one message
			conn := *m.conn
			conn.Start.Capture = place[conn.Start.Capture]
			m.conn = &conn
		}
	}
	slices.SortFunc(t.list, func(a, b packedEvidence) int { return a.compare(&b) })
}

// within reports whether all evidence lies in captures 0 to captures-1.
func (t *Trail) within(captures int) bool {
	in := func(capture int) bool { return 0 <= capture && capture < captures }
	for i := range t.list {
		m := &t.list[i]
		if !in(int(m.first.capture)) || m.last != nil && !in(int(m.last.capture)) || m.conn != nil && !in(m.conn.Start.Capture) {
			return false
		}
	}
	return true
}
