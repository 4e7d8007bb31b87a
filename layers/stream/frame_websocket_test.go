package stream_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

const (
	// RFC 6455 section 1.2.
	webSocketRequest  = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	webSocketResponse = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	deflateField      = "Sec-WebSocket-Extensions: permessage-deflate"
)

// webSocketTalk returns turns after the opening, whose response has the given
// extensions.
func webSocketTalk(extensions string, turns ...string) talk {
	if extensions != "" {
		extensions += "\r\n"
	}
	tk := talk{{false, webSocketRequest}, {true, webSocketResponse + extensions + "\r\n"}}
	for _, turn := range turns {
		tk = append(tk, talk{{turn[0] == 'S', turn[1:]}}...)
	}
	return tk
}

// frame returns a frame (RFC 6455 section 5.2) whose first byte is given. That of a
// client is masked.
func frame(first byte, client bool, payload string) string {
	b := []byte{first, 0}
	switch n := len(payload); {
	case n < 126:
		b[1] = byte(n)
	case n <= 0xffff:
		b[1] = 126
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	default:
		b[1] = 127
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	if !client {
		return string(b) + payload
	}
	key := [4]byte{0x37, 0xfa, 0x21, byte(len(payload))}
	b[1] |= 0x80
	b = append(b, key[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^key[i%4])
	}
	return string(b)
}

func fromC(first byte, payload string) string { return "C" + frame(first, true, payload) }
func fromS(first byte, payload string) string { return "S" + frame(first, false, payload) }

// webSocketOf returns the messages of WebSocket and what it carries, with their
// sender.
func webSocketOf(a *stream.Assembler, segs []seg) (out []string) {
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			side := "S"
			if m.FromClient {
				side = "C"
			}
			switch {
			case m.Proto == stream.WebSocket && m.Kind == stream.FileEnd:
				out = append(out, fmt.Sprintf("%s file %d %v", side, m.File.Size, m.File.State))
			case m.Proto == stream.WebSocket && m.File == nil:
				out = append(out, fmt.Sprintf("%s %s %q", side, strings.TrimPrefix(m.Kind.String(), "WebSocket "), m.Data))
			case m.Via.Has(stream.WebSocket) && m.File == nil:
				out = append(out, fmt.Sprintf("%s %v %q %v", side, m.Kind, m.Data, m.Via))
			}
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start, keep)
	}
	keep(a.Flush())
	return out
}

// checkWebSocket plays a talk in segments of several sizes.
func checkWebSocket(t *testing.T, tk talk, want ...string) {
	t.Helper()
	for _, size := range []int{1 << 14, 7, 1} {
		a := new(stream.Assembler)
		if diff := cmp.Diff(want, webSocketOf(a, tk.segs(size))); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if s := a.Stats(); s.Held != 0 || s.Protos[stream.WebSocket] != 1 {
			t.Errorf("segments of %d bytes: %+v", size, s)
		}
	}
}

// The examples of RFC 6455 section 5.7, with control frames between fragments.
func TestWebSocket(t *testing.T) {
	long := strings.Repeat("x", 70_000)
	checkWebSocket(t, webSocketTalk("",
		"S\x81\x05Hello",
		"C\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
		"S\x01\x03Hel", "S\x89\x05Hello", "C\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", "S\x80\x02lo",
		fromS(0x82, "\x00"+long[:255]), fromC(0x82, "\x00"+long), fromS(0x81, ""), fromC(0x01, ""), fromC(0x80, "end"),
		fromS(0x88, "\x03\xe8"), fromC(0x88, "\x03\xe8"), "Safter the close frame"),
		`S text "Hello"`, `C text "Hello"`, `S text "Hello"`,
		fmt.Sprintf("S binary %q", "\x00"+long[:255]), fmt.Sprintf("C binary %q", "\x00"+long), `S text ""`, `C text "end"`)
}

// A message names the packets of its first and last byte, and the request that opened
// the connection.
func TestWebSocketMessage(t *testing.T) {
	a := new(stream.Assembler)
	segs := webSocketTalk("", "S\x01\x03Hel", "S\x80\x02lo").segs(1 << 14)
	n := 0
	for i, s := range segs {
		push(a, s, int64(i+1), start, func(ms []stream.Message) {
			for _, m := range ms {
				if m.Proto != stream.WebSocket {
					continue
				}
				n++
				if m.First.Number != 5 || m.Last.Number != 6 || m.Via.String() != "TCP > Upgrade" || string(m.Request) != webSocketRequest || m.Kind != stream.WebSocketText {
					t.Errorf("%+v", m)
				}
			}
		})
	}
	if n != 1 {
		t.Errorf("%d messages", n)
	}
}

// The examples of RFC 7692 section 7.2.3.
func TestWebSocketDeflate(t *testing.T) {
	checkWebSocket(t, webSocketTalk(deflateField,
		"S\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00",
		"S\x41\x03\xf2\x48\xcd", "S\x80\x04\xc9\xc9\x07\x00",
		"S\xc1\x05\xf2\x00\x11\x00\x00",
		"S\xc1\x0b\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
		"S\xc1\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
		"S\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
		"S\x81\x05plain", "S\xc1\x01\x00"),
		`S text "Hello"`, `S text "Hello"`, `S text "Hello"`, `S text "Hello"`, `S text "Hello"`, `S text "Hello"`, `S text "plain"`, `S text ""`)
	checkWebSocket(t, webSocketTalk("sec-websocket-extensions: x\r\n"+deflateField, "S\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"), `S text "Hello"`)
	checkWebSocket(t, webSocketTalk(deflateField+"; server_no_context_takeover", "S\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", "S\xc1\x05\xf2\x00\x11\x00\x00"), `S text "Hello"`)
	checkWebSocket(t, webSocketTalk("", "S\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", "S\x81\x01x"), `S text "x"`)
}

// A packer compresses messages with one window, as a sender with context takeover does.
type packer struct {
	b bytes.Buffer
	z *flate.Writer
}

func (p *packer) pack(message string) string {
	if p.z == nil {
		p.z, _ = flate.NewWriter(&p.b, flate.BestCompression)
	}
	p.b.Reset()
	p.z.Write([]byte(message))
	p.z.Flush()
	return strings.TrimSuffix(p.b.String(), "\x00\x00\xff\xff")
}

// Messages refer to those before them, up to 32 KiB away.
func TestWebSocketTakeover(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var c, s packer
	var turns, want []string
	var sent []byte
	for i := range 60 {
		var b []byte
		for range 1 + r.IntN(6000) {
			if n := len(sent); n > 0 && r.IntN(50) > 0 {
				at := r.IntN(n)
				b = append(b, sent[at:min(n, at+r.IntN(200))]...)
			} else {
				b = append(b, byte(r.Uint32()))
			}
			if len(b) > 9000 {
				break
			}
		}
		sent = append(sent, b...)
		if i%2 == 0 {
			turns, want = append(turns, fromC(0xc2, c.pack(string(b)))), append(want, fmt.Sprintf("C binary %q", b))
		} else {
			turns, want = append(turns, fromS(0xc2, s.pack(string(b)))), append(want, fmt.Sprintf("S binary %q", b))
		}
	}
	checkWebSocket(t, webSocketTalk(deflateField, turns...), want...)
}

// Bytes lost in a payload lose its message, others those up to a segment that begins
// with a frame. A compressed message needs those that it refers to.
func TestWebSocketLost(t *testing.T) {
	var p packer
	packed := []string{p.pack("first message"), p.pack("second message"), p.pack("second message again")}
	tests := []struct {
		name       string
		extensions string
		segs       []string // of the server; - precedes one that is missing
		want       []string
		incomplete int
	}{
		{"in a payload", "", []string{"\x81\x0aHello", "-Worl", "d\x81\x02ok"}, []string{`S text "ok"`}, 1},
		{"the rest of a payload", "", []string{"\x81\x0aHello", "-World", "\x81\x02ok"}, []string{`S text "ok"`}, 1},
		{"a frame", "", []string{"-\x81\x05Hello", "\x81\x02ok\x81\x01x"}, []string{`S text "ok"`, `S text "x"`}, 0},
		{"a fragment", "", []string{"\x01\x05Hello", "-\x00\x05World", "\x80\x01!\x81\x02ok"}, []string{`S text "ok"`}, 2},
		{"not a frame follows", "", []string{"\x81\x7e\x01\x00xx", "-" + strings.Repeat("x", 300), "\x85\x02no", "\x81\x02ok"}, []string{`S text "ok"`}, 1},
		{"what others refer to", deflateField, []string{
			frame(0xc1, false, packed[0]), "-" + frame(0xc1, false, packed[1]), frame(0xc1, false, packed[2]), "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00",
		}, []string{`S text "first message"`, `S text "Hello"`}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			segs := webSocketTalk(tt.extensions).segs(1 << 14)
			last := segs[len(segs)-1]
			seq := last.seq + uint32(len(last.data))
			for _, data := range tt.segs {
				d, missing := strings.CutPrefix(data, "-")
				if !missing {
					segs = append(segs, seg{server: true, flags: ack, seq: seq, ack: last.ack, data: d})
				}
				seq += uint32(len(d))
			}
			a := new(stream.Assembler)
			if diff := cmp.Diff(tt.want, webSocketOf(a, segs)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if s := a.Stats(); s.Held != 0 || s.Incomplete != tt.incomplete || s.Malformed != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// A client's text is recognised in a connection whose beginning was not captured.
func TestWebSocketMiddle(t *testing.T) {
	const hello = `{"type":"hello","id":1}`
	var p packer
	p.pack("unknown before the capture")
	refers := p.pack("unknown before the capture")
	for name, tt := range map[string]struct {
		talk talk
		want []string
	}{
		"text":       {talk{{true, frame(0x81, false, "early")}, {false, frame(0x81, true, hello)}, {true, frame(0x81, false, "ok")}}, []string{fmt.Sprintf("C text %q", hello), `S text "ok"`}},
		"compressed": {talk{{false, frame(0x81, true, hello)}, {true, frame(0xc1, false, refers)}, {true, "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"}}, []string{fmt.Sprintf("C text %q", hello), `S text "Hello"`}},
		"short":      {talk{{false, frame(0x81, true, "2probe")}}, nil},
		"not text":   {talk{{false, frame(0x81, true, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := new(stream.Assembler)
			if diff := cmp.Diff(tt.want, webSocketOf(a, tt.talk.segs(1 << 14)[2:])); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if s := a.Stats(); s.Held != 0 || s.Malformed != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// What a client must fail the connection for (RFC 6455 section 5.2) ends the side,
// until a segment begins with a frame.
func TestWebSocketMalformed(t *testing.T) {
	for name, bad := range map[string]string{
		"an unknown opcode":      "\x83\x01x",
		"a long control frame":   frame(0x89, false, strings.Repeat("x", 126)),
		"a fragmented close":     "\x08\x00",
		"an unknown extension":   "\x91\x01x",
		"compression not agreed": "\xc1\x01\x00",
	} {
		a := new(stream.Assembler)
		got := webSocketOf(a, webSocketTalk("", "S\x81\x01a"+bad, "S\x81\x01b").segs(1<<14))
		if diff := cmp.Diff([]string{`S text "a"`, `S text "b"`}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if s := a.Stats(); s.Malformed != 1 || s.Held != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
	a := new(stream.Assembler)
	webSocketOf(a, webSocketTalk(deflateField, "S\xc1\x03\xff\xff\xff", "S\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00").segs(1<<14))
	if s := a.Stats(); s.Malformed != 1 || s.Held != 0 {
		t.Errorf("not compressed: %+v", s)
	}
}

// A message longer than MaxMessage is cut, before and after decompression. What
// messages decompress to is paid for.
func TestWebSocketLimits(t *testing.T) {
	var p, q packer
	zeros := p.pack(strings.Repeat("\x00", 1<<20))
	noise := make([]byte, 1<<10)
	rand.NewChaCha8([32]byte{}).Read(noise)
	first := func(data string) []string { return []string{fmt.Sprintf("S binary %q", data), "too large to decode"} }
	for name, tt := range map[string]struct {
		config stream.Config
		turns  []string
		long   int
		costly int
		want   []string
	}{
		"a long frame":        {stream.Config{MaxMessage: 200}, []string{fromS(0x82, strings.Repeat("x", 201))}, 1, 0, first(strings.Repeat("x", 200))},
		"a claim":             {stream.Config{}, []string{"S\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffx"}, 1, 0, nil},
		"fragments":           {stream.Config{MaxMessage: 200}, []string{fromS(0x02, strings.Repeat("x", 150)), fromS(0x00, strings.Repeat("x", 51)), fromS(0x80, "x")}, 1, 0, first(strings.Repeat("x", 200))},
		"decompressed":        {stream.Config{MaxMessage: 1 << 19}, []string{fromS(0xc2, zeros)}, 1, 0, first(strings.Repeat("\x00", 1<<19))},
		"more than MaxDecode": {stream.Config{MaxDecode: 1 << 19}, []string{fromS(0xc2, zeros)}, 1, 0, first(strings.Repeat("\x00", 1<<19))},
		"a long packed frame": {stream.Config{MaxMessage: 500}, []string{fromS(0xc2, q.pack(string(noise)))}, 1, 0, first(string(noise[:495]))},
		"too much work":       {stream.Config{MaxWork: -1}, []string{fromS(0xc2, zeros)}, 0, 1, nil},
	} {
		a := &stream.Assembler{Config: tt.config}
		var got []string
		for i, s := range webSocketTalk(deflateField, tt.turns...).segs(1400) {
			push(a, s, int64(i+1), start, func(ms []stream.Message) {
				for _, m := range ms {
					if m.Proto == stream.WebSocket {
						got = append(got, fmt.Sprintf("S binary %q", m.Data), m.State.String())
					}
				}
			})
		}
		a.Flush()
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%.1000s", name, diff)
		}
		if s := a.Stats(); s.TooLong != tt.long || s.TooCostly != tt.costly || s.Held != 0 || s.Incomplete+s.Malformed > 1 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// What follows a message that is cut is decoded, and the tunnel lacks the rest of it.
func TestWebSocketCut(t *testing.T) {
	const limit = 300 // more than the heads have
	long := "SSH-2.0-x\r\n" + strings.Repeat("\x00", limit)
	half := strings.Repeat("y", limit/2)
	for _, size := range []int{1 << 14, 7, 1} {
		a := &stream.Assembler{Config: stream.Config{MaxMessage: limit, WebSocketFiles: true}}
		got := webSocketOf(a, webSocketTalk("", fromC(0x82, long), fromC(0x81, "next"), fromS(0x01, half), fromS(0x80, half+"z")).segs(size))
		want := []string{
			fmt.Sprintf("C binary %q", long[:limit]), "C file 300 too large to decode", `C SSH identification "SSH-2.0-x" TCP > Upgrade > WebSocket`,
			`C text "next"`, fmt.Sprintf("S text %q", half+half),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if s := a.Stats(); s.TooLong != 2 || s.Held != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// Small messages pay for the window that is copied for each.
func TestWebSocketSmallMessages(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{MaxWork: -1}}
	var p packer
	var turns []string
	for i := range 5000 {
		turns = append(turns, fromC(0xc1, p.pack(fmt.Sprint(i))))
	}
	if got := webSocketOf(a, webSocketTalk(deflateField, turns...).segs(1<<14)); len(got) != 5000 || a.Stats().TooCostly > 0 {
		t.Errorf("%d messages, %+v", len(got), a.Stats())
	}
}

// What binary messages carry is decoded: here SSH, as some tunnels have it.
func TestWebSocketTunnel(t *testing.T) {
	checkWebSocket(t, webSocketTalk("", fromC(0x82, "SSH-2.0-"), fromC(0x02, "chisel"), fromC(0x80, "\r\n"), fromS(0x82, "SSH-2.0-x\r\n")),
		`C binary "SSH-2.0-"`, `C binary "chisel\r\n"`, `C SSH identification "SSH-2.0-chisel" TCP > Upgrade > WebSocket`,
		`S binary "SSH-2.0-x\r\n"`, `S SSH identification "SSH-2.0-x" TCP > Upgrade > WebSocket`)
}

// WebSockets in WebSockets that are nested too deep are skipped and counted.
func TestWebSocketsInWebSockets(t *testing.T) {
	a := new(stream.Assembler)
	request, response := webSocketRequest, webSocketResponse+"\r\n"
	var turns []string
	for range 20 {
		turns = append(turns, "C"+request, "S"+response)
		request, response = frame(0x82, true, request), frame(0x82, false, response)
	}
	var tk talk
	for _, turn := range turns {
		tk = append(tk, talk{{turn[0] == 'S', turn[1:]}}...)
	}
	webSocketOf(a, tk.segs(1400))
	if s := a.Stats(); s.TooDeep != 1 || s.Held != 0 || s.Protos[stream.WebSocket] != 8 {
		t.Errorf("%+v", s)
	}
}

// Binary messages are files, too, if WebSocketFiles is set.
func TestWebSocketFiles(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{WebSocketFiles: true}}
	got := webSocketOf(a, webSocketTalk("", fromS(0x82, "\x00ab"), fromC(0x81, "text")).segs(2))
	if diff := cmp.Diff([]string{`S binary "\x00ab"`, "S file 3 complete", `C text "text"`}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzWebSocket checks that the messages do not depend on segments, and the limits,
// also if a segment is lost: the first byte gives the parameters, the second the size
// of segments.
func FuzzWebSocket(f *testing.F) {
	f.Add([]byte("\x01\x03\x81\x05Hello\x01\x03Hel\x89\x05Hello\x80\x02lo\x88\x00"))
	f.Add([]byte("\x03\x01\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00\xc1\x05\xf2\x00\x11\x00\x00"))
	f.Add([]byte("\x02\x05\x82\x88\x37\xfa\x21\x3d\x64\xa9\x69\x10\x05\xd4\x11\x10\x82\x82\x37\xfa\x21\x3d\x3a\xf0"))
	f.Add([]byte("\x0d\x04\x82\x08abcdefgh\x81\x05Hello\x82\x03SSH"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 3 || len(b) > 1<<14 {
			return
		}
		extensions := ""
		if b[0]&2 != 0 {
			extensions = deflateField
		}
		turn := "C"
		if b[0]&1 != 0 {
			turn = "S"
		}
		tk := webSocketTalk(extensions, turn+string(b[2:]))
		limits := func(a *stream.Assembler) stream.Stats {
			s := a.Stats()
			if s.Held != 0 || s.Open != 0 || s.Work > 4<<20+448*int64(len(b)+600) { // see Stats.Work
				t.Fatalf("%+v", s)
			}
			return s
		}
		if b[0]&4 != 0 {
			segs := tk.segs(max(int(b[1]), 1))
			at := len(segs) - 1 - int(b[0]>>3)%len(segs)
			a := &stream.Assembler{Config: stream.Config{MaxConn: 1}}
			webSocketOf(a, slices.Delete(segs, at, at+1))
			limits(a)
			return
		}
		var want []string
		for i, size := range []int{1 << 14, max(int(b[1]), 1)} {
			a := &stream.Assembler{Config: stream.Config{WebSocketFiles: true}}
			got := webSocketOf(a, tk.segs(size))
			if limits(a).Malformed > 0 {
				return // what follows depends on where segments begin
			}
			if i == 0 {
				want = got
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("segments of %d bytes (-whole +cut):\n%s", size, diff)
			}
		}
	})
}
