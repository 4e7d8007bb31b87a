package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/sse"
	"github.com/sightline-go/sightline/layers/stream"
)

// events returns a response that streams events, as HTTP/1 does without a length.
func events(body string) talk {
	return talk{{false, "GET /events HTTP/1.1\r\nHost: a.example\r\n\r\n"}, {true, "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n\r\n" + body}}
}

// Streams of the HTML Standard section 9.2, over HTTP/1, and what is wrong with others.
func TestServerSentEvents(t *testing.T) {
	long := "data: " + strings.Repeat("x", 400) + "\n"
	for name, tt := range map[string]struct {
		body   string
		want   []string
		holds  string
		counts [2]int // TooLong, Incomplete
	}{
		"stocks":            {"data: YHOO\ndata: +2\ndata: 10\n\n: ping\n\n", []string{"data: YHOO\ndata: +2\ndata: 10\n\n"}, "server-sent event", [2]int{}},
		"CR LF":             {"event: a\r\nid: 1\r\ndata: b\r\n\r\ndata:c\r\n\r\n", []string{"event: a\r\nid: 1\r\ndata: b\r\n\r\n", "data:c\r\n\r\n"}, "server-sent event", [2]int{}},
		"CR":                {"data: a\r\rdata: b\r\r", []string{"data: a\r\r", "data: b\r\r"}, "server-sent event", [2]int{}},
		"byte order mark":   {"\ufeffdata: a\n\n\ufeffdata: b\n\ndata: c\n\n", []string{"data: a\n\n", "data: c\n\n"}, "Kind(0)", [2]int{}},
		"not UTF-8":         {"data: a\xff\xe2\x82b\n\n", []string{"data: a\ufffd\ufffdb\n\n"}, "server-sent event", [2]int{}},
		"not ended":         {"data: a\n\ndata: b\n", []string{"data: a\n\n"}, "server-sent event", [2]int{0, 1}},
		"a script":          {"powershell -enc ZQBjAGgAbwA=\n\ndata: a\n\n", []string{"data: a\n\n"}, "Kind(0)", [2]int{}},
		"a script after it": {"data: a\n\npowershell", []string{"data: a\n\n"}, "Kind(0)", [2]int{0, 1}},
		"only comments":     {":\n\n:\n\n", nil, "Kind(0)", [2]int{}},
		"long":              {long + "id: 1\n\ndata: b\n\n", []string{long[:300], "data: b\n\n"}, "Kind(0)", [2]int{1}},
		"as long as can be": {"data: " + strings.Repeat("x", 293) + "\n\ndata: b\n\n", []string{"data: " + strings.Repeat("x", 293) + "\n\n", "data: b\n\n"}, "server-sent event", [2]int{}},
	} {
		for _, size := range []int{1 << 14, 7, 1} {
			a := &stream.Assembler{Config: stream.Config{MaxMessage: 300}}
			got := bodyMessages(a, events(tt.body).segs(size))
			var want []string
			for _, data := range tt.want {
				state := "complete"
				if len(data) == 300 && !strings.HasSuffix(data, "\n") {
					state = "too large to decode"
				}
				for _, end := range []string{"\r\n", "\n", "\r"} { // without the empty line
					if strings.HasSuffix(data, end+end) {
						data = data[:len(data)-len(end)]
						break
					}
				}
				want = append(want, fmt.Sprintf("S %q, %s, /events", data, state))
			}
			want = append(want, fmt.Sprintf("S file %d, complete, holds %s", len(tt.body), tt.holds))
			// HTTP/1 does not know whether a response without a length has ended.
			for i := range got {
				got[i] = strings.Replace(got[i], "truncated", "complete", 1)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, segments of %d bytes (-want +got):\n%s", name, size, diff)
			}
			if s := a.Stats(); [2]int{s.TooLong, s.Incomplete} != tt.counts || s.Held != 0 {
				t.Errorf("%s, segments of %d bytes: %+v", name, size, s)
			}
		}
	}
}

// Events over HTTP/2 and HTTP/3 are of their stream, and come when they are sent.
func TestServerSentEventsStreams(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, getFields("/events")...)
	h.c.head(3, true, getFields("/events")...)
	h.turn()
	for id := uint32(1); id <= 3; id += 2 {
		h.s.head(id, false, ":status", "200", "content-type", "text/event-stream")
	}
	for i, b := range []string{"data: o", "data: t", "ne\n\n", "wo\n\n"} {
		h.s.WriteData(uint32(1+2*(i%2)), false, []byte(b))
	}
	h.turn()
	a := new(stream.Assembler)
	var got []string
	for i, s := range h.talk.segs(1 << 14) {
		push(a, s, int64(i), start, func(ms []stream.Message) {
			for _, m := range ms {
				if m.Kind == stream.ServerSentEvent {
					e, err := sse.ParseEvent(m.Data)
					got = append(got, fmt.Sprintf("%d %s %v %v", m.Stream, e.AppendData(nil), m.Via, err))
				}
			}
		})
	}
	if diff := cmp.Diff([]string{"1 one TCP > HTTP/2 <nil>", "3 two TCP > HTTP/2 <nil>"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// After a gap the next event begins after an empty line. No event is made up.
func TestServerSentEventsLost(t *testing.T) {
	body := "data: aaaaaaaa\n\ndata: bbbbbbbb\n\ndata: cccccccc\n\n"
	tk := events(body)
	head := len(tk[1].data) - len(body)
	for from := range len(body) - 1 {
		a := new(stream.Assembler)
		data := tk[1].data
		got := bodyMessages(a, []seg{
			{flags: ack, seq: 1, data: tk[0].data},
			{server: true, flags: ack, seq: 1, ack: uint32(1 + len(tk[0].data)), data: data[:head+from]},
			{flags: ack, seq: uint32(1 + len(tk[0].data)), ack: uint32(1 + head + from)},
			{server: true, flags: ack, seq: uint32(2 + head + from), ack: uint32(1 + len(tk[0].data)), data: data[head+from+1:]},
		})
		for _, line := range got {
			if text, _, ok := strings.Cut(strings.TrimPrefix(line, "S "), ", "); ok && text[0] == '"' && !strings.Contains(fmt.Sprintf("%q", body), strings.Trim(text, `"`)) {
				t.Errorf("without byte %d: %s", from, line)
			}
		}
		if a.Stats().Incomplete == 0 || len(got) < 2 {
			t.Errorf("without byte %d: %q, %+v", from, got, a.Stats())
		}
	}
}
