package stream

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// Connections without data between two addresses are limited by MaxSilent: those with
// data, and those of other addresses, are not evicted.
func TestMaxSilent(t *testing.T) {
	f := newFeed(nil)
	f.a.MaxSilent = 80
	f.say(0, client("GET / HTTP/1.1\r\n"))
	syn := rawSegment{flags: layers.TCPSyn}.packet()
	f.rec.Data, f.rec.WireLen = syn, len(syn)
	for i := range 1000 {
		syn[atSource], syn[atSource+1] = 11, 1
		binary.BigEndian.PutUint16(syn[atPort:], uint16(i))
		f.push()
		syn[atSource+1] = 2 + byte(i%2)
		if i < 160 {
			f.push()
		}
		if n := f.a.table.lists[silent].Len(); n > 80+160 {
			t.Fatalf("%d without data", n)
		}
	}
	if s := f.a.Stats(); s.Open != 1+160+80 || s.Parted != 920 || s.Evicted != 0 || f.a.table.lists[talking].Len() != 1 {
		t.Errorf("%+v", s)
	}
	f.flushed(t)
}

// A message one byte longer than MaxMessage is dropped, in any protocol.
func TestMaxMessage(t *testing.T) {
	const most = 2000
	for name, test := range map[string]struct {
		before []line
		open   string // of the message
		close  string
	}{
		"HTTP": {nil, "GET / HTTP/1.1\r\nX: ", "\r\n\r\n"},
		"SMTP": {[]line{server("220 x ESMTP\r\n"), client("EHLO x\r\n")}, "NOOP ", "\r\n"},
		"IMAP": {[]line{server("* OK ready\r\n")}, "a1 NOOP ", "\r\n"},
		"POP3": {[]line{server("+OK ready\r\n"), client("USER x\r\n")}, "NOOP ", "\r\n"},
		"FTP":  {[]line{server("220 x FTP\r\n"), client("USER x\r\n")}, "NOOP ", "\r\n"},
		"TLS":  {nil, "\x16\x03\x03\x40\x00\x01", ""},
		"SSH":  {[]line{client("SSH-2.0-x\r\n")}, "", ""},
	} {
		for _, size := range []int{most, most + 1} {
			f := newFeed(nil)
			f.a.MaxMessage = most
			fill := strings.Repeat("x", size-len(test.open)-len(test.close))
			switch name {
			case "TLS":
				n := size - tlsHandshakeLen
				fill = string([]byte{byte(n >> 16), byte(n >> 8), byte(n)}) + strings.Repeat("x", n)
			case "SSH":
				fill = string([]byte{0, 0, byte(size >> 8), byte(size), 4, 20}) + strings.Repeat("x", size-2)
			}
			lines := append([]line(nil), test.before...)
			for b := test.open + fill + test.close; len(b) > 0; {
				n := min(len(b), 600)
				lines = append(lines, client(b[:n]))
				b = b[n:]
			}
			f.say(0, lines...)
			if s := f.a.Stats(); (s.TooLong == 1) != (size > most) || s.Held > 2*most+connectionCost+tcbCost+spareSize {
				t.Errorf("%s: a message of %d: %+v", name, size, s)
			}
			f.flushed(t)
		}
	}
}

// After too many unanswered requests, or too many bytes of them, responses are
// no longer paired with requests, and the requests are released.
func TestPendingRequests(t *testing.T) {
	for name, test := range map[string]struct {
		n    int
		head string
	}{
		"many": {maxPending, "GET / HTTP/1.1\r\n\r\n"},
		"long": {maxPendingBytes / 60_000, "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 60_000-24) + "\r\n\r\n"},
	} {
		for _, n := range []int{test.n, test.n + 1} {
			f := newFeed(nil)
			lines := make([]line, n)
			for i := range lines {
				lines[i] = client(test.head)
			}
			f.say(0, lines...)
			held := f.a.Held() - connectionCost - tcbCost
			response := rawSegment{side: 1, flags: layers.TCPAck, seq: 1, data: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}.packet()
			copy(response[atSource+4:], []byte{10, 0, 0, 0})
			f.rec.Data, f.rec.WireLen = response, len(response)
			ms := f.push()
			if len(ms) != 1 || (ms[0].Request == nil) != (n > test.n) {
				t.Errorf("%s, %d requests: %d messages", name, n, len(ms))
			}
			if want := n * (askedCost + len(test.head)); n == test.n && held != want || n > test.n && held != 0 {
				t.Errorf("%s, %d requests: %d bytes held", name, n, held)
			}
			f.flushed(t)
		}
	}
}

// The memory for unanswered commands is limited.
func TestUnansweredCommands(t *testing.T) {
	q, s := queue[smtpKind]{}, sink{a: new(Assembler)}
	for range maxUnanswered {
		q.push(s, smtpOther, turn{}, 0, maxUnanswered)
	}
	if held := s.a.Held(); q.front(s, turn{}) == nil || held != maxUnanswered*askedCost {
		t.Errorf("a reply is not paired before the limit, or %d bytes held", held)
	}
	q.push(s, smtpOther, turn{}, 0, maxUnanswered)
	if held := s.a.Held(); q.front(s, turn{}) != nil || held != 0 {
		t.Errorf("a reply is paired after the limit, or %d bytes held", held)
	}
}

// A file name is cut at 4096 bytes, its type at 255, and neither retains the
// head that it came from.
func TestFileNames(t *testing.T) {
	long := strings.Repeat("n", 50_000)
	for _, test := range []struct {
		name    string
		request int // bytes of the head that is kept for the response
		lines   []line
	}{
		{"of a URL", 50_018, []line{client("GET /" + long + " HTTP/1.1\r\n\r\n"), server("HTTP/1.1 200 OK\r\nContent-Type: " + long + "\r\nContent-Length: 2\r\n\r\nMZ")}},
		{"of a form", 200, []line{client("POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 60000\r\n\r\n" +
			"--b\r\nContent-Disposition: form-data; name=a; filename=\"" + long[:20_000] + "\"\r\nContent-Type: " + long[:20_000] + "\r\n\r\nMZ")}},
		{"of an attachment", 0, []line{server("220 x ESMTP\r\n"), client("EHLO x\r\nDATA\r\nContent-Type: " + long[:20_000] + "; name=" + long[:20_000] + "\r\n\r\nMZ")}},
		{"of FTP", 0, []line{server("220 x FTP\r\n"), client("USER x\r\nPORT 10,0,0,0,9,9\r\nRETR " + long + "\r\n")}},
	} {
		f := newFeed(nil)
		f.say(0, test.lines...)
		most := connectionCost + tcbCost + mimeCost + bodyCost + 2*(fileCost+maxName+maxType) + askedCost
		if s := f.a.Stats(); s.Held > most+2*test.request {
			t.Errorf("%s: %+v", test.name, s)
		}
		for _, m := range f.a.Flush() {
			if m.File != nil && (len(m.File.Name) > maxName || len(m.File.Type) > maxType) {
				t.Errorf("%s: a name of %d bytes, a type of %d", test.name, len(m.File.Name), len(m.File.Type))
			}
		}
		f.flushed(t)
	}
}

// Content with more codings than the limit is not decoded at all.
func TestMaxCodings(t *testing.T) {
	for n, state := range map[int]Completeness{maxCodings: Mislabelled, maxCodings + 1: Encoded} {
		f := newFeed(nil)
		f.a.Hash = HashSHA256
		ms := f.say(0, client("GET / HTTP/1.1\r\n\r\n"),
			server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip"+strings.Repeat(",gzip", n-1)+"\r\nContent-Length: 7\r\n\r\nno gzip"))
		if last := ms[len(ms)-1]; last.Kind != FileEnd || last.File.State != state {
			t.Errorf("%d codings: %v", n, last.File)
		}
	}
}

// An unrecognised conversation holds a limited number of bytes of each side.
func TestUndecided(t *testing.T) {
	for _, text := range []string{"G", "a1 ", "220 ", "\x16", "\x00\x80\x38"} {
		f := newFeed(nil)
		f.a.Detect = nil
		var lines []line
		for i := range 2000 {
			lines = append(lines, line{i & 1, text})
		}
		f.say(0, lines...)
		if c := f.a.table.lists[talking].Oldest().conn; cap(c.stage.buf[0].b)+cap(c.stage.buf[1].b) > 4*probeLen {
			t.Errorf("%q: %d and %d bytes kept", text, cap(c.stage.buf[0].b), cap(c.stage.buf[1].b))
		}
		f.flushed(t)
	}
}

// An IMAP message includes its literals only if it is short; longer literals
// are skipped.
func TestIMAPLiterals(t *testing.T) {
	for _, n := range []int{100, maxIMAPLiteral + 1, 1 << 20} {
		f := newFeed(nil)
		f.say(0, server("* OK ready\r\n"), client(fmt.Sprintf("a1 LOGIN {%d}\r\n%s", n, strings.Repeat("x", min(n, 60_000)))))
		if s := f.a.Stats(); s.Held > connectionCost+tcbCost+2*maxIMAPLiteral {
			t.Errorf("a literal of %d bytes: %+v", n, s)
		}
		f.flushed(t)
	}
}

// The number of OpenVPN messages that wait for an earlier one is limited.
func TestOpenVPNWaiting(t *testing.T) {
	f := newFeed(nil)
	packets := "\x00\x0e\x38session1\x00\x00\x00\x00\x00"
	for n := range byte(40) {
		packets += "\x00\x12\x20session1\x00\x00\x00\x00" + string([]byte{n + 2}) + "data"
	}
	f.say(0, client(packets))
	if s := f.a.Stats(); s.TooLong != 40-openvpnMaxWaiting || s.Held > connectionCost+tcbCost+openvpnMaxWaiting*(segmentCost+8) {
		t.Errorf("%+v", s)
	}
	f.flushed(t)
}
