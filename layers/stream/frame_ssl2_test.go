package stream_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// A SERVER-HELLO of SSL 2 yields its certificate and nothing else, however it
// is split after its header.
func TestSSL2(t *testing.T) {
	hello := func(version byte, der string) string {
		b := binary.BigEndian.AppendUint16(nil, uint16(0x8000|11+len(der)+6+16))
		b = append(b, 4, 0, 1, 0, version)
		for _, n := range []int{len(der), 6, 16} {
			b = binary.BigEndian.AppendUint16(b, uint16(n))
		}
		return string(b) + der + "\x01\x00\x80\x07\x00\xc0" + "connection id 16"
	}
	client := "\x80\x22\x01\x00\x02\x00\x09\x00\x00\x00\x10\x01\x00\x80\x07\x00\xc0\x02\x00\x80challenge 16 byt"
	der := "\x30\x82\x03\x00" + strings.Repeat("x", 768)
	for _, size := range []int{1 << 14, 100, 13} {
		a := new(stream.Assembler)
		got := play(a, onPort(4000, talk{{false, client}, {true, hello(2, der)}, {false, "\x81\x12encrypted"}, {true, hello(2, der)}}.segs(size))...)
		if len(got) != 1 || got[0].Proto != stream.TLS || got[0].FromClient {
			t.Fatalf("segments of %d bytes: %+v", size, got)
		}
		c, err := tls.ParseCertificate([]byte(got[0].Data))
		if err != nil || c.Validate() != nil {
			t.Fatal(err, c.Validate())
		}
		for cert := range c.Chain() {
			if string(cert) != der {
				t.Errorf("%d bytes of certificate", len(cert))
			}
		}
		if s := a.Stats(); s.Held != 0 || s.Protos[stream.SSL2] != 1 {
			t.Errorf("%+v", s)
		}
		for _, other := range []string{hello(3, der), hello(2, ""), hello(2, der)[:2] + "\x05" + hello(2, der)[3:], "\x80\x22" + hello(2, der)[2:]} {
			if got := protocols(talk{{true, other}}, size, 4000); len(got) != 0 {
				t.Errorf("%.20q is %v", other, got)
			}
		}
	}
}
