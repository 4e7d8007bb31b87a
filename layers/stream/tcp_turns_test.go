package stream

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// A turnRecorder records the pieces of both sides in the order in which they are
// delivered, and checks that each comes after what its sender had seen.
type turnRecorder struct {
	t     *testing.T
	out   strings.Builder
	next  [2]uint32
	loose bool // do not check
}

func (r *turnRecorder) lost(_ sink, side, n int) {
	fmt.Fprintf(&r.out, "%c<%d> ", "CS"[side], n)
	r.next[side] += uint32(n)
}

func (r *turnRecorder) push(_ sink, p piece) {
	if int32(p.seen-r.next[1-p.side]) > 0 && !r.loose {
		r.t.Errorf("%q, which acknowledges %d, before %d", p.data, p.seen, r.next[1-p.side])
	}
	r.next[p.side] = p.end
	fmt.Fprintf(&r.out, "%c%s ", "CS"[p.side], p.data)
}

func (r *turnRecorder) end(_ sink, side int) { fmt.Fprintf(&r.out, "%c| ", "CS"[side]) }
func (r *turnRecorder) free(sink)            {}

// recordTurns opens a connection whose first bytes are 1 and 1.
func recordTurns(t *testing.T, a *Assembler) *turnRecorder {
	pushRaw(a, rawSegment{flags: layers.TCPSyn})
	r := &turnRecorder{t: t, next: [2]uint32{1, 1}}
	f := layers.Flow{
		Src: netip.MustParseAddrPort("192.0.2.1:40000"), Dst: netip.MustParseAddrPort("192.0.2.2:80"), Proto: layers.IPProtoTCP,
	}
	a.conversation(a.table.oldest(), 0, f).stage.inner = [2]framer{r, r}
	return r
}

// A segment is delivered after the bytes that it acknowledges, or when they are
// lost.
func TestTurns(t *testing.T) {
	c := func(seq, ack uint32, data string) rawSegment {
		return rawSegment{flags: layers.TCPAck, seq: seq, ack: ack, data: data}
	}
	s := func(seq, ack uint32, data string) rawSegment {
		return rawSegment{side: 1, flags: layers.TCPAck, seq: seq, ack: ack, data: data}
	}
	fin := func(r rawSegment) rawSegment { r.flags |= layers.TCPFin; return r }
	open := rawSegment{side: 1, flags: layers.TCPSyn | layers.TCPAck, ack: 1}
	for _, tt := range []struct {
		name     string
		segments []rawSegment
		want     string // "/" before what Flush delivers
	}{
		{"in order", []rawSegment{open, c(1, 1, "ab"), s(1, 3, "xy"), c(3, 3, "cd")}, "Cab Sxy Ccd /C| S| "},
		{"a reply first", []rawSegment{open, s(1, 3, "xy"), c(1, 1, "ab"), c(3, 3, "cd")}, "Cab Sxy Ccd /C| S| "},
		{"one side first", []rawSegment{open, s(1, 3, "xy"), s(3, 5, "z"), c(1, 1, "ab"), c(3, 3, "cd")}, "Cab Sxy Ccd Sz /C| S| "},
		{"with its SYN and the end", []rawSegment{open, s(1, 3, "xy"), fin(s(3, 5, "z")), c(1, 1, "ab"), c(3, 3, "cd"), c(5, 5, "")}, "Cab Sxy Ccd Sz S| /C| "},
		{"an acknowledgement of a FIN", []rawSegment{open, fin(c(1, 1, "ab")), s(1, 4, "xy")}, "Cab C| Sxy /S| "},
		{"a FIN that is missing", []rawSegment{open, c(1, 1, "ab"), s(1, 4, "xy"), c(4, 3, "")}, "Cab Sxy /C<1> C| S| "},
		{"a request is missing", []rawSegment{open, s(1, 3, "xy"), c(3, 3, ""), c(3, 3, "cd")}, "Sxy C<2> Ccd /C| S| "},
		{"a request is missing, another comes", []rawSegment{open, s(1, 3, "xy"), c(3, 3, "cd")}, "Sxy C<2> Ccd /C| S| "},
		{"a reply and the next request are missing", []rawSegment{open, c(1, 1, "ab"), s(3, 5, "z"), c(5, 4, "ef")}, "Cab S<2> Sz C<2> Cef /C| S| "},
		{"both sides lack bytes", []rawSegment{open, c(3, 3, "cd"), s(3, 5, "z")}, "C<2> Ccd S<2> Sz /C| S| "},
		{"nothing of the other side", []rawSegment{s(1, 3, "xy"), s(3, 5, "z")}, "/Sxy Sz C| S| "},
		{"an acknowledgement far away", []rawSegment{open, s(1, 3+maxSkew, "xy")}, "Sxy /C| S| "},
		{"no acknowledgement", []rawSegment{open, {side: 1, seq: 1, ack: 3, data: "xy"}}, "Sxy /C| S| "},
		{"sent again with another acknowledgement", []rawSegment{open, s(1, 3, "xy"), s(1, 1, "xy"), c(1, 1, "ab")}, "Cab Sxy /C| S| "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := new(Assembler)
			r := recordTurns(t, a)
			r.loose = true
			for _, s := range tt.segments {
				pushRaw(a, s)
			}
			r.out.WriteByte('/')
			a.Flush()
			if got := r.out.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if a.Held() != 0 {
				t.Errorf("%d bytes held", a.Held())
			}
		})
	}
}

// However the packets of the two sides are merged, all bytes are delivered, each
// after what its sender had seen.
func TestTurnsMerged(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		var sent [2][]rawSegment
		next := [2]uint32{1, 1}
		for range 1 + rnd.IntN(40) {
			side, n := rnd.IntN(2), rnd.IntN(4)
			sent[side] = append(sent[side], rawSegment{
				side: side, flags: layers.TCPAck, seq: next[side], ack: next[1-side], data: strings.Repeat("x", n),
			})
			next[side] += uint32(n)
		}
		a := new(Assembler)
		r := recordTurns(t, a)
		pushRaw(a, rawSegment{side: 1, flags: layers.TCPSyn | layers.TCPAck, ack: 1})
		for bias := rnd.IntN(101); len(sent[0])+len(sent[1]) > 0; {
			side := 0
			if len(sent[0]) == 0 || len(sent[1]) > 0 && rnd.IntN(100) < bias {
				side = 1
			}
			pushRaw(a, sent[side][0])
			sent[side] = sent[side][1:]
		}
		if r.next != next || a.Stats().Missing != 0 {
			t.Fatalf("delivered up to %v of %v: %s", r.next, next, r.out.String())
		}
		if a.Flush(); a.Held() != 0 {
			t.Fatalf("%d bytes held", a.Held())
		}
	}
}

// An acknowledgement counts if it can be one: a program that writes captures of its
// own may leave it 0.
func TestPlaced(t *testing.T) {
	for _, tt := range []struct {
		syn  bool
		ack  uint32
		want bool
	}{
		{true, 101, true}, {true, 102, true}, {true, 100, false}, {true, 0, false},
		{false, 102, true}, {false, 101, false}, // perhaps always the same
		{true, 5000, true}, {true, 5000 + maxPlaced, true}, {true, 5001 + maxPlaced, false}, {true, 1 << 31, false},
	} {
		c := new(tcb)
		c.half[0] = half{isn: 100, next: 5000, known: true, syn: tt.syn}
		if got := c.placed(1, &segment{ack: tt.ack, acks: true}); got != tt.want {
			t.Errorf("SYN %t, acknowledgement %d: %t", tt.syn, tt.ack, got)
		}
		if c.placed(1, &segment{ack: tt.ack}) {
			t.Errorf("%d counts without the flag", tt.ack)
		}
	}
}

// If no packet of the other side was captured, few segments wait for it.
func TestTurnsAlone(t *testing.T) {
	const size = 1000
	for _, alone := range []bool{true, false} {
		a := &Assembler{Config: Config{MaxConn: 4 * maxAlone}}
		r := recordTurns(t, a)
		r.loose = true
		if alone {
			a.Flush()
			a = &Assembler{Config: a.Config}
		}
		most, delivered := 0, 0
		for i := range uint32(8 * maxAlone / size) {
			pushRaw(a, rawSegment{side: 1, flags: layers.TCPAck, seq: 1 + i*size, ack: 1 + i, data: strings.Repeat("GET / HTTP", size/10)})
			if w := a.table.oldest().conn.waiting[1]; w.root != nil {
				most = max(most, w.size)
			} else if i > 1 {
				delivered++
			}
		}
		limit := a.MaxConn
		if alone {
			limit = maxAlone
		}
		if most > limit || most < limit/2 || delivered == 0 {
			t.Errorf("alone %t: %d bytes wait, limit %d; %d delivered", alone, most, limit, delivered)
		}
		if a.Flush(); a.Held() != 0 {
			t.Errorf("%d bytes held", a.Held())
		}
	}
}
