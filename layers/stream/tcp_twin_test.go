package stream

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A recorder is a framer that records the bytes that each side delivers, gaps
// as "<n>", and the end as "|".
type recorder struct {
	side [2]strings.Builder
	gap  [2]int // reported by lost since the last push
}

func (r *recorder) lost(_ sink, side, n int) {
	if r.gap[side] != 0 || n <= 0 {
		panic("lost twice, or nothing")
	}
	r.gap[side] = n
	fmt.Fprintf(&r.side[side], "<%d>", n)
}

func (r *recorder) push(_ sink, p piece) {
	if len(p.data) == 0 || p.gap != r.gap[p.side] {
		panic("push of no bytes, or with another gap than that of lost")
	}
	r.gap[p.side] = 0
	r.side[p.side].Write(p.data)
}

func (r *recorder) end(_ sink, side int) { r.side[side].WriteString("|") }
func (r *recorder) free(sink)            {}

func (r *recorder) text() [2]string { return [2]string{r.side[0].String(), r.side[1].String()} }

// A rawSegment is a TCP segment between 192.0.2.1:40000, side 0, and
// 192.0.2.2:80, side 1.
type rawSegment struct {
	side  int
	flags layers.TCPFlags
	seq   uint32
	ack   uint32
	data  string
	lost  int // bytes after data that were not captured
}

func (s rawSegment) packet() []byte {
	src, dst, sp, dp := "192.0.2.1", "192.0.2.2", uint16(40000), uint16(80)
	if s.side == 1 {
		src, dst, sp, dp = dst, src, dp, sp
	}
	b := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, byte(layers.IPProtoTCP), 0, 0}
	binary.BigEndian.PutUint16(b[2:], uint16(40+len(s.data)+s.lost))
	b = append(append(b, netip.MustParseAddr(src).AsSlice()...), netip.MustParseAddr(dst).AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, sp)
	b = binary.BigEndian.AppendUint16(b, dp)
	b = binary.BigEndian.AppendUint32(b, s.seq)
	b = binary.BigEndian.AppendUint32(b, s.ack)
	b = binary.BigEndian.AppendUint16(b, 5<<12|uint16(s.flags))
	b = append(b, 0xff, 0xff, 0, 0, 0, 0)
	return append(b, s.data...)
}

// pushRaw pushes a segment, and then overwrites it: no bytes of it may be kept.
func pushRaw(a *Assembler, s rawSegment) {
	b := s.packet()
	rec := &pcap.Record{Data: b, WireLen: len(b) + s.lost, LinkType: pcap.LinkTypeRaw, Time: time.Unix(1700000000, 0)}
	var p layers.Packet
	new(layers.Decoder).Decode(&p, rec)
	a.Push(&p, rec)
	for i := range b {
		b[i] = 0xdb
	}
}

// record opens a connection whose first bytes are isn[0]+1 and isn[1]+1, and
// returns a recorder of it.
func record(a *Assembler, isn [2]uint32) *recorder {
	pushRaw(a, rawSegment{side: 0, flags: layers.TCPSyn, seq: isn[0]})
	pushRaw(a, rawSegment{side: 1, flags: layers.TCPSyn | layers.TCPAck, seq: isn[1], ack: isn[0] + 1})
	r := &recorder{}
	t := a.table.oldest()
	f := layers.Flow{
		Src: netip.MustParseAddrPort("192.0.2.1:40000"), Dst: netip.MustParseAddrPort("192.0.2.2:80"), Proto: layers.IPProtoTCP,
	}
	c := a.conversation(t, 0, f)
	c.stage.inner, c.loose = [2]framer{r, r}, true // as a twin knows nothing of the other side
	return r
}

// A twin is one direction of a connection, reassembled slowly and obviously,
// byte by byte.
type twin struct {
	policy Policy
	byte   map[int]byte
	run    map[int]int // the segment of each byte
	runs   int
	next   int
	acked  int
	fin    int // -1: none
	ended  bool
	lost   int // since the last delivery
	out    strings.Builder
}

func newTwin(p Policy) *twin {
	return &twin{policy: p, byte: map[int]byte{}, run: map[int]int{}, fin: -1}
}

// extent returns the first and the last index, plus one, of the run at i.
func (w *twin) extent(i int) (begin, end int) {
	for begin = i; w.has(begin-1) && w.run[begin-1] == w.run[i]; begin-- {
	}
	for end = i + 1; w.has(end) && w.run[end] == w.run[i]; end++ {
	}
	return begin, end
}

func (w *twin) has(i int) bool { _, ok := w.byte[i]; return ok }

func (w *twin) push(begin int, data string, lost int) {
	if w.ended {
		return
	}
	end := begin + len(data)
	prefer := map[int]bool{}
	for i := begin; i < end; i++ {
		if !w.has(i) {
			prefer[i] = true
		} else {
			b, e := w.extent(i)
			prefer[i] = w.policy.prefersNew(int32(begin-b), int32(end-e))
		}
	}
	for i := begin; i < end; i++ {
		if i < w.next || !prefer[i] {
			w.runs++ // the next bytes are of another run
			continue
		}
		w.byte[i], w.run[i] = data[i-begin], w.runs
	}
	w.runs++
	w.drain()
	for ; lost > 0 && w.next >= end && w.next < end+lost && !w.has(w.next); w.next++ {
		w.lost++
	}
	w.drain()
	w.skipAcknowledged()
}

func (w *twin) drain() {
	for ; w.has(w.next); w.next++ {
		if w.lost > 0 {
			fmt.Fprintf(&w.out, "<%d>", w.lost)
			w.lost = 0
		}
		w.out.WriteByte(w.byte[w.next])
		delete(w.byte, w.next)
	}
}

// first returns the first waiting byte, or -1.
func (w *twin) first() int {
	first := -1
	for i := range w.byte {
		if first < 0 || i < first {
			first = i
		}
	}
	return first
}

func (w *twin) skipTo(i int) {
	w.lost += i - w.next
	w.next = i
	w.drain()
}

func (w *twin) skipAcknowledged() {
	for i := w.first(); i >= 0 && i <= w.acked; i = w.first() {
		w.skipTo(i)
	}
	if w.ended || w.fin < 0 {
		return
	}
	i := w.first()
	switch {
	case w.fin < w.next:
		w.fin = -1
	case w.acked == w.fin+1 && (i < 0 || i >= w.fin): // the receiver obeyed it
		if w.fin > w.next {
			w.skipTo(w.fin)
		}
		w.end()
	}
}

func (w *twin) end() {
	w.ended = true
	clear(w.byte)
	if w.lost > 0 {
		fmt.Fprintf(&w.out, "<%d>", w.lost)
	}
	w.out.WriteString("|")
}

func (w *twin) finish() {
	for i := w.first(); i >= 0; i = w.first() {
		w.skipTo(i)
	}
	if !w.ended {
		w.end()
	}
}

// An event is a segment of a test, relative to the first byte of its side.
type event struct {
	side, at, size, lost, ack int
	fin                       bool
	salt                      byte // changes the bytes
}

// text returns bytes of side, starting at at.
func (e event) text() string {
	b := make([]byte, e.size)
	for i := range b {
		b[i] = 'a' + byte(e.at+i+e.side*7)%23 + e.salt%3
	}
	return string(b)
}

// compareTwin plays the events to an Assembler and to twins, and compares.
func compareTwin(t *testing.T, policy Policy, isn [2]uint32, events []event) {
	t.Helper()
	a := &Assembler{Config: Config{Overlap: policy}}
	r := record(a, isn)
	twins := [2]*twin{newTwin(policy), newTwin(policy)}
	done := false
	for _, e := range events {
		s := rawSegment{
			side: e.side, flags: layers.TCPAck, data: e.text(), lost: e.lost,
			seq: isn[e.side] + 1 + uint32(e.at), ack: isn[1-e.side] + 1 + uint32(e.ack),
		}
		if e.fin {
			s.flags |= layers.TCPFin
		}
		pushRaw(a, s)
		if done {
			continue
		}
		w, o := twins[e.side], twins[1-e.side]
		o.acked = max(o.acked, e.ack)
		o.skipAcknowledged()
		if e.size+e.lost > 0 {
			w.push(e.at, s.data, e.lost)
		}
		if fin := e.at + e.size + e.lost; e.fin && !w.ended && fin >= w.next {
			w.fin = fin
			w.skipAcknowledged()
		}
		done = twins[0].ended && twins[1].ended
	}
	a.Flush()
	for _, w := range twins {
		w.finish()
	}
	want := [2]string{twins[0].out.String(), twins[1].out.String()}
	if diff := cmp.Diff(want, r.text()); diff != "" {
		t.Fatalf("policy %v, first bytes %d and %d, events\n%+v\n(-twin +got):\n%s", policy, isn[0]+1, isn[1]+1, events, diff)
	}
	if s := a.Stats(); s.Held != 0 || s.Open != 0 {
		t.Fatalf("after Flush: %+v", s)
	}
}

// twinEvents decodes events from bytes, five each.
func twinEvents(b []byte) []event {
	var events []event
	for ; len(b) >= 5 && len(events) < 200; b = b[5:] {
		e := event{side: int(b[0] & 1), at: int(b[1]) - 4, size: int(b[2] & 31), salt: b[0] >> 1 & 3}
		if b[0]&0x60 == 0x60 {
			e.ack = int(b[3])
		}
		e.fin = b[4] < 4
		if b[4] > 248 {
			e.lost = int(b[4] - 248)
		}
		events = append(events, e)
	}
	return events
}

func FuzzAssembler(f *testing.F) {
	f.Add(uint8(0), uint32(0), uint32(1<<32-20), []byte("\x00\x04\x05\x00\x10\x00\x0c\x05\x00\x10\x00\x08\x08\x00\x10"))
	f.Add(uint8(1), uint32(1<<31-8), uint32(5), []byte("\x00\x10\x1f\x00\x10\x02\x14\x04\x00\x10\x61\x04\x04\x40\x10\x00\x04\x0c\x00\x00"))
	f.Fuzz(func(t *testing.T, policy uint8, isn0, isn1 uint32, b []byte) {
		compareTwin(t, Policy(policy%7), [2]uint32{isn0, isn1}, twinEvents(b))
	})
}

// Random segments, overlapping with other bytes, acknowledged before they
// arrive, cut by the capture and ended early, are delivered as the twin
// delivers them.
func TestTwin(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		b := make([]byte, 5*(1+rnd.IntN(40)))
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		isn := [2]uint32{rnd.Uint32(), -uint32(rnd.IntN(300))}
		compareTwin(t, Policy(rnd.IntN(7)), isn, twinEvents(b))
	}
}
