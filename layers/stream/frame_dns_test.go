package stream_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

const (
	// RFC 1035 section 4.1: header, then a question for www.example, type A, class IN.
	dnsQuery    = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01"
	dnsResponse = "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03www\x07example\x00\x00\x01\x00\x01\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01"
)

func prefixed(m string) string { return string([]byte{byte(len(m) >> 8), byte(len(m))}) + m }

func TestDNSOverTCP(t *testing.T) {
	q, r := prefixed(dnsQuery), prefixed(dnsResponse)
	longest := dnsQuery + strings.Repeat("x", 65535-len(dnsQuery))
	tests := []struct {
		name string
		port uint16
		talk talk
		want []string
	}{
		{"query and response", 53, talk{{false, q}, {true, r}}, []string{dnsQuery, dnsResponse}},
		{"several queries", 53, talk{{false, q + q + q}}, []string{dnsQuery, dnsQuery, dnsQuery}},
		{"another port", 8053, talk{{false, q}, {true, r}}, []string{dnsQuery, dnsResponse}},
		{"a length of zero", 53, talk{{false, q + "\x00\x00" + q}}, []string{dnsQuery, dnsQuery}},
		{"a length of 65,535", 53, talk{{false, prefixed(longest) + q}}, []string{longest, dnsQuery}},
		{"a length of 65,535, and little data", 53, talk{{false, "\xff\xff" + dnsQuery}}, nil},
		{"not DNS", 53, talk{{false, "\x00\x20 this is not a message at all..."}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1 << 14, 7, 1} {
				if size <= 7 && tt.port != 53 {
					continue // on other ports the first segment must hold a whole message
				}
				segs := tt.talk.segs(size)
				for i := range segs {
					segs[i].port = tt.port
				}
				var data []string
				for _, m := range play(new(stream.Assembler), segs...) {
					if m.Proto != stream.DNS || m.FromClient != strings.HasPrefix(m.Data, dnsQuery) {
						t.Errorf("message %+v", m)
					}
					data = append(data, m.Data)
				}
				if diff := cmp.Diff(tt.want, data); diff != "" {
					t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}
