package sse_test

import (
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/sse"
)

func ExampleSplitter() {
	body := []byte(": a comment\n\nevent: add\ndata: 73857293\nid: 7\n\ndata: two\ndata: lines\n\n")
	var s sse.Splitter
	for len(body) > 0 {
		n, _ := s.Next(body)
		if e, err := sse.ParseEvent(body[:n]); err == nil && e.HasData() {
			fmt.Printf("%v: %q\n", e, e.AppendData(nil))
		}
		body = body[n:]
	}
	// Output:
	// add len 8: "73857293"
	// message len 9: "two\nlines"
}

var views = []viewtest.View{
	viewtest.Of(sse.ParseEvent, viewtest.Text("event: \xc3\xa9\ndata: YHOO\r\ndata:+2\rid: 1\n\n")),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) { viewtest.Texts(t, views, `\195\169 len 7`) }

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }

// eventsOf returns the events of a stream in pieces of a size.
func eventsOf(body string, size int) (all []string) {
	var s sse.Splitter
	var held []byte
	for piece := range slices.Chunk([]byte(body), size) {
		for len(piece) > 0 {
			n, ends := s.Next(piece)
			held, piece = append(held, piece[:n]...), piece[n:]
			if !ends {
				continue
			}
			e, err := sse.ParseEvent(held)
			if id, ok := e.ID(); err == nil && e.HasData() {
				all = append(all, fmt.Sprintf("%s|%s|%s|%v", e.Type(), e.AppendData(nil), id, ok))
			}
			held = nil
		}
	}
	return all
}

// The examples of the HTML Standard, section 9.2.6, and what section 9.2.5 says of line
// ends and fields.
func TestEvents(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want []string
	}{
		"stocks": {"data: YHOO\ndata: +2\ndata: 10\n\n", []string{"|YHOO\n+2\n10||false"}},
		"four blocks": {": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n", []string{
			"|first event|1|true", "|second event||true", "| third event||false",
		}},
		"empty data":     {"data\n\ndata\ndata\n\ndata:", []string{"|||false", "|\n||false"}},
		"the same":       {"data:test\n\ndata: test\n\n", []string{"|test||false", "|test||false"}},
		"CR":             {"event: a\rdata: 1\r\rdata: 2\r\r", []string{"a|1||false", "|2||false"}},
		"CR LF":          {"event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n", []string{"a|1||false", "|2||false"}},
		"mixed":          {"data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\ndata: 4\n\r", []string{"|1||false", "|2||false", "|3||false", "|4||false"}},
		"last counts":    {"event: a\nid: 1\nevent: b\nid: 2\ndata: x\n\n", []string{"b|x|2|true"}},
		"reset":          {"event: a\nevent\ndata: x\n\n", []string{"|x||false"}},
		"NUL in an ID":   {"id: 1\nid: 2\x003\ndata: x\n\n", []string{"|x|1|true"}},
		"other fields":   {"Data: x\nretry: 10\n data: y\n\ndata: z:a\n\n", []string{"|z:a||false"}},
		"only an ID":     {"id: 4\n\n", nil},
		"without an end": {"data: x\n", nil},
	} {
		for _, size := range []int{1, 2, 3, 1000} {
			if diff := cmp.Diff(tt.want, eventsOf(tt.body, size)); diff != "" {
				t.Errorf("%s, pieces of %d bytes (-want +got):\n%s", name, size, diff)
			}
		}
	}
}

// Maximal sequences, as in the Encoding Standard and table 3-8 of the Unicode Standard.
func TestAppendUTF8(t *testing.T) {
	const bad = "\ufffd"
	for in, want := range map[string]string{
		"a\xc3\xa9\u20ac\U0001f600":            "a\u00e9\u20ac\U0001f600",
		"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41": bad + bad + bad + bad + bad + bad + bad + bad + "A",
		"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41": bad + bad + bad + bad + bad + bad + bad + bad + "A",
		"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42": bad + bad + bad + bad + bad + "A" + bad + bad + "B",
		"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41": bad + bad + bad + bad + "A",
		"\xf0\x9f\x98":                         bad,
	} {
		if got := string(sse.AppendUTF8(nil, []byte(in))); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzSplitter: however a stream is cut, the events are the same, and valid text stays.
func FuzzSplitter(f *testing.F) {
	f.Add("data: a\r\n\r\ndata: b\r\rid\n\n", uint8(1))
	f.Fuzz(func(t *testing.T, body string, size uint8) {
		whole, cut := eventsOf(body, len(body)+1), eventsOf(body, int(size)+1)
		if diff := cmp.Diff(whole, cut); diff != "" {
			t.Errorf("pieces of %d bytes (-whole +cut):\n%s", int(size)+1, diff)
		}
		text := string(sse.AppendUTF8(nil, []byte(body)))
		if !utf8.ValidString(text) || utf8.ValidString(body) && text != body {
			t.Errorf("%q becomes %q", body, text)
		}
	})
}
