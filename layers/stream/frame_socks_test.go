package stream_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// RFC 1928 sections 3 to 6, RFC 1929 section 2; "SOCKS: A protocol for TCP proxy
// across firewalls", and its extension 4A.
func TestSOCKS(t *testing.T) {
	const (
		ask5   = "\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"
		reply5 = "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
		ask4   = "\x04\x01\x00\x50\xc0\x00\x02\x01"
		reply4 = "\x00\x5a\x00\x00\x00\x00\x00\x00"
		ok     = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	)
	both := []string{get, ok}
	for name, tt := range map[string]struct {
		talk talk
		want []string
	}{
		"5":                   {talk{{false, "\x05\x01\x00"}, {true, "\x05\x00"}, {false, ask5}, {true, reply5}, {false, get}, {true, ok}}, both},
		"5 at once":           {talk{{false, "\x05\x01\x00" + ask5 + get}, {true, "\x05\x00" + reply5 + ok}}, both},
		"5 with a password":   {talk{{false, "\x05\x02\x00\x02\x01\x01a\x01b" + ask5 + get}, {true, "\x05\x02\x01\x00" + reply5 + ok}}, both},
		"5 with empty ones":   {talk{{false, "\x05\x01\x02\x01\x00\x00" + ask5 + get}, {true, "\x05\x02\x01\x00" + reply5 + ok}}, both},
		"5 to a name":         {talk{{false, "\x05\x01\x00\x05\x01\x00\x03\x09a.example\x00\x50" + get}, {true, "\x05\x00\x05\x00\x00\x03\x01x\x00\x00" + ok}}, both},
		"5 to IPv6":           {talk{{false, "\x05\x01\x00\x05\x01\x00\x04" + strings.Repeat("\x20", 18) + get}, {true, "\x05\x00\x05\x00\x00\x04" + strings.Repeat("\x20", 18) + ok}}, both},
		"5, the client alone": {talk{{false, "\x05\x01\x00" + ask5 + get}}, both[:1]},
		"4":                   {talk{{false, ask4 + "user\x00"}, {true, reply4}, {false, get}, {true, ok}}, both},
		"4 at once":           {talk{{false, ask4 + "\x00" + get}, {true, reply4 + ok}}, both},
		"4A at once":          {talk{{false, "\x04\x01\x00\x50\x00\x00\x00\x01u\x00a.example\x00" + get}, {true, reply4 + ok}}, both},
		"not as specified":    {talk{{false, "\x05\x01\x01"}, {true, "\x05\x01"}, {false, "\x01\x00\x00"}, {false, get}}, nil},
		"another address":     {talk{{false, "\x05\x01\x00\x05\x01\x00\x09"}, {false, get}}, nil},
	} {
		for _, size := range segmentSizes {
			a := new(stream.Assembler)
			var got []string
			for _, m := range play(a, onPort(4000, tt.talk.segs(size))...) {
				if m.Via != stream.SOCKS {
					t.Errorf("%s: via %v", name, m.Via)
				}
				got = append(got, m.Data)
			}
			if tt.want == nil { // whatever follows a negotiation that fails
				got = nil
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || a.Stats().Protos[stream.SOCKS] != 1 || a.Held() != 0 {
				t.Errorf("%s, segments of %d bytes (-want +got), %+v:\n%s", name, size, a.Stats(), diff)
			}
		}
	}
}

// A tunnel may lead to another proxy, but not endlessly.
func TestSOCKSInSOCKS(t *testing.T) {
	const hop = "\x04\x01\x00\x50\xc0\x00\x02\x01\x00"
	for n, want := range map[int]int{8: 1, 9: 0, 1000: 0} {
		a := new(stream.Assembler)
		got := play(a, talk{{false, strings.Repeat(hop, n) + get}}.segs(1<<14)...)
		if len(got) != want || (a.Stats().TooDeep > 0) != (want == 0) || a.Held() != 0 {
			t.Errorf("%d tunnels: %d messages, %+v", n, len(got), a.Stats())
		}
	}
}

// A negotiation that is too long to be one does not hide the tunnel's bytes.
func TestSOCKSLongUser(t *testing.T) {
	for n, want := range map[int]bool{500: true, 503: true, 504: false, 5000: false} {
		tk := talk{{false, "\x04\x01\x00\x50\xc0\x00\x02\x01" + strings.Repeat("u", n) + "\x00" + get}}
		for _, size := range segmentSizes {
			a := new(stream.Assembler)
			got := play(a, tk.segs(size)...)
			if len(got) != 1 || (got[0].Via == stream.SOCKS) != want || a.Held() != 0 {
				t.Errorf("a user name of %d bytes, segments of %d: %+v", n, size, got)
			}
		}
	}
}
