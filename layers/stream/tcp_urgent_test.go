package stream

import (
	"encoding/binary"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// An urgentSegment is a segment of the client with an urgent pointer, or without one
// if it is negative.
type urgentSegment struct {
	at      int // of its first byte in the text
	data    string
	pointer int
}

// What a program reads without SO_OOBINLINE, as Linux delivers it: the byte before the
// urgent pointer is missing (RFC 6093 section 3), 0 is the first byte, and of two
// bytes that were not read yet only the last is urgent.
func TestUrgent(t *testing.T) {
	tests := []struct {
		name         string
		segs         []urgentSegment
		want, inline string
	}{
		{"alone", []urgentSegment{{0, "ab", -1}, {2, "X", 1}, {3, "cd", -1}}, "abcd|", "abXcd|"},
		{"at the end of data", []urgentSegment{{0, "abX", 3}, {3, "cd", -1}}, "abcd|", "abXcd|"},
		{"at the start", []urgentSegment{{0, "Xab", 1}, {3, "cd", -1}}, "abcd|", "Xabcd|"},
		{"pointer 0", []urgentSegment{{0, "Xab", 0}}, "ab|", "Xab|"},
		{"in the middle", []urgentSegment{{0, "abXcd", 3}}, "abcd|", "abXcd|"},
		{"in a later segment", []urgentSegment{{0, "ab", 4}, {2, "cXd", -1}}, "abcd|", "abcXd|"},
		{"in order again", []urgentSegment{{2, "Xcd", 1}, {0, "ab", -1}}, "abcd|", "abXcd|"},
		{"two, read", []urgentSegment{{0, "aX", 2}, {2, "bX", 2}}, "ab|", "aXbX|"},
		{"two, not read", []urgentSegment{{1, "X", 1}, {2, "X", 1}, {0, "a", -1}}, "aX|", "aXX|"},
		{"of data already read", []urgentSegment{{0, "ab", -1}, {0, "a", 1}, {2, "cd", -1}}, "abcd|", "abcd|"},
		{"retransmitted without it", []urgentSegment{{1, "X", 1}, {0, "aXb", -1}}, "ab|", "aXb|"},
	}
	for _, tt := range tests {
		for _, inline := range []bool{false, true} {
			a := &Assembler{Config: Config{InlineUrgent: inline}}
			r := record(a, [2]uint32{0, 0})
			for _, s := range tt.segs {
				b := up(ackFlag, uint32(s.at+1), 1, s.data).packet()
				if s.pointer >= 0 {
					b[33] |= byte(layers.TCPUrg)
					binary.BigEndian.PutUint16(b[38:], uint16(s.pointer))
				}
				var p layers.Packet
				rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw}
				new(layers.Decoder).Decode(&p, rec)
				a.Push(&p, rec)
			}
			a.Flush()
			want := tt.want
			if inline {
				want = tt.inline
			}
			if got := r.text()[0]; got != want || a.Held() != 0 {
				t.Errorf("%s, inline %v: %q, want %q", tt.name, inline, got, want)
			}
		}
	}
}
