package stream

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// Connections without data are as many as MaxSilent allows; of those with data
// none gives way.
func TestMaxSilent(t *testing.T) {
	f := newFeed(nil)
	f.a.MaxSilent = 10
	f.say(0, client("GET / HTTP/1.1\r\n"))
	syn := rawSegment{flags: layers.TCPSyn}.packet()
	f.rec.Data, f.rec.WireLen = syn, len(syn)
	for i := range 1000 {
		syn[atSource], syn[atSource+1], syn[atSource+2] = 11, byte(i>>8), byte(i)
		f.push()
		if n := f.a.table.lists[silent].Len(); n > 10 {
			t.Fatalf("%d without data", n)
		}
	}
	if s := f.a.Stats(); s.Open != 11 || s.Evicted != 990 || f.a.table.lists[talking].Len() != 1 {
		t.Errorf("%+v", s)
	}
	f.flushed(t)
}

// A message of one byte more than MaxMessage is given up, whatever the protocol.
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

// Requests that are never answered: behind so many, or so many bytes, responses
// are not paired with requests any more, and the requests are let go.
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
			if want := n * (pendingCost + len(test.head)); n == test.n && held != want || n > test.n && held != 0 {
				t.Errorf("%s, %d requests: %d bytes held", name, n, held)
			}
			f.flushed(t)
		}
	}
}

// Commands that are never answered: what is kept of them is bounded.
func TestUnansweredCommands(t *testing.T) {
	var q queue[smtpKind]
	for range maxUnanswered {
		q.push(smtpOther)
	}
	if len(q.kinds) != maxUnanswered || q.front() != smtpOther {
		t.Errorf("%d kept", len(q.kinds))
	}
	for range 10 {
		q.push(smtpOther)
	}
	if len(q.kinds) != 0 || q.front() != smtpNone {
		t.Errorf("%d kept behind the bound", len(q.kinds))
	}
}

// A name of a file is cut at 4096 bytes, its type at 255, and neither keeps the head
// that it stood in.
func TestFileNames(t *testing.T) {
	long := strings.Repeat("n", 50_000)
	for _, test := range []struct {
		name    string
		request int // bytes of a head that is kept for the response
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
		most := connectionCost + tcbCost + mimeCost + bodyCost + 2*(fileCost+maxName+maxType) + pendingCost
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

// Of a content with more codings than are undone, none is.
func TestMaxCodings(t *testing.T) {
	for n, state := range map[int]Completeness{maxCodings: Undecodable, maxCodings + 1: Encoded} {
		f := newFeed(nil)
		f.a.Hash = HashSHA256
		ms := f.say(0, client("GET / HTTP/1.1\r\n\r\n"),
			server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip"+strings.Repeat(",gzip", n-1)+"\r\nContent-Length: 7\r\n\r\nno gzip"))
		if last := ms[len(ms)-1]; last.Kind != FileEnd || last.File.State != state {
			t.Errorf("%d codings: %v", n, last.File)
		}
	}
}

// A conversation that is not recognised keeps so many bytes of each side at most.
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

// A message of IMAP that keeps its literals in it is short; longer literals are
// passed over.
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

// Messages of OpenVPN that wait for an earlier one are few.
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
