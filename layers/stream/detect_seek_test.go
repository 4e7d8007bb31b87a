package stream_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// certificates is a record with a Certificate message that has an empty
// certificate (RFC 5246 section 7.4.2).
const certificates = "\x16\x03\x03\x00\x0a\x0b\x00\x00\x06\x00\x00\x03\x00\x00\x00"

// kinds returns the kinds of the messages of a talk without a SYN, which is cut
// into segments of a size.
func kinds(tk talk, size int) (list []stream.Kind) {
	a := new(stream.Assembler)
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			list = append(list, m.Kind)
		}
	}
	for i, s := range onPort(4000, tk.segs(size)[2:]) {
		push(a, s, int64(i+1), start, keep)
	}
	keep(a.Flush())
	return list
}

// TLS is found after unrecognised bytes, but only after the first of a side.
func TestSeekLimit(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 511: 1, 513: 1, 16_383: 1, 16_384: 0, 60_007: 0} {
		tk := talk{{false, strings.Repeat("x", n) + clientHello}}
		for _, size := range []int{1000, 999, 61} {
			if got := play(new(stream.Assembler), onPort(4000, tk.segs(size))...); len(got) != want {
				t.Errorf("after %d bytes in segments of %d: %d messages", n, size, len(got))
			}
		}
	}
}

// Bytes that only resemble a hello are not recognised.
func TestSeekNoHello(t *testing.T) {
	for _, data := range []string{
		"\x16\x03\x01\x00\x30\x01\x01\x00\x2c\x03\x03",         // a message longer than any hello
		"\x16\x03\x01\x00\x30\x01\x00\x00\x2c\x04\x03",         // of an unknown version
		"\x16\x03\x01\x00\x30\x01\x00\x00\x10\x03\x03",         // without room for a random
		"\x16\x03\x01\x00\x00\x01\x00\x00\x2c\x03\x03",         // in an empty record
		"\x16\x03\x05\x00\x30\x01\x00\x00\x2c\x03\x03",         // in a record of an unknown version
		"\x16\x03\x03\x00\x0a\x0b\x00\x00\x06\x00\x00\x04\x00", // a list longer than its message
	} {
		for _, size := range segmentSizes[:1] {
			tk := talk{{false, "x" + data + strings.Repeat("x", 100)}}
			if got := protocols(tk, size, 4000); len(got) != 0 {
				t.Errorf("%q: %v", data, got)
			}
		}
	}
}

// The first message of a side may be a Certificate: the hello before it was lost.
func TestCertificateFirst(t *testing.T) {
	both := []stream.Kind{stream.Certificate}
	for _, size := range segmentSizes {
		if diff := cmp.Diff(both, kinds(talk{{true, certificates}}, size)); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if diff := cmp.Diff(append(both, stream.ClientHello), kinds(talk{{true, certificates}, {false, clientHello}}, size)); diff != "" {
			t.Errorf("before the client, segments of %d bytes (-want +got):\n%s", size, diff)
		}
	}
	lost := []seg{
		{flags: syn, seq: 0}, {server: true, flags: syn | ack, seq: 0, ack: 1},
		{flags: ack, seq: 1, ack: 1, data: clientHello},
		{server: true, flags: ack, seq: 101, ack: 1, data: certificates},
		{flags: ack, seq: 1 + uint32(len(clientHello)), ack: 101 + uint32(len(certificates))},
	}
	got := play(new(stream.Assembler), lost...)
	if len(got) != 2 || got[1].Data != certificates[5:] {
		t.Errorf("after a gap: %+v", got)
	}
}

// The server's packets may be captured before those of the client, with what
// precedes TLS.
func TestTLSServerFirst(t *testing.T) {
	hello := "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("s", 32) + "\x00\xc0\x2f\x00"
	want := []stream.Kind{stream.ServerHello, stream.ClientHello}
	for name, tk := range map[string]talk{
		"at once":    {{true, hello}, {false, clientHello}},
		"PostgreSQL": {{true, "S" + hello}, {false, "\x00\x00\x00\x08\x04\xd2\x16\x2f" + clientHello}},
		"alerts":     {{true, "\x15\x03\x03\x00\x02\x01\x70" + hello}, {false, "\x15\x03\x03\x00\x02\x01\x00" + clientHello}},
	} {
		for _, size := range segmentSizes {
			if diff := cmp.Diff(want, kinds(tk, size)); diff != "" {
				t.Errorf("%s, segments of %d bytes (-want +got):\n%s", name, size, diff)
			}
		}
	}
}
