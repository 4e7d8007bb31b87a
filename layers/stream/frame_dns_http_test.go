package stream_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// The examples of RFC 8484 sections 4.1.1 and 4.2.2.
const (
	dohParam    = "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"
	dohQuery    = "\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x01\x00\x01"
	dohResponse = "\x00\x00\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x03www\x07example\x03com\x00\x00\x1c\x00\x01\xc0\x0c\x00\x1c\x00\x01\x00\x00\x0e\x7d\x00\x10\x20\x01\x0d\xb8\xab\xcd\x00\x12\x00\x01\x00\x02\x00\x03\x00\x04"
	dohType     = "Content-Type: application/dns-message\r\n"
)

func dohGet(param, fields string) string {
	return "GET /dns-query?" + param + " HTTP/1.1\r\nHost: dnsserver.example.net\r\n" + fields + "\r\n"
}

func dohPost(body string) string {
	return fmt.Sprintf("POST /dns-query HTTP/1.1\r\nHost: dnsserver.example.net\r\n%sContent-Length: %d\r\n\r\n%s", dohType, len(body), body)
}

func dohAnswer(fields, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", fields, len(body), body)
}

func TestDNSOverHTTP(t *testing.T) {
	const accept = "Accept: application/dns-message\r\n"
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte(dohResponse))
	w.Close()
	long := strings.Repeat("x", 65536)
	q, r := "C "+hex.EncodeToString([]byte(dohQuery)), "S "+hex.EncodeToString([]byte(dohResponse))
	tests := []struct {
		name  string
		talk  talk
		want  []string
		stats stream.Stats // TooLong, Malformed, Incomplete
	}{
		{"GET", talk{{false, dohGet("dns="+dohParam, accept)}, {true, dohAnswer(dohType, dohResponse)}}, []string{q, r}, stream.Stats{}},
		{"GET, another parameter, no Accept", talk{{false, dohGet("ct&dns="+dohParam+"==&x=y", "")}}, []string{q}, stream.Stats{}},
		{"POST", talk{{false, dohPost(dohQuery)}, {true, dohAnswer(dohType, dohResponse)}}, []string{q, r}, stream.Stats{}},
		{"gzip", talk{{false, dohPost(dohQuery)}, {true, dohAnswer("Content-Encoding: gzip\r\nContent-Type: Application/DNS-Message; x=y\r\n", zipped.String())}}, []string{q, r}, stream.Stats{}},
		{"chunked", talk{{false, dohPost(dohQuery)}, {true, "HTTP/1.1 200 OK\r\n" + dohType + "Transfer-Encoding: chunked\r\n\r\n5\r\n" + dohResponse[:5] + "\r\n38\r\n" + dohResponse[5:] + "\r\n0\r\n\r\n"}}, []string{q, r}, stream.Stats{}},
		{"an error page", talk{{false, dohPost(dohQuery)}, {true, dohAnswer("Content-Type: text/html\r\n", "no")}}, []string{q}, stream.Stats{}},
		{"not DNS", talk{{false, dohPost("no")}, {true, dohAnswer(dohType, "<html>")}}, nil, stream.Stats{Malformed: 2}},
		{"a damaged record", talk{{true, dohAnswer(dohType, dohResponse[:len(dohResponse)-1])}}, []string{r[:len(r)-2]}, stream.Stats{Malformed: 1}},
		{"too long", talk{{false, dohPost(dohQuery + long)}}, nil, stream.Stats{TooLong: 1}},
		{"cut", talk{{false, dohPost(dohQuery)[:140]}}, nil, stream.Stats{Incomplete: 1}},
		{"not base64", talk{{false, dohGet("dns=%00"+dohParam, accept)}}, nil, stream.Stats{Malformed: 1}},
		{"another server's parameter", talk{{false, dohGet("dns=192.0.2.1", "")}, {false, dohGet("xdns="+dohParam, "")}, {false, dohGet("dns=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "")}}, nil, stream.Stats{}},
		{"a response as a parameter", talk{{false, dohGet("dns="+base64.RawURLEncoding.EncodeToString([]byte(dohResponse)), "")}}, nil, stream.Stats{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, config := range []stream.Config{{}, {NoFiles: true}, {Hash: stream.HashSHA256, Content: true}} {
				for _, size := range []int{1 << 14, 1} {
					a := &stream.Assembler{Config: config}
					var got []string
					for _, m := range play(a, tt.talk.segs(size)...) {
						if m.Proto != stream.DNS {
							continue
						}
						side := "S "
						if m.FromClient {
							side = "C "
						}
						got = append(got, side+hex.EncodeToString([]byte(m.Data)))
						if m.Via != stream.HTTP1 {
							t.Errorf("Via %v", m.Via)
						}
					}
					if diff := cmp.Diff(tt.want, got); diff != "" {
						t.Errorf("%+v, segments of %d bytes (-want +got):\n%s", config, size, diff)
					}
					s := a.Stats()
					if s.TooLong != tt.stats.TooLong || s.Malformed != tt.stats.Malformed || s.Incomplete != tt.stats.Incomplete || s.Held != 0 {
						t.Errorf("%+v, segments of %d bytes: %+v", config, size, s)
					}
				}
			}
		})
	}
}

// A message whose bytes are missing is not reported.
func TestDNSOverHTTPLost(t *testing.T) {
	a := new(stream.Assembler)
	answer := dohAnswer(dohType, dohResponse)
	got := play(a, seg{flags: ack, seq: 1, data: dohPost(dohQuery)},
		seg{server: true, flags: ack, seq: 1, data: answer[:len(answer)-20]},
		seg{server: true, flags: ack, seq: 1 + uint32(len(answer)) - 10, data: answer[len(answer)-10:]})
	if len(got) != 3 || a.Stats().Incomplete != 1 {
		t.Errorf("%d messages, %+v", len(got), a.Stats())
	}
}

// On the port of DNS over TLS (RFC 7858), a tunnel's messages are recognised by their
// header.
func TestDNSInTunnel(t *testing.T) {
	connect := talk{{false, "CONNECT a.example:853 HTTP/1.1\r\n\r\n"}, {true, "HTTP/1.1 200 OK\r\n\r\n"}}
	segs := append(connect, talk{{false, prefixed(dnsQuery)}, {true, prefixed(dnsResponse)}}...).segs(1)
	for i := range segs {
		segs[i].port = 853
	}
	var got []string
	for _, m := range play(new(stream.Assembler), segs...) {
		if m.Proto == stream.DNS && m.Via == stream.Connect {
			got = append(got, m.Data)
		}
	}
	if diff := cmp.Diff([]string{dnsQuery, dnsResponse}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
