package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// A response belongs to the request that its sender had seen, as its
// acknowledgement says, whatever was captured in between.
func TestHTTPPairs(t *testing.T) {
	ask := func(n int) string { return fmt.Sprintf("GET /%d HTTP/1.1\r\n\r\n", n) }                             // 19 bytes
	res := func(status int) string { return fmt.Sprintf("HTTP/1.1 %d A\r\nContent-Length: 0\r\n\r\n", status) } // 37 bytes
	post := "POST /1 HTTP/1.1\r\nContent-Length: 9\r\n\r\n"
	const q, r = 19, 37
	c := func(seq, acked uint32, data string) seg {
		return seg{flags: ack, seq: 1 + seq, ack: 1 + acked, data: data}
	}
	s := func(seq, acked uint32, data string) seg {
		return seg{server: true, flags: ack, seq: 1 + seq, ack: 1 + acked, data: data}
	}
	for _, tt := range []struct {
		name string
		segs []seg
		want string
	}{
		{"in turn", []seg{c(0, 0, ask(1)), s(0, q, res(200)), c(q, r, ask(2)), s(r, 2*q, res(404))}, "200 /1, 404 /2"},
		{"RFC 9110 section 15.5.9: a timeout before the request", []seg{s(0, 0, res(408)), c(0, 0, ask(1))}, "408 "},
		{"it crosses the request", []seg{c(0, 0, ask(1)), s(0, 0, res(408))}, "408 "},
		{"it crosses the second request", []seg{c(0, 0, ask(1)), s(0, q, res(200)), c(q, r, ask(2)), s(r, q, res(408))}, "200 /1, 408 "},
		{"the sender had seen half a request", []seg{c(0, 0, ask(1)[:9]), c(9, 0, ask(1)[9:]), s(0, 9, res(431))}, "431 /1"},
		{"it does not wait for the body", []seg{c(0, 0, post+"abc"), c(uint32(len(post))+3, 0, "def"), s(0, uint32(len(post))+3, res(413))}, "413 /1"},
		{"pipelined, answered before the last arrives", []seg{c(0, 0, ask(1)+ask(2)), c(2*q, 0, ask(3)), s(0, q, res(200)), s(r, 2*q, res(201)), s(2*r, 3*q, res(202))},
			"200 /1, 201 /2, 202 /3"},
		{"more is acknowledged than the request", []seg{c(0, 0, ask(1)), c(q, 0, ask(2)), s(0, 2*q, res(200)+res(201))}, "200 /1, 201 /2"},
		{"the first response and the second request are missing", []seg{c(0, 0, ask(1)), s(r, 2*q, res(201)), c(2*q, 2*r, ask(3)), s(2*r, 3*q, res(202))}, "201 , 202 /3"},
		{"the first request is missing", []seg{s(0, q, res(200)), c(q, r, ask(2)), s(r, 2*q, res(201))}, "200 , 201 /2"},
		{"the first response is missing", []seg{c(0, 0, ask(1)), c(q, r, ask(2)), s(r, 2*q, res(201))}, "201 /2"},
		{"the first response comes last", []seg{c(0, 0, ask(1)), c(q, r, ask(2)), s(r, 2*q, res(201)), s(0, q, res(200))}, "201 /2"},
		{"an interim response", []seg{c(0, 0, post), s(0, uint32(len(post)), "HTTP/1.1 100 A\r\n\r\n"), c(uint32(len(post)), 18, "123456789"), s(18, uint32(len(post))+9, res(200))}, "100 /1, 200 /1"},
		{"an interim response after a loss", []seg{c(0, 0, ask(0)), c(q, r, post), s(r, q+uint32(len(post)), "HTTP/1.1 100 A\r\n\r\n"), c(q+uint32(len(post)), r+18, "123456789"),
			s(r+18, q+uint32(len(post))+9, res(200))}, "100 /1, 200 /1"},
		{"no acknowledgements", []seg{{seq: 1, data: ask(1)}, {server: true, seq: 1, data: res(200)}}, "200 /1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := new(stream.Assembler)
			var got []string
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					if m.Kind == stream.HTTPResponse {
						res, _ := http1.ParseResponse(m.Data)
						req, _ := http1.ParseRequest(m.Request)
						got = append(got, fmt.Sprintf("%d %s", res.Status(), req.Target()))
					}
				}
			}
			open := []seg{{flags: syn}, {server: true, flags: syn | ack, ack: 1}}
			for i, s := range append(open, tt.segs...) {
				push(a, s, int64(i+1), start, keep)
			}
			keep(a.Flush())
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("responses (-want +got):\n%s", diff)
			}
			if held := a.Stats().Held; held != 0 {
				t.Errorf("%d bytes held", held)
			}
		})
	}
}
