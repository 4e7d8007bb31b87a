package stream

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
)

// The data that a connection delivers on each side, before and after Flush. The
// sequence numbers of the first bytes are 1 and 1.
func TestDelivery(t *testing.T) {
	const ack, fin, rst, syn = layers.TCPAck, layers.TCPFin, layers.TCPRst, layers.TCPSyn
	c := func(seq uint32, data string) rawSegment { return rawSegment{flags: ack, seq: seq, ack: 1, data: data} }
	s := func(seq, acked uint32, data string) rawSegment {
		return rawSegment{side: 1, flags: ack, seq: seq, ack: acked, data: data}
	}
	with := func(r rawSegment, f layers.TCPFlags) rawSegment { r.flags |= f; return r }
	tests := []struct {
		name     string
		segments []rawSegment
		open     [2]string // before Flush
		want     [2]string
		missing  int64
		stray    int64
	}{
		{name: "in order", segments: []rawSegment{c(1, "ab"), c(3, "cd"), s(1, 5, "xy")},
			open: [2]string{"abcd", "xy"}, want: [2]string{"abcd|", "xy|"}},
		{name: "a gap waits", segments: []rawSegment{c(1, "ab"), c(8, "h")},
			open: [2]string{"ab", ""}, want: [2]string{"ab<5>h|", "|"}, missing: 5},
		{name: "an acknowledged gap", segments: []rawSegment{c(1, "ab"), c(8, "h"), s(1, 9, "x")},
			open: [2]string{"ab<5>h", "x"}, want: [2]string{"ab<5>h|", "x|"}, missing: 5},
		{name: "acknowledged before the segment after it arrives", segments: []rawSegment{s(1, 9, ""), c(8, "h")},
			open: [2]string{"<7>h", ""}, want: [2]string{"<7>h|", "|"}, missing: 7},
		{name: "acknowledged in part", segments: []rawSegment{c(8, "h"), s(1, 5, ""), c(1, "abcdefg")},
			open: [2]string{"abcdefgh", ""}, want: [2]string{"abcdefgh|", "|"}},
		{name: "one of two gaps is acknowledged", segments: []rawSegment{c(3, "c"), c(6, "f"), s(1, 4, "")},
			open: [2]string{"<2>c", ""}, want: [2]string{"<2>c<2>f|", "|"}, missing: 4},
		{name: "cut by the capture", segments: []rawSegment{{flags: ack, seq: 1, ack: 1, data: "ab", lost: 3}, c(6, "f")},
			open: [2]string{"ab<3>f", ""}, want: [2]string{"ab<3>f|", "|"}, missing: 3},
		{name: "only headers captured", segments: []rawSegment{{flags: ack, seq: 1, ack: 1, lost: 9}, {flags: ack, seq: 10, ack: 1, lost: 4}, with(c(14, ""), fin), s(1, 15, "")},
			open: [2]string{"<13>|", ""}, want: [2]string{"<13>|", "|"}, missing: 13},
		{name: "cut, but the missing bytes wait", segments: []rawSegment{c(4, "de"), {flags: ack, seq: 1, ack: 1, data: "a", lost: 4}, c(6, "f")},
			open: [2]string{"a<2>def", ""}, want: [2]string{"a<2>def|", "|"}, missing: 2},
		{name: "keep-alives without and with a byte", segments: []rawSegment{c(1, "ab"), c(2, ""), c(2, "?"), s(1, 3, ""), c(3, "c")},
			open: [2]string{"abc", ""}, want: [2]string{"abc|", "|"}},
		{name: "a zero window, probed", segments: []rawSegment{c(1, "ab"), s(1, 3, ""), c(3, "c"), s(1, 3, ""), c(3, "cd"), s(1, 5, "")},
			open: [2]string{"abcd", ""}, want: [2]string{"abcd|", "|"}},
		{name: "FIN with data", segments: []rawSegment{with(c(1, "ab"), fin), with(s(1, 4, "x"), fin), {flags: ack, seq: 4, ack: 3}},
			open: [2]string{"ab|", "x|"}, want: [2]string{"ab|", "x|"}},
		{name: "FIN before data", segments: []rawSegment{with(c(3, ""), fin), c(1, "ab"), s(1, 4, "")},
			open: [2]string{"ab|", ""}, want: [2]string{"ab|", "|"}},
		{name: "data after the FIN was acknowledged", segments: []rawSegment{with(c(1, "ab"), fin), s(1, 4, "y"), c(3, "cd"), c(9, "x")},
			open: [2]string{"ab|", "y"}, want: [2]string{"ab|", "y|"}, stray: 3},
		{name: "waiting data after an acknowledged FIN", segments: []rawSegment{c(9, "x"), with(c(3, ""), fin), c(1, "ab"), s(1, 4, "")},
			open: [2]string{"ab|", ""}, want: [2]string{"ab|", "|"}, stray: 1},
		{name: "waiting data after a FIN that nobody acknowledged", segments: []rawSegment{c(9, "x"), with(c(3, ""), fin), c(1, "ab")},
			open: [2]string{"ab", ""}, want: [2]string{"ab<6>x|", "|"}, missing: 6},
		{name: "a FIN in the middle of data is ignored", segments: []rawSegment{with(c(3, ""), fin), c(1, "abcd"), c(5, "e")},
			open: [2]string{"abcde", ""}, want: [2]string{"abcde|", "|"}},
		{name: "the last bytes are acknowledged with the FIN, but missing", segments: []rawSegment{c(1, "ab"), with(c(5, ""), fin), s(1, 6, "")},
			open: [2]string{"ab<2>|", ""}, want: [2]string{"ab<2>|", "|"}, missing: 2},
		{name: "a FIN after a gap without acknowledgement", segments: []rawSegment{c(1, "ab"), with(c(5, ""), fin), s(1, 5, "")},
			open: [2]string{"ab", ""}, want: [2]string{"ab|", "|"}},
		{name: "a half-closed connection", segments: []rawSegment{with(c(1, "ab"), fin), s(1, 4, "xy"), s(3, 4, "z")},
			open: [2]string{"ab|", "xyz"}, want: [2]string{"ab|", "xyz|"}},
		{name: "a reset at the next byte", segments: []rawSegment{c(1, "ab"), with(c(3, ""), rst)},
			open: [2]string{"ab", ""}, want: [2]string{"ab|", "|"}},
		{name: "a reset in the window", segments: []rawSegment{c(1, "ab"), with(c(4, ""), rst), c(3, "cd")},
			open: [2]string{"abcd", ""}, want: [2]string{"abcd|", "|"}},
		{name: "a reset out of the window", segments: []rawSegment{c(1, "ab"), with(c(1<<31, ""), rst), with(c(1, ""), rst), c(3, "cd")},
			open: [2]string{"abcd", ""}, want: [2]string{"abcd|", "|"}},
		{name: "a reset at the acknowledged byte", segments: []rawSegment{c(1, "ab"), s(1, 9, ""), with(c(9, ""), rst)},
			open: [2]string{"ab", ""}, want: [2]string{"ab|", "|"}},
		{name: "a reset after waiting data", segments: []rawSegment{c(1, "ab"), c(5, "ef"), with(c(7, ""), rst)},
			open: [2]string{"ab", ""}, want: [2]string{"ab<2>ef|", "|"}, missing: 2},
		{name: "a reset after the FIN", segments: []rawSegment{with(c(1, "ab"), fin), with(c(4, ""), rst)},
			open: [2]string{"ab", ""}, want: [2]string{"ab|", "|"}},
		{name: "text in a reset", segments: []rawSegment{c(1, "ab"), with(s(1, 3, "closed"), rst)},
			open: [2]string{"ab", ""}, want: [2]string{"ab|", "|"}},
		{name: "a SYN in the window", segments: []rawSegment{c(1, "ab"), s(1, 3, "x"), with(c(3, ""), syn), c(3, "cd")},
			open: [2]string{"abcd", "x"}, want: [2]string{"abcd|", "x|"}},
		{name: "the SYN retransmitted", segments: []rawSegment{c(1, "ab"), {flags: syn, seq: 0}, c(3, "cd")},
			open: [2]string{"abcd", ""}, want: [2]string{"abcd|", "|"}},
		{name: "far ahead of all windows", segments: []rawSegment{c(1, "ab"), c(1<<31-2, "far far away"), c(1<<31+5, "?"), c(3, "cd")},
			open: [2]string{"abcd", ""}, want: [2]string{"abcd|", "|"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := new(Assembler)
			r := record(a, [2]uint32{0, 0})
			for _, s := range tt.segments {
				pushRaw(a, s)
			}
			if diff := cmp.Diff(tt.open, r.text()); diff != "" {
				t.Errorf("before Flush (-want +got):\n%s", diff)
			}
			a.Flush()
			if diff := cmp.Diff(tt.want, r.text()); diff != "" {
				t.Errorf("after Flush (-want +got):\n%s", diff)
			}
			s := a.Stats()
			if s.Missing != tt.missing || s.Stray != tt.stray || s.Held != 0 {
				t.Errorf("missing %d, stray %d, held %d; want %d, %d, 0", s.Missing, s.Stray, s.Held, tt.missing, tt.stray)
			}
		})
	}
}

// Every order of up to six segments delivers the same bytes, under every
// policy.
func TestDeliveryOrders(t *testing.T) {
	const text = "abcdefghijklmno"
	for n := 1; n <= 6; n++ {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		orders(order, func() {
			for policy := PolicyFirst; policy <= PolicySolaris; policy++ {
				a := &Assembler{Config: Config{Overlap: policy}}
				r := record(a, [2]uint32{1<<32 - 7, 0})
				for _, i := range order {
					from, to := i*len(text)/n, (i+1)*len(text)/n
					pushRaw(a, rawSegment{flags: layers.TCPAck, seq: 1<<32 - 6 + uint32(from), ack: 1, data: text[from:to]})
				}
				if got := r.text()[0]; got != text {
					t.Fatalf("%v: order %v gives %q", policy, order, got)
				}
			}
		})
	}
}

// orders calls f with every order of s.
func orders(s []int, f func()) {
	var walk func(int)
	walk = func(n int) {
		if n == len(s) {
			f()
			return
		}
		for i := n; i < len(s); i++ {
			s[n], s[i] = s[i], s[n]
			walk(n + 1)
			s[n], s[i] = s[i], s[n]
		}
	}
	walk(0)
}
