package stream_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// How connections begin, and begin again on the same ports. Each message is
// compared with the first packet of its connection.
func TestHandshakes(t *testing.T) {
	type begun struct {
		Start, First int64
		FromClient   bool
		Gap          int
	}
	c := func(seq uint32, data string) seg { return seg{flags: ack, seq: seq, ack: 500, data: data} }
	s := func(seq, acked uint32, data string) seg {
		return seg{server: true, flags: ack, seq: seq, ack: acked, data: data}
	}
	hello := func(isn uint32) seg { return seg{flags: syn, seq: isn} }
	answer := func(isn, acked uint32) seg { return seg{server: true, flags: syn | ack, seq: isn, ack: acked} }
	end := func(x seg) seg { x.flags |= fin; return x }
	reset := func(x seg) seg { x.flags |= rst; return x }
	size := uint32(len(request))
	tests := []struct {
		name  string
		segs  []seg
		want  []begun
		conns int
	}{
		{"data in the SYN, acknowledged with it", []seg{{flags: syn, seq: 99, data: request}, answer(499, 100+size), c(100+size, request)},
			[]begun{{1, 1, true, 0}, {1, 3, true, 0}}, 1},
		{"data in the SYN, not accepted and retransmitted", []seg{{flags: syn, seq: 99, data: request}, answer(499, 100), c(100, request), c(100+size, request)},
			[]begun{{1, 1, true, 0}, {1, 4, true, 0}}, 1},
		{"SYNs with other numbers; the first is acknowledged", []seg{hello(99), hello(7000), hello(80000), answer(499, 100), c(100, request), s(500, 100+size, response)},
			[]begun{{1, 5, true, 0}, {1, 6, false, 0}}, 1},
		{"SYNs with other numbers; the last is acknowledged", []seg{hello(99), hello(7000), answer(499, 7001), c(7001, request)},
			[]begun{{1, 4, true, 0}}, 1},
		{"a SYN with another number after the SYN-ACK", []seg{hello(99), answer(499, 100), hello(7000), c(100, request), s(500, 100+size, response)},
			[]begun{{1, 4, true, 0}, {1, 5, false, 0}}, 1},
		{"the same, and answered", []seg{hello(99), answer(499, 100), hello(7000), answer(900, 7001), c(7001, request), s(901, 7001+size, response)},
			[]begun{{3, 5, true, 0}, {3, 6, false, 0}}, 2},
		{"a forged SYN between data", []seg{hello(99), answer(499, 100), c(100, request), hello(7000), s(500, 100+size, response), c(100+size, request)},
			[]begun{{1, 3, true, 0}, {1, 5, false, 0}, {1, 6, true, 0}}, 1},
		{"ports reused without an end", []seg{hello(99), answer(499, 100), c(100, request), hello(7000), answer(40, 7001), c(7001, request), s(41, 7001+size, response)},
			[]begun{{1, 3, true, 0}, {4, 6, true, 0}, {4, 7, false, 0}}, 2},
		{"the same, without the answer", []seg{hello(99), answer(499, 100), c(100, request), hello(7000), c(7001, request)},
			[]begun{{1, 3, true, 0}, {4, 5, true, 0}}, 2},
		{"the same, captured from one side only", []seg{hello(99), c(100, request), hello(7000), c(7001, request)},
			[]begun{{1, 2, true, 0}, {3, 4, true, 0}}, 2},
		{"the same, captured from the other side only", []seg{answer(499, 100), s(500, 100, response), answer(900, 7001), s(901, 7001, response)},
			[]begun{{1, 2, false, 0}, {3, 4, false, 0}}, 2},
		{"ports reused after both FINs", []seg{hello(99), answer(499, 100), end(c(100, request)), end(s(500, 101+size, "")), hello(99), answer(499, 100), c(100, request)},
			[]begun{{1, 3, true, 0}, {5, 7, true, 0}}, 2},
		{"ports reused after a reset", []seg{hello(99), reset(s(0, 100, "")), hello(99), answer(499, 100), c(100, request)},
			[]begun{{3, 5, true, 0}}, 2},
		{"a reset that does not answer the SYN", []seg{hello(99), reset(s(0, 77, "")), answer(499, 100), c(100, request)},
			[]begun{{1, 4, true, 0}}, 1},
		{"a reset that refuses the data in the SYN, without effect", []seg{{flags: syn, seq: 99, data: request}, reset(s(0, 100, "")), c(100+size, request)},
			[]begun{{1, 1, true, 0}, {1, 3, true, 0}}, 1},
		{"the SYN-ACK retransmitted after a reset without effect", []seg{hello(99), answer(499, 100), reset(c(100, "")), answer(499, 100), c(100, request)},
			[]begun{{1, 5, true, 0}}, 1},
		{"a reset of no connection", []seg{reset(c(100, request)), hello(99), c(100, request)},
			[]begun{{2, 3, true, 0}}, 1},
		{"both send a SYN", []seg{hello(99), {server: true, flags: syn, seq: 499}, answer(499, 100), c(100, request), s(500, 100+size, response)},
			[]begun{{1, 4, true, 0}, {1, 5, false, 0}}, 1},
		{"the SYN-ACK captured before the SYN", []seg{answer(499, 100), hello(99), c(100, request)},
			[]begun{{1, 3, true, 0}}, 1},
		{"the SYN captured after data", []seg{c(100, request), hello(99), answer(499, 100), c(100+size, request)},
			[]begun{{1, 1, true, 0}, {1, 4, true, 0}}, 1},
		{"midstream, with bytes of the other side in flight", []seg{c(100, request), s(600, 100+size, response)},
			[]begun{{1, 1, true, 0}, {1, 2, false, 100}}, 1},
		{"only acknowledgements", []seg{c(100, ""), s(500, 100, "")}, nil, 0},
		{"both flags, SYN and RST", []seg{{flags: syn | rst, seq: 99}, hello(99), answer(499, 100), {flags: syn | rst, seq: 5}, c(100, request)},
			[]begun{{2, 5, true, 0}}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a stream.Assembler
			var got []begun
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					if m.File != nil {
						continue
					}
					got = append(got, begun{m.Conn.Start.Number, m.First.Number, m.FromClient, m.Gap})
				}
			}
			for i, s := range tt.segs {
				push(&a, s, int64(i+1), start, keep)
			}
			keep(a.Flush())
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if n := a.Stats().Conns; n != tt.conns {
				t.Errorf("%d connections, want %d", n, tt.conns)
			}
		})
	}
}
