package stream_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// ovpn is an OpenVPN packet over TCP: opcode, the fields of --tls-auth, and the
// rest.
func ovpn(opcode byte, auth, rest string) string {
	b := binary.BigEndian.AppendUint16(nil, uint16(9+len(auth)+len(rest)))
	return string(append(b, opcode<<3)) + "session1" + auth + rest
}

// OpenVPN's TLS is found with and without --tls-auth, with and without
// retransmissions, and however the packets are split after the first three
// bytes.
func TestOpenVPN(t *testing.T) {
	hello := clientHello[5:]
	half := len(clientHello) / 2
	number := func(n byte) string { return "\x00\x00\x00" + string(n) }
	for name, auth := range map[string]string{
		"no authentication": "", "HMAC-SHA1": strings.Repeat("h", 20) + number(1) + "time", "HMAC-SHA512": strings.Repeat("\x00", 64) + number(1) + "time",
	} {
		later := auth
		if auth != "" {
			later = auth[:len(auth)-8] + number(2) + "time"
		}
		tk := talk{
			{false, ovpn(7, auth, "\x00"+number(0))},
			{true, ovpn(8, later, "\x01"+number(0)+"session2"+number(0))},
			{false, ovpn(5, later, "\x01"+number(0)+"session2")},
			{false, ovpn(4, later, "\x00"+number(1)+clientHello[:half])},
			{false, ovpn(4, later, "\x00"+number(1)+clientHello[:half])},
			{false, ovpn(4, later, "\x01"+number(1)+"session2"+number(2)+clientHello[half:])},
			{true, ovpn(4, later, "\x00"+number(1)+"\x16\x03\x03\x00\x05\x02\x00\x00\x01a")},
			{false, ovpn(6, "", "data"+clientHello)},
		}
		for _, size := range segmentSizes {
			if size < 3 {
				continue
			}
			var got []string
			a := new(stream.Assembler)
			for _, m := range play(a, onPort(1194, tk.segs(size))...) {
				if m.Via != stream.OpenVPN || m.Proto != stream.TLS {
					t.Errorf("%s: %+v", name, m)
				}
				got = append(got, m.Data)
			}
			if diff := cmp.Diff([]string{hello, "\x02\x00\x00\x01a"}, got); diff != "" {
				t.Errorf("%s, segments of %d bytes (-want +got):\n%s", name, size, diff)
			}
			if s := a.Stats(); s.Held != 0 || s.Protos[stream.OpenVPN] != 1 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// Data that begins like OpenVPN but is not yields no messages, and nothing is
// held.
func TestNoOpenVPN(t *testing.T) {
	reset := ovpn(7, "", "\x00\x00\x00\x00\x00")
	for name, data := range map[string]string{
		"an acknowledgement":      ovpn(7, "", "\x01\x00\x00\x00\x00"),
		"an HMAC of 9 bytes":      ovpn(7, strings.Repeat("h", 9)+"\x00\x00\x00\x01time", "\x00\x00\x00\x00\x00"),
		"no replay number":        ovpn(7, strings.Repeat("h", 28), "\x00\x00\x00\x00\x00"),
		"a packet without length": reset + "\x00\x00\x20",
		"a packet too short":      reset + "\x00\x01\x20" + "\x00\x02\x20\x00" + "\x00\x0a\x2012345678\xff",
		"another key":             reset + "\x00\x0e\x21session1\x00\x00\x00\x00\x01" + clientHello,
	} {
		for _, size := range segmentSizes {
			if size < 3 {
				continue
			}
			a := new(stream.Assembler)
			if got := play(a, onPort(4000, talk{{false, data}}.segs(size))...); len(got) != 0 || a.Stats().Held != 0 {
				t.Errorf("%s: %+v, %d held", name, got, a.Stats().Held)
			}
		}
	}
}
