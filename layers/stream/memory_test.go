package stream

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http2"
)

// A line is the data of one segment, from one side of a conversation.
type line struct {
	side int
	data string
}

// say pushes lines as connection i of a feed, and returns the messages of the
// last line.
func (f *feed) say(i int, lines ...line) (ms []Message) {
	next := [2]uint32{1, 1}
	for _, l := range lines {
		b := rawSegment{side: l.side, flags: layers.TCPAck, seq: next[l.side], ack: next[1-l.side], data: l.data}.packet()
		binary.BigEndian.PutUint32(b[atSource+4*l.side:], 10<<24+uint32(i)) // the client's address
		f.rec.Data, f.rec.WireLen = b, len(b)
		ms = f.push()
		next[l.side] += uint32(len(l.data))
	}
	return ms
}

// heap returns the heap bytes in use.
func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func client(data string) line { return line{0, data} }
func server(data string) line { return line{1, data} }

// The heap grows to at most twice Held, whatever the connections carry. So
// Config.MaxBytes limits memory.
func TestHeldIsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes thousands of connections to see their memory in the heap")
	}
	long := strings.Repeat("x", 40_000)
	const body = "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nMZ"
	for _, test := range []struct {
		name  string
		n     int
		lines func(i int) []line
	}{
		{"of no known protocol", 2000, func(int) []line { return []line{client("????"), server("????")} }},
		{"an incomplete head", 1000, func(int) []line { return []line{client("GET / HTTP/1.1\r\nX: " + long)} }},
		{"pipelined requests", 100, func(int) []line { return []line{client(strings.Repeat("GET / HTTP/1.0\r\n\r\n", 1000))} }},
		{"a body after a long request", 500, func(int) []line {
			return []line{client("GET / HTTP/1.1\r\nX: " + long + "\r\n\r\n"), server(body)}
		}},
		{"a body of a long name", 500, func(int) []line {
			return []line{client("GET /" + long + " HTTP/1.1\r\n\r\n"), server(body)}
		}},
		{"a body of a long type", 500, func(int) []line {
			return []line{client("GET / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Type: a/" + long + "\r\nContent-Length: 99\r\n\r\nMZ")}
		}},
		{"bodies both ways", 1000, func(int) []line {
			const post = "POST / HTTP/1.1\r\nContent-Length: 99\r\n\r\nx"
			return []line{client(post), server(body)}
		}},
		{"a compressed body", 1000, func(int) []line {
			return []line{client("GET / HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99999\r\n\r\n" + long)}
		}},
		{"HTTP/2", 1000, func(int) []line { return []line{client(h2begin), server("\x00\x00\x00\x04\x00\x00\x00\x00\x00")} }},
		{"streams of HTTP/2", 100, func(int) (ls []line) {
			var requests, responses strings.Builder
			for id := uint32(1); id < 100; id += 2 {
				requests.WriteString(h2frame(http2.FrameHeaders, 4, id, h2simple+"\x40\x01a\x03bcd"))
				responses.WriteString(h2frame(http2.FrameHeaders, 4, id, "\x88") + h2frame(http2.FrameData, 0, id, "MZ"))
			}
			return []line{client(h2begin), client(requests.String()), server(responses.String())}
		}},
		{"fields of HTTP/2", 500, func(int) []line {
			return []line{client(h2begin + h2frame(http2.FrameHeaders, 4, 1, h2simple+"\x40\x01a\x7f\x81\x1e"+long[:3968]+strings.Repeat("\xbe", 4))), client(h2frame(http2.FrameHeaders, 0, 3, long[:16_000]))}
		}},
		{"tunnels of HTTP/2", 500, func(int) []line {
			b := h2begin
			for id := uint32(1); id < 20; id += 2 {
				b += h2frame(http2.FrameHeaders, 4, id, h2block(":method", "CONNECT", ":authority", "a:1")) + h2frame(http2.FrameData, 0, id, "?")
			}
			return []line{client(b)}
		}},
		{"tunnels in tunnels", 1000, func(int) (ls []line) {
			for range 8 {
				ls = append(ls, client("CONNECT a:1 HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\n\r\n"))
			}
			return append(ls, client("?"))
		}},
		{"forms", 1000, func(int) []line {
			return []line{client("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 99999\r\n\r\n" +
				"--b\r\nContent-Disposition: form-data; name=a; filename=\"" + long[:4000] + "\"\r\nContent-Type: a/" + long[:20_000] + "\r\n\r\nMZ")}
		}},
		{"short messages after long ones", 1000, func(int) []line {
			hello := "\x16\x03\x01\x3c\x04\x01\x00\x3c\x00" + long[:15<<10]
			return []line{client(hello[:9000]), client(hello[9000:]), client("\x16\x03\x03")}
		}},
		{"a mail", 1000, func(int) []line {
			head := strings.Repeat("a", 240)
			mail := ""
			for i := range 14 {
				mail += fmt.Sprintf("Content-Type: multipart/mixed; boundary=\"%s%d\"\r\n\r\n--%s%d\r\n", head, i, head, i)
			}
			return []line{server("220 x ESMTP\r\n"), client("EHLO x\r\nMAIL FROM:<a@b>\r\nDATA\r\n"), client(mail + "Content-Type: a/" + long[:20_000] + "; name=" + long[:5000] + "\r\n\r\nx")}
		}},
		{"commands of SMTP", 500, func(int) []line {
			return []line{server("220 x ESMTP\r\n"), client("EHLO x\r\n" + strings.Repeat("NOOP\r\n", 1000))}
		}},
		{"IMAP", 1000, func(int) []line {
			name := long[:1000]
			return []line{server("* OK ready\r\n"), client("a1 LOGIN x y\r\n" + name + " STARTTLS\r\n"),
				server("* " + name + " FETCH (BODY[]<0> {99}\r\nx")}
		}},
		{"transfers of FTP", 1000, func(int) []line {
			return []line{server("220 x FTP\r\n"), client("USER x\r\nPORT 10,0,0,1,9,9\r\nRETR " + long[:5000] + "\r\n")}
		}},
		{"TLS", 1000, func(int) []line {
			return []line{client("\x16\x03\x01\x40\x00\x01\x00\xff\xff" + long[:16_000])}
		}},
		{"SSH", 1000, func(int) []line {
			return []line{client("SSH-2.0-x\r\n\x00\x00\xff\xff" + long[:16_000])}
		}},
		{"a DNS message in HTTP", 1000, func(int) []line {
			return []line{client("POST / HTTP/1.1\r\nContent-Type: application/dns-message\r\nContent-Length: 60000\r\n\r\n" + long[:20_000]), client(long[:10_000])}
		}},
		{"compressed messages of WebSocket", 500, func(int) []line {
			const open = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
			stored := "\xc2\x7e\x40\x06\x00\x00\x40\xff\xbf" + long[:16<<10] + "\x00" // RFC 7692 section 7.2.3.3
			return []line{client("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), server(open), server(stored), server(stored), server(stored), server(stored[:9000])}
		}},
		{"OpenVPN", 1000, func(int) []line {
			reset := "\x00\x0e\x38session1\x00\x00\x00\x00\x00"
			for n := range byte(12) {
				reset += "\x00\x12\x20session1\x00\x00\x00\x00" + string([]byte{n + 2}) + "data"
			}
			return []line{client(reset)}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFeed(nil)
			f.a.Hash = HashAll
			f.a.MaxBytes = 1 << 30
			before := heap()
			for i := range test.n {
				f.say(i, test.lines(i)...)
			}
			f.p, f.rec.Data = layers.Packet{}, nil
			used := heap() - before
			held, protos := f.a.Held(), f.a.Stats().Protos
			if held == 0 || used > 2*held {
				t.Errorf("%d bytes used, %d counted per connection; %v", used/test.n, held/test.n, protos)
			} else {
				t.Logf("%d bytes used, %d counted per connection; %v", used/test.n, held/test.n, protos)
			}
			f.flushed(t)
		})
	}
}

// Complete datagrams are released although an earlier one is incomplete.
func TestWholeDatagramsAreFree(t *testing.T) {
	const open, whole, size = 1000, 2000, 32 << 10
	head := rawSegment{}.packet()[:20]
	fragment := func(id uint16, offset int, more bool, n int) []byte {
		b := append(append([]byte(nil), head...), make([]byte, n)...)
		binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
		binary.BigEndian.PutUint16(b[atID:], id)
		binary.BigEndian.PutUint16(b[6:], uint16(offset/8))
		if more {
			b[6] |= 0x20
		}
		return b
	}
	var d Defragmenter
	f := newFeed(nil)
	push := func(b []byte) bool {
		f.rec.Data, f.rec.WireLen = b, len(b)
		f.d.Decode(&f.p, &f.rec)
		_, ok := d.Push(&f.p, &f.rec)
		return ok
	}
	before := heap()
	for i := range open {
		push(fragment(uint16(i), 0, true, 8))
	}
	for i := range whole {
		if id := uint16(open + i); push(fragment(id, size/2, false, size/2)) || !push(fragment(id, 0, true, size/2)) {
			t.Fatal("not reassembled")
		}
	}
	f.p, f.rec.Data = layers.Packet{}, nil
	if used := heap() - before; used > 2*d.Stats().Held+1<<20 {
		t.Errorf("%d bytes used, %d counted", used, d.Stats().Held)
	}
	if s := d.Stats(); s.Open != open || s.Datagrams != whole {
		t.Errorf("%+v", s)
	}
}

// If more lines waited for a segment than one call may return as messages, the
// rest is counted, and their memory is released.
func TestManyMessagesAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes 400,000 messages to exceed the limit")
	}
	f := newFeed(nil)
	f.say(0, server("220 ready FTP\r\n"), client("USER x\r\n"))
	const size = 40_000
	lines := rawSegment{flags: layers.TCPAck, data: strings.Repeat("A\n", size/2)}.packet()
	copy(lines[atSource:], []byte{10, 0, 0, 0})
	before, seq := f.a.Stats(), uint32(9)
	f.rec.Data, f.rec.WireLen = lines, len(lines)
	const segments = 20
	for i := range uint32(segments) {
		binary.BigEndian.PutUint32(lines[atSeq:], seq+2+i*size)
		if ms := f.push(); len(ms) > 0 {
			t.Fatalf("%d messages before the gap is filled", len(ms))
		}
	}
	binary.BigEndian.PutUint32(lines[atSeq:], seq)
	binary.BigEndian.PutUint16(lines[2:], 42)
	n := len(f.push())
	if s := f.a.Stats(); n != maxMessages || s.TooMany-before.TooMany != 1+segments*size/2-maxMessages {
		t.Errorf("%d messages, %d skipped", n, s.TooMany)
	}
	if f.push(); cap(f.a.out) > keptMessages {
		t.Errorf("room for %d messages is kept", cap(f.a.out))
	}
	f.flushed(t)
}

// Few buffers are kept for reuse.
func TestSpareBuffers(t *testing.T) {
	f := newFeed(nil)
	for i := range 4 * maxSpare {
		f.say(i, client("GET / HTTP/1.1\r\nX: "+strings.Repeat("x", 8000)))
	}
	for i := range 4 * maxSpare {
		b := rawSegment{flags: layers.TCPAck, seq: 8020, data: "\r\n\r\n"}.packet()
		binary.BigEndian.PutUint32(b[atSource:], 10<<24+uint32(i))
		f.rec.Data, f.rec.WireLen = b, len(b)
		if len(f.push()) != 1 {
			t.Fatal("no message")
		}
	}
	f.a.Flush()
	f.a.Flush()
	size := 0
	for _, b := range f.a.spare {
		size += cap(b)
	}
	if n := len(f.a.spare); n == 0 || n > maxSpare || size > maxSpare*spareSize {
		t.Errorf("%d buffers of %d bytes", n, size)
	}
}
