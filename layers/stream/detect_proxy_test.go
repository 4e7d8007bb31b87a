package stream_test

import (
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// The examples of the specification of the PROXY protocol
// (https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt), sections 2.1
// and 2.2, and what a receiver must refuse.
func TestPROXY(t *testing.T) {
	const signature = "\r\n\r\n\x00\r\nQUIT\n"
	four := "\xc0\xa8\x00\x01\xc0\xa8\x00\x0b\xdc\x04\x01\xbb"
	six := strings.Repeat("\xff", 32) + "\xff\xff\xff\xff"
	long := "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
	for name, tt := range map[string]struct {
		header string
		want   string // the addresses
		ok     bool
	}{
		"TCP4":             {"PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324 192.168.0.11:443", true},
		"TCP4 longest":     {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535 255.255.255.255:65535", true},
		"TCP6 longest":     {"PROXY TCP6 " + long + " " + long + " 65535 65535\r\n", "[" + long + "]:65535 [" + long + "]:65535", true},
		"UNKNOWN":          {"PROXY UNKNOWN\r\n", "", true},
		"UNKNOWN longest":  {"PROXY UNKNOWN " + long + " " + long + " 65535 65535\r\n", "[" + long + "]:65535 [" + long + "]:65535", true},
		"bad address":      {"PROXY TCP4 192.168.0.256 192.168.0.11 56324 443\r\n", "", true},
		"another word":     {"PROXY HTTP 192.168.0.1 192.168.0.11 56324 443\r\n", "", false},
		"too long":         {"PROXY TCP4 " + strings.Repeat("1", 100) + "\r\n", "", false},
		"binary TCP4":      {signature + "\x21\x11\x00\x0c" + four, "192.168.0.1:56324 192.168.0.11:443", true},
		"binary TCP6":      {signature + "\x21\x21\x00\x24" + six, "[" + long + "]:65535 [" + long + "]:65535", true},
		"binary UDP4":      {signature + "\x21\x12\x00\x0c" + four, "192.168.0.1:56324 192.168.0.11:443", true},
		"binary UNIX":      {signature + "\x21\x31\x00\xd8" + strings.Repeat("/", 216), "", true},
		"binary UNSPEC":    {signature + "\x21\x00\x00\x00", "", true},
		"binary LOCAL":     {signature + "\x20\x11\x00\x0c" + four, "", true},
		"binary too short": {signature + "\x21\x11\x00\x04abcd", "", true},
		"binary extended":  {signature + "\x21\x11\x00\x10" + four + "\x04\x00\x01x", "192.168.0.1:56324 192.168.0.11:443", true},
		"binary version 1": {signature + "\x11\x11\x00\x0c" + four, "", false},
	} {
		for _, size := range segmentSizes {
			a := new(stream.Assembler)
			var got string
			requests := 0
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					requests++
					if p := m.Conn.Proxied; p != nil {
						got = p.Src.String() + " " + p.Dst.String()
					}
					if m.Via.Has(stream.PROXY) != tt.ok || !m.FromClient {
						t.Errorf("%s: via %v from client %v", name, m.Via, m.FromClient)
					}
				}
			}
			for i, s := range (talk{{false, tt.header + get}}).segs(size) {
				push(a, s, int64(i+1), start, keep)
			}
			keep(a.Flush())
			if requests != 1 || got != tt.want || (a.Stats().Protos[stream.PROXY] == 1) != tt.ok || a.Held() != 0 {
				t.Errorf("%s, segments of %d bytes: %d requests, addresses %q, %+v", name, size, requests, got, a.Stats())
			}
		}
	}
}
