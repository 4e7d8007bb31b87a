package stream_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// FuzzTLS checks that any bytes after the beginning of TLS, directly or in
// OpenVPN, yield the same messages however they are split, and that nothing
// remains held.
func FuzzTLS(f *testing.F) {
	const hello = "\x16\x03\x01\x00\x05\x01\x00\x00\x01a"
	f.Add([]byte("\x14\x03\x03\x00\x01\x01"+hello+"\x17\x03\x03\x00\x01x"+hello), uint8(3))
	f.Add([]byte("\x16\x03\x03\x00\x06\x0b\x00\x00\x07\x00\x00\x16\x03\x03\x00\x05\x04\x00\x00\x01x\x15\x03\x03\x00\x02\x01\x00"), uint8(1))
	f.Add([]byte("\x00\x18\x20session1\x00\x00\x00\x00\x01"+hello+"\x00\x1b\x28session1\x01\x00\x00\x00\x00session2\x00"), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		for _, begin := range []string{hello, ovpn(7, "", "\x00\x00\x00\x00\x00")} {
			var out [2][]string
			for i, size := range []int{1 << 14, max(int(cut), 1)} {
				tk := talk{{false, begin}}.segs(1 << 14)
				rest := talk{{false, string(b)}}.segs(size)[2:]
				for j := range rest {
					rest[j].seq += uint32(len(begin))
				}
				a := &stream.Assembler{Config: stream.Config{MaxMessage: 2000}}
				for _, m := range play(a, onPort(4000, append(tk, rest...))...) {
					out[i] = append(out[i], m.Data)
				}
				if s := a.Stats(); s.Held != 0 {
					t.Errorf("%d bytes held", s.Held)
				}
			}
			if diff := cmp.Diff(out[0], out[1]); diff != "" {
				t.Errorf("after %x (-whole +cut):\n%s", begin, diff)
			}
		}
	})
}
