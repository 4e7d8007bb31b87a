package stream

import (
	"encoding/binary"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http2"
)

// h2frame returns a frame.
func h2frame(t http2.FrameType, flags http2.Flags, id uint32, payload string) string {
	b := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), byte(t), byte(flags)}
	return string(binary.BigEndian.AppendUint32(b, id)) + payload
}

// h2block encodes fields without a table, names and values in turn.
func h2block(list ...string) string {
	var b strings.Builder
	e := hpack.NewEncoder(&b)
	e.SetMaxDynamicTableSize(0)
	for i := 0; i < len(list); i += 2 {
		e.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1]})
	}
	return b.String()
}

const (
	h2begin = http2.Preface + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	// RFC 7541 appendix A: GET, http, the path /; and :authority.
	h2simple = "\x82\x86\x84\x01\x01a"
	h2whole  = http2.FlagEndHeaders | http2.FlagEndStream
)

// An h2feed sends segments of one connection.
type h2feed struct {
	a    Assembler
	next [2]uint32
}

func (f *h2feed) send(side int, data string) []Message {
	pushRaw(&f.a, rawSegment{side: side, flags: layers.TCPAck, seq: f.next[side], ack: f.next[1-side], data: data})
	f.next[side] += uint32(len(data))
	return f.a.out
}

func (f *h2feed) client(data string) []Message { return f.send(0, data) }
func (f *h2feed) server(data string) []Message { return f.send(1, data) }

// flushed flushes, and fails if anything is still held.
func (f *h2feed) flushed(t *testing.T) {
	t.Helper()
	f.a.Flush()
	if s := f.a.Stats(); s.Held != 0 || s.Open != 0 {
		t.Errorf("after Flush: %+v", s)
	}
}

// count returns how many messages are of a kind.
func count(ms []Message, k Kind) (n int) {
	for i := range ms {
		if ms[i].Kind == k {
			n++
		}
	}
	return n
}

// Streams that are closed cost nothing, however many there are; of those that are not,
// the oldest is dropped at maxStreams.
func TestMaxStreams(t *testing.T) {
	f := new(h2feed)
	f.client(h2begin)
	requests := 0
	total := fault.Size(1_000_000, 20_000)
	for id := uint32(1); int(id) < total; {
		var b, answers strings.Builder
		for range 50 {
			b.WriteString(h2frame(http2.FrameHeaders, h2whole, id, h2simple))
			answers.WriteString(h2frame(http2.FrameHeaders, h2whole, id, "\x88"))
			id += 2
		}
		requests += count(f.client(b.String()), HTTPRequest)
		f.server(answers.String())
	}
	if n := total / 2; requests < n || requests > n+50 {
		t.Errorf("%d requests", requests)
	}
	if s := f.a.Stats(); s.TooMany != 0 || s.Held > 16<<10 {
		t.Errorf("closed streams: %+v", s)
	}
	f.flushed(t)
	f = new(h2feed)
	for i := range maxStreams + 10 {
		f.client(map[bool]string{true: h2begin}[i == 0] + h2frame(http2.FrameHeaders, h2whole, uint32(2*i+1), h2simple))
	}
	if s := f.a.Stats(); s.TooMany != 10 || s.Held > maxStreams*1000 {
		t.Errorf("open streams: %+v", s)
	}
	f.flushed(t)
}

// Frames and blocks beyond MaxMessage are skipped, however they come, and what follows is
// not. Fields without end cost no memory.
func TestHTTP2TooLong(t *testing.T) {
	long := strings.Repeat("x", 3000)
	flood := ""
	for range 2000 {
		flood += h2frame(http2.FrameContinuation, 0, 1, "")
	}
	after := h2frame(http2.FrameHeaders, h2whole, 3, h2simple)
	for name, b := range map[string]string{
		"a frame":       h2frame(http2.FrameHeaders, h2whole, 1, h2block("x-long", long)),
		"a block":       h2frame(http2.FrameHeaders, 0, 1, long[:900]) + h2frame(http2.FrameContinuation, 0, 1, long[:900]) + h2frame(http2.FrameContinuation, 4, 1, ""),
		"fields":        h2frame(http2.FrameHeaders, h2whole, 1, h2simple+"\x40\x01a\x7f\xe1\x02"+long[:480]+strings.Repeat("\xbe", 3)),
		"CONTINUATIONs": h2frame(http2.FrameHeaders, 0, 1, "") + flood,
	} {
		f := new(h2feed)
		f.a.MaxMessage = 1000
		var ms []Message
		whole := h2begin + b + after
		for len(whole) > 0 {
			n := min(len(whole), 500)
			for _, m := range f.client(whole[:n]) {
				ms = append(ms, Message{Kind: m.Kind, Stream: m.Stream})
			}
			whole = whole[n:]
			if held := f.a.Held(); held > 16<<10 {
				t.Errorf("%s: %d held", name, held)
			}
		}
		want := 1
		if name == "CONTINUATIONs" {
			want = 0 // no bytes, so not too many
		}
		s := f.a.Stats()
		if len(ms) != 1 || ms[0].Stream != 3 || s.TooLong != want {
			t.Errorf("%s: %+v, %d messages", name, s, len(ms))
		}
		f.flushed(t)
	}
}

// References to a large entry produce as many bytes as their bytes pay for: in one block,
// in many, and if each changes the size of the table.
func TestHPACKBomb(t *testing.T) {
	entry := h2simple + "\x40\x01a\x7f\x81\x1e" + strings.Repeat("x", 3968)
	for name, refer := range map[string]func(i int) string{
		"a block": func(int) string { return h2simple + strings.Repeat("\xbe", 2000) },
		"blocks":  func(int) string { return h2simple + strings.Repeat("\xbe", 20) },
		"sizes":   func(int) string { return strings.Repeat("\x20\x3f\xe1\x1f", 400) + entry + strings.Repeat("\xbe", 250) },
	} {
		f := new(h2feed)
		first := h2begin + h2frame(http2.FrameHeaders, h2whole, 1, entry)
		sent, heads := len(first), 0
		f.client(first)
		for i := range 200 {
			b := h2frame(http2.FrameHeaders, h2whole, uint32(2*i+3), refer(i))
			sent += len(b)
			for _, m := range f.client(b) {
				heads += len(m.Data)
			}
			f.server(h2frame(http2.FrameRSTStream, 0, uint32(2*i+3), "abcd"))
			sent += 13
		}
		s := f.a.Stats()
		if limit := defaultMaxWork + workPerByte*int64(sent); s.Work > limit || s.TooCostly == 0 || int64(heads) > limit/workOfHead {
			t.Errorf("%s: work %d of %d, %d too costly, %d bytes of heads", name, s.Work, limit, s.TooCostly, heads)
		}
		f.flushed(t)
	}
}

// A first SETTINGS of usual length is recognised, and one that is longer is not.
func TestMaxSettings(t *testing.T) {
	for n, want := range map[int]Proto{0: HTTP2, 1: HTTP2, maxSettings / 6: HTTP2, maxSettings/6 + 1: Unknown} {
		b := h2frame(http2.FrameSettings, 0, 0, strings.Repeat("\x00\x03\x00\x00\x00\x64", n))
		if _, v := recogniseHTTP2([]byte(b), Conn{}.Flow); v == decided != (want == HTTP2) {
			t.Errorf("%d settings: %v", n, v)
		}
	}
}

// What begins like HTTP/2 needs nine bytes, and is not taken from other protocols.
func TestRecogniseHTTP2(t *testing.T) {
	for b, want := range map[string]verdict{
		"P": undecided, "PRI * HTTP/2.0\r\n": undecided, http2.Preface: decided, "PRIVMSG": refused,
		"\x00": undecided, "\x00\x00\x06\x04\x00\x00\x00\x00\x00": decided, "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x63": refused,
		"\x00\x00\x05\x04\x00\x00\x00\x00\x00": refused, "\x00\x00\x00\x04\x00\x00\x00\x00\x01": refused,
		"\x00\x00\x10\x01\x05\x00\x00\x00\x01": undecided, "\x00\x00\x10\x01\x05\x00\x00\x00\x01\x82": decided,
		"\x00\x00\x10\x01\x05\x00\x00\x00\x02\x82": refused, "\x00\x00\x10\x01\x25\x00\x00\x00\x01\x00\x00\x00\x00\x10\x83": decided,
		"\x00\x00\x10\x00\x00\x00\x00\x00\x01": refused,
		"\x00\x00\x00\x08\x04\xd2\x16\x2f":     refused, // PostgreSQL's SSLRequest
		"\x00\x1d\xab\x01\x01\x00\x00\x01\x00": refused, // DNS
		"\x00\x00\x00\x55\xffSMB\x72":          refused,
	} {
		if _, v := recogniseHTTP2([]byte(b), Conn{}.Flow); v != want {
			t.Errorf("%q: %d, want %d", b, v, want)
		}
	}
}

// However the streams end, nothing is held after Flush, and what is held is counted.
func TestHTTP2Held(t *testing.T) {
	for n := range 20 {
		f := new(h2feed)
		f.client(h2begin + h2frame(http2.FrameHeaders, 4, 1, h2simple) + h2frame(http2.FrameHeaders, 0, 3, h2simple) + "\x00\x00\x09"[:n%4])
		f.server(h2frame(http2.FrameSettings, 0, 0, "") + h2frame(http2.FrameHeaders, 4, 1, "\x88"+h2block("content-encoding", "gzip")) + h2frame(http2.FrameData, 0, 1, strings.Repeat("x", 100))[:9+5*n])
		if held := f.a.Held(); held < connectionCost+http2StreamCost {
			t.Errorf("%d: %d held", n, held)
		}
		f.flushed(t)
	}
}
