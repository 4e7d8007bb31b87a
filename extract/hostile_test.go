package extract

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// A report with values that are difficult in JSON is read back unchanged.
func TestHostileValues(t *testing.T) {
	for _, value := range []string{
		"\xff\xfe", "a\x00b", "\x1b[31m", "\u202egnp.exe", "😀", strings.Repeat("x", 65<<10), "a|b.exe", "|", "true", "false",
		"null", "NaN", "[1,2]", `{"a":1}`, "=cmd()", "<script>", "%00", "..", "../../etc/passwd", "'\"`", "007", "1e5", " ", "\u00a0",
	} {
		head := "GET /" + value + " HTTP/1.1\r\nHost: " + value + "\r\nUser-Agent: " + value + "\r\nReferer: " + value + "\r\n\r\n"
		body := "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"" + value + "\"\r\nLocation: " + value +
			"\r\nContent-Type: application/x-dosexec\r\nContent-Length: 2\r\n\r\nMZ"
		var c capture
		c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(1, value[:min(len(value), 63)], "example")))
		c.request("10.0.0.5", "198.51.100.7", 80, "GET / HTTP/1.0\r\n\r\n")
		c.conversation("203.0.113.1", head, body)
		c.conversation("203.0.113.2", "USER "+value+"\r\n", "220 ftp\r\n331 more\r\n")
		rep := c.report(t, Options{Stream: stream.Config{Hash: stream.HashAll}})
		back, err := ReadJSON(strings.NewReader(jsonOf(t, rep, true)))
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		sameText(t, value, jsonOf(t, rep, true), jsonOf(t, back, true))
	}
}

// conversation adds a TCP connection in which each side sends one message.
func (c *capture) conversation(server, client, answer string) {
	c.n++
	src := uint16(40000 + c.n)
	to := build.TCP{Src: "10.0.0.5", Dst: server, SrcPort: src, DstPort: 80, Seq: 1, Flags: 2}
	back := build.TCP{Src: server, Dst: "10.0.0.5", SrcPort: 80, DstPort: src, Seq: 1, Ack: 2, Flags: 0x12}
	c.add(to.Packet())
	c.add(back.Packet())
	to.Seq, back.Seq, to.Flags, back.Flags = 2, 2, 0x18, 0x18
	for len(client) > 0 {
		n := min(len(client), 1400)
		to.Data = client[:n]
		c.add(to.Packet())
		to.Seq, client = to.Seq+uint32(n), client[n:]
	}
	back.Ack = to.Seq
	for len(answer) > 0 {
		n := min(len(answer), 1400)
		back.Data = answer[:n]
		c.add(back.Packet())
		back.Seq, answer = back.Seq+uint32(n), answer[n:]
	}
}

// A domain generation algorithm queries far more names than the table has room for.
func TestManyNames(t *testing.T) {
	var c capture
	const names = 100_000
	for i := range names {
		c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(uint16(i), fmt.Sprintf("d%x", i*7919), "example")))
	}
	rep := c.report(t, Options{})
	kept := 0
	for range rep.Queries() {
		kept++
	}
	if left := rep.LeftOut()["queries"]; kept != defaultMaxValues || int(left)+kept != names {
		t.Errorf("%d names kept and %d left out", kept, left)
	}
}

// A manipulated report is an error, or as usable as any other.
func FuzzReport(f *testing.F) {
	f.Add([]byte(jsonOf(f, readFile(f, "../testdata/story.pcapng", Options{}), true)))
	f.Add([]byte(jsonOf(f, readFile(f, "../testdata/smtp.pcap", Options{Stream: stream.Config{Hash: stream.HashAll}}), true)))
	f.Add([]byte(jsonOf(f, new(Report), true)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ReadJSON(bytes.NewReader(b))
		if err != nil {
			return
		}
		want := jsonOf(t, r, true)
		back, err := ReadJSON(strings.NewReader(want))
		if err != nil {
			t.Fatalf("written report cannot be read: %v", err)
		}
		sameText(t, "read back", want, jsonOf(t, back, true))
		if err := r.Merge(new(Report)); err != nil {
			t.Error(err)
		}
	})
}

// WriteJSON returns the error of the writer, wherever it fails.
func TestWriteJSONFails(t *testing.T) {
	r := readFile(t, "../testdata/dns.pcap", Options{})
	size := len(jsonOf(t, r, true))
	for n := 0; n < size; n += 1 + size/200 {
		if err := r.WriteJSON(&failing{n}, true); err == nil {
			t.Fatalf("no error from a writer that fails after %d bytes", n)
		}
	}
	if err := r.WriteJSON(&failing{size}, true); err != nil {
		t.Error(err)
	}
}

// A failing writer accepts a number of bytes.
type failing struct{ room int }

func (w *failing) Write(b []byte) (int, error) {
	if len(b) > w.room {
		return w.room, context.Canceled
	}
	w.room -= len(b)
	return len(b), nil
}
