package stream_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// udpVPN is ovpn without the length.
func udpVPN(server bool, opcode byte, rest string) gram {
	return gram{server, []byte(ovpn(opcode, "", rest)[2:])}
}

// Over UDP, messages that arrive late, twice, or not at all are put in order. A
// second session between the same endpoints starts anew.
func TestOpenVPNOverUDP(t *testing.T) {
	hello := clientHello[5:]
	third := len(clientHello) / 3
	number := func(n byte) string { return "\x00\x00\x00" + string(n) }
	control := func(n byte, data string) gram { return udpVPN(false, 4, "\x00"+number(n)+data) }
	reset := udpVPN(false, 7, "\x00"+number(0))
	answer := udpVPN(true, 8, "\x01"+number(0)+"session2"+number(0))
	serverHello := udpVPN(true, 4, "\x00"+number(1)+"\x16\x03\x03\x00\x05\x02\x00\x00\x01a")
	data := gram{false, []byte("\x30data that is long enough")}
	first, second, last := control(1, clientHello[:third]), control(2, clientHello[third:2*third]), control(3, clientHello[2*third:])
	both := []string{hello, "\x02\x00\x00\x01a"}
	for _, tt := range []struct {
		name  string
		grams []gram
		want  []string
		left  int // sessions
	}{
		{"in order", []gram{reset, answer, first, second, last, serverHello, data}, both, 1},
		{"to the end", []gram{reset, answer, first, second, last, serverHello, data, {true, data.data}, first}, both, 0},
		{"late and again", []gram{reset, reset, answer, last, second, last, first, second, serverHello}, both, 1},
		{"one is lost", []gram{reset, answer, first, last, serverHello}, both[1:], 1},
		{"another session", []gram{reset, first, second, last, reset, first, second, last}, []string{hello, hello}, 1},
		{"no beginning", []gram{answer, first, second, last}, nil, 0},
	} {
		var a stream.Assembler
		var out []string
		for _, m := range sendAll(&a, tt.grams...) {
			if m.Proto != stream.TLS || m.Via != stream.OpenVPN || m.FromClient != (m.Data == hello) {
				t.Errorf("%s: %+v", tt.name, m)
			}
			out = append(out, m.Data)
		}
		if diff := cmp.Diff(tt.want, out); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if s := a.Stats(); s.Open != tt.left {
			t.Errorf("%s: %+v", tt.name, s)
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.Open != 0 {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
}

// Many sessions, with their waiting messages, do not exceed the limits.
func TestOpenVPNFlood(t *testing.T) {
	const most = 1 << 20
	a := stream.Assembler{Config: stream.Config{MaxBytes: most}}
	for i := range 2000 {
		for j, g := range []gram{
			udpVPN(false, 7, "\x00\x00\x00\x00\x00"),
			udpVPN(false, 4, fmt.Sprintf("\x00\x00\x00\x00%c%01000d", 2+i%20, i)),
			udpVPN(false, 4, "\x00\x00\x00\x00\x01\x16\x03\x01\xff\xff\x01\xff\xff\xff"),
		} {
			b := build.UDP("192.0.2.1", uint16(10000+i), "198.51.100.7", 1194, g.data)
			pushUDP(&a, b, 0, int64(3*i+j+1), start.Add(time.Duration(i)*time.Microsecond))
		}
		if s := a.Stats(); s.Held > most/8 || s.Open > 64 {
			t.Fatalf("%+v", s)
		}
	}
	if s := a.Stats(); s.Conns != 2000 || s.Evicted+s.Open != 2000 {
		t.Errorf("%+v", s)
	}
	a.Flush()
	if s := a.Stats(); s.Held != 0 || s.Open != 0 {
		t.Errorf("%+v", s)
	}
}

// FuzzOpenVPN checks that for any datagrams of a few endpoints, the memory is
// limited and nothing remains held. Each datagram begins with a byte for the
// endpoints and one for its length.
func FuzzOpenVPN(f *testing.F) {
	datagram := func(who byte, g gram) string { return string([]byte{who, byte(len(g.data))}) + string(g.data) }
	reset := udpVPN(false, 7, "\x00\x00\x00\x00\x00")
	f.Add([]byte(datagram(0, reset) + datagram(0, udpVPN(false, 4, "\x00\x00\x00\x00\x02abc")) + datagram(0, udpVPN(false, 4, "\x00\x00\x00\x00\x01\x16\x03\x01\x00\x05\x01\x00\x00\x01")) + datagram(1, udpVPN(true, 6, "data"))))
	f.Add([]byte(datagram(0, reset) + datagram(2, reset) + datagram(1, reset) + datagram(0, reset)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := stream.Assembler{Config: stream.Config{MaxBytes: 40_000}}
		for i := int64(1); len(b) >= 2; i++ {
			n := min(int(b[1]), len(b)-2)
			src, dst := 1000+uint16(b[0]>>1), uint16(1194)
			if b[0]&1 != 0 {
				src, dst = dst, src
			}
			pushUDP(&a, build.UDP("192.0.2.1", src, "192.0.2.1", dst, b[2:2+n]), 0, i, start)
			b = b[2+n:]
			if s := a.Stats(); s.Held > a.MaxBytes {
				t.Fatalf("%+v", s)
			}
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.Open != 0 {
			t.Fatalf("%+v", s)
		}
	})
}
