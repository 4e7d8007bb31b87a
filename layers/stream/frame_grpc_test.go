package stream_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// recordedGRPC returns a conversation of grpc-go in testdata.
func recordedGRPC(t testing.TB, name string) (tk talk) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "grpc", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		mark, data, _ := strings.Cut(strings.TrimSpace(line), " ")
		raw, err := hex.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		tk = append(tk, talk{{mark == "<", string(raw)}}...)
	}
	return tk
}

// bodyMessages returns the messages that bodies consist of, with their sender, their
// state and the target of their request, and the files.
func bodyMessages(a *stream.Assembler, segs []seg) (out []string) {
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			side := "S"
			if m.FromClient {
				side = "C"
			}
			req, _ := http1.ParseRequest(m.Request)
			switch {
			case m.Kind == stream.FileEnd:
				out = append(out, fmt.Sprintf("%s file %d, %v, holds %v", side, m.File.Size, m.File.State, m.File.Holds))
			case m.Kind == stream.GRPCMessage, m.Kind == stream.ServerSentEvent:
				out = append(out, fmt.Sprintf("%s %q, %v, %s", side, m.Data, m.State, req.Target()))
			}
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start, keep)
	}
	keep(a.Flush())
	return out
}

// The messages are those that grpc-go was asked to send, without and with gzip, in
// segments of any size, with files and without.
func TestGRPCRecorded(t *testing.T) {
	var want []string
	for _, text := range []string{"hello", "", strings.Repeat("long ", 200)} {
		for i := range 3 {
			want = append(want, fmt.Sprintf("%s %q, complete, /echo.Echo/Talk", []string{"C", "S", "S"}[i], text))
		}
	}
	for _, name := range []string{"plain", "gzip"} {
		for _, size := range []int{1 << 14, 100, 1} {
			for _, config := range []stream.Config{{}, {NoFiles: true}} {
				a := &stream.Assembler{Config: config}
				got := slices.DeleteFunc(bodyMessages(a, recordedGRPC(t, name).segs(size)), func(s string) bool {
					return strings.HasSuffix(s, "complete, holds gRPC message")
				})
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, segments of %d bytes (-want +got):\n%s", name, size, diff)
				}
				if s := a.Stats(); s.Held != 0 || s.Incomplete+s.Malformed+s.TooLong > 0 {
					t.Errorf("%+v", s)
				}
			}
		}
	}
}

// grpcPrefixed returns a message of gRPC with flags.
func grpcPrefixed(flags byte, data string) string {
	return string(binary.BigEndian.AppendUint32([]byte{flags}, uint32(len(data)))) + data
}

func httpPost(fields, body string) string {
	return fmt.Sprintf("POST /a.B/C HTTP/1.1\r\nHost: a.example\r\n%sContent-Length: %d\r\n\r\n%s", fields, len(body), body)
}

// gRPC-Web (doc/PROTOCOL-WEB.md) in HTTP/1, codings of messages, and what is wrong with
// them.
func TestGRPCBodies(t *testing.T) {
	const web, text = "Content-Type: application/grpc-web+proto\r\n", "Content-Type: application/grpc-web-text\r\n"
	const coded = web + "grpc-encoding: "
	hello, trailer := grpcPrefixed(0, "hello"), grpcPrefixed(0x80, "grpc-status:0\r\n")
	gzipped, zlibbed := packed(t, "gzip", "hello"), packed(t, "zlib", "hello")
	b64 := base64.StdEncoding.EncodeToString
	for name, tt := range map[string]struct {
		fields, body string
		want         []string // without the sender and the target
		holds        string
		counts       [3]int // Malformed, TooLong, Incomplete
	}{
		"web":              {web, hello + hello + trailer, []string{`"hello", complete`, `"hello", complete`}, "gRPC message", [3]int{}},
		"text":             {text, b64([]byte(hello)) + b64([]byte(trailer)), []string{`"hello", complete`}, "gRPC message", [3]int{}},
		"text, not base64": {text, "!" + b64([]byte(hello)), []string{`"hello", complete`}, "Kind(0)", [3]int{}},
		"gzip":             {coded + "gzip\r\n", grpcPrefixed(1, gzipped) + hello, []string{`"hello", complete`, `"hello", complete`}, "gRPC message", [3]int{}},
		"deflate":          {coded + "deflate\r\n", grpcPrefixed(1, zlibbed), []string{`"hello", complete`}, "gRPC message", [3]int{}},
		"unknown":          {coded + "snappy\r\n", grpcPrefixed(1, "\x05hello"), []string{`"\x05hello", unsupported encoding`}, "gRPC message", [3]int{}},
		"no coding":        {web, grpcPrefixed(1, "hello"), []string{`"hello", unsupported encoding`}, "gRPC message", [3]int{}},
		"not gzip":         {coded + "gzip\r\n", grpcPrefixed(1, "hello"), []string{`"hello", not encoded as declared`}, "gRPC message", [3]int{1}},
		"corrupt":          {coded + "gzip\r\n", grpcPrefixed(1, gzipped[:len(gzipped)-10]), []string{`"hello", corrupt encoding`}, "gRPC message", [3]int{1}},
		"content coding":   {coded + "gzip\r\nContent-Encoding: gzip\r\n", packed(t, "gzip", grpcPrefixed(1, gzipped)+hello), []string{`"hello", complete`, `"hello", complete`}, "gRPC message", [3]int{}},
		"two of them":      {coded + "gzip\r\nContent-Encoding: gzip, gzip\r\n", packed(t, "gzip", packed(t, "gzip", grpcPrefixed(1, gzipped))), []string{fmt.Sprintf(`%q, unsupported encoding`, gzipped)}, "gRPC message", [3]int{}},
		"long":             {web, grpcPrefixed(0, strings.Repeat("x", 301)) + hello, []string{fmt.Sprintf("%q, too large to decode", strings.Repeat("x", 300)), `"hello", complete`}, "gRPC message", [3]int{0, 1}},
		"long, gzip":       {coded + "gzip\r\n", grpcPrefixed(1, packed(t, "gzip", strings.Repeat("x", 3000))) + hello, []string{fmt.Sprintf("%q, too large to decode", strings.Repeat("x", 300)), `"hello", complete`}, "gRPC message", [3]int{0, 1}},
		"a program":        {web, "MZ\x90\x00\x03\x00", nil, "Kind(0)", [3]int{1}},
		"more after it":    {web, hello + "MZ\x90\x00\x03\x00", []string{`"hello", complete`}, "Kind(0)", [3]int{1}},
		"a part":           {web, hello + hello[:7], []string{`"hello", complete`}, "Kind(0)", [3]int{0, 0, 1}},
		"a claim":          {web, "\x00\xff\xff\xff\xffhello", nil, "Kind(0)", [3]int{0, 1, 1}},
		"empty":            {web, grpcPrefixed(0, ""), []string{`"", complete`}, "gRPC message", [3]int{}},
		"only a trailer":   {web, trailer, nil, "Kind(0)", [3]int{}},
		"trailer of gRPC":  {"Content-Type: application/grpc\r\n", hello + trailer, []string{`"hello", complete`}, "Kind(0)", [3]int{1}},
	} {
		want := slices.Clone(tt.want)
		for i := range want {
			want[i] = "C " + want[i] + ", /a.B/C"
		}
		for _, size := range []int{1 << 14, 7, 1} {
			a := &stream.Assembler{Config: stream.Config{MaxMessage: 300, Hash: stream.HashSHA256}}
			got := bodyMessages(a, talk{{false, httpPost(tt.fields, tt.body)}}.segs(size))
			n := len(got) - 1
			if n < 0 || !strings.HasSuffix(got[n], "holds "+tt.holds) {
				t.Fatalf("%s: %q", name, got)
			}
			if diff := cmp.Diff(want, got[:n], cmp.Transformer("nil", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Errorf("%s, segments of %d bytes (-want +got):\n%s", name, size, diff)
			}
			if s := a.Stats(); [3]int{s.Malformed, s.TooLong, s.Incomplete} != tt.counts || s.Held != 0 {
				t.Errorf("%s, segments of %d bytes: %+v", name, size, s)
			}
		}
	}
}

// A message is a file on demand. It belongs to the request, and names its own packets.
func TestGRPCFiles(t *testing.T) {
	body := grpcPrefixed(0, "MZ") + grpcPrefixed(0, "") + grpcPrefixed(0, strings.Repeat("x", 301))
	data := httpPost("Content-Type: application/grpc-web\r\n", body)
	at := len(data) - len(body) + 3
	a := &stream.Assembler{Config: stream.Config{MaxMessage: 300, GRPCFiles: true, Hash: stream.HashSHA256}}
	var got []string
	for i, s := range (talk{{false, data[:at]}, {false, data[at:]}}).segs(1 << 14) {
		push(a, s, int64(i+1), start, func(ms []stream.Message) {
			for _, m := range ms {
				if m.Proto == stream.GRPC {
					got = append(got, fmt.Sprintf("%v %d-%d %v", m.Kind, m.First.Number, m.Last.Number, m.Via))
				}
				if m.Proto == stream.GRPC && m.Kind == stream.FileEnd {
					got = append(got, fmt.Sprintf("%d %v %v", m.File.Size, m.File.State, m.File.SHA256 != nil))
				}
			}
		})
	}
	want := []string{
		"gRPC message 3-4 TCP > HTTP/1", "file begin 3-3 TCP > HTTP/1", "file end 3-4 TCP > HTTP/1", "2 complete true",
		"gRPC message 4-4 TCP > HTTP/1",
		"gRPC message 4-4 TCP > HTTP/1", "file begin 4-4 TCP > HTTP/1", "file end 4-4 TCP > HTTP/1", "300 too large to decode false",
	}
	if diff := cmp.Diff(want, got[:min(len(got), len(want))]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A gap inside a message loses that message; after any other, the rest is lost. Neither
// is silent, and no message is made up.
func TestGRPCLost(t *testing.T) {
	body := grpcPrefixed(0, strings.Repeat("a", 100)) + grpcPrefixed(0, strings.Repeat("b", 100)) + grpcPrefixed(0, strings.Repeat("c", 100))
	data := httpPost("Content-Type: application/grpc-web\r\n", body)
	at := len(data) - len(body)
	for from := 0; from < len(body); from++ {
		for _, n := range []int{1, 30} {
			to := min(from+n, len(body))
			a := new(stream.Assembler)
			got := bodyMessages(a, []seg{
				{flags: ack, seq: 1, data: data[:at+from]}, {server: true, flags: ack, seq: 1, ack: uint32(1 + len(data)), data: "HTTP/1.1 204 x\r\n\r\n"},
				{flags: ack, seq: uint32(1 + at + to), data: data[at+to:]},
			})
			var letters string
			for _, line := range got {
				if i := strings.IndexByte(line, '"'); i >= 0 {
					letters += line[i+1 : i+2]
				}
			}
			first, last := from/105, (to-1)/105
			want := "abc"[:first]
			if first == last && from%105 >= 5 && to < len(body) {
				want += "abc"[first+1:]
			}
			if to == len(body) { // the end of the connection
				want = "abc"[:first]
			}
			if letters != want || a.Stats().Incomplete == 0 {
				t.Fatalf("without %d to %d: %q, want %q; %+v", from, to, letters, want, a.Stats())
			}
		}
	}
}

// Tiny compressed messages pay for what they cost, and a bomb for what it becomes.
func TestGRPCWork(t *testing.T) {
	const fields = "Content-Type: application/grpc-web\r\ngrpc-encoding: gzip\r\n"
	for name, body := range map[string]string{
		"tiny":  strings.Repeat(grpcPrefixed(1, packed(t, "gzip", "")), 5000),
		"bombs": strings.Repeat(grpcPrefixed(1, packed(t, "gzip", strings.Repeat("\x00", 1<<20))), 50),
	} {
		a := new(stream.Assembler)
		data := httpPost(fields, body)
		bodyMessages(a, talk{{false, data}}.segs(1400))
		if s := a.Stats(); s.Work > int64(4<<20+448*(len(data)+1000)) || s.Held != 0 || name == "bombs" && s.TooCostly == 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// FuzzGRPC: however a body is cut, the messages are the same, and their bytes are those of
// the body.
func FuzzGRPC(f *testing.F) {
	f.Add([]byte(grpcPrefixed(0, "hello")+grpcPrefixed(0x80, "x")), uint8(1), uint8(3))
	f.Add([]byte(grpcPrefixed(1, "hello")+"\x00\xff"), uint8(0), uint8(7))
	f.Fuzz(func(t *testing.T, body []byte, format, size uint8) {
		types := []string{"application/grpc-web", "application/grpc-web-text", "application/grpc-web\r\ngrpc-encoding: gzip", "text/event-stream"}
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", types[int(format)%len(types)], len(body))
		var all [2][]string
		for i, n := range []int{1 << 14, int(size) + 1} {
			a := &stream.Assembler{Config: stream.Config{MaxMessage: 100, Content: true}}
			all[i] = bodyMessages(a, talk{{true, head + string(body)}}.segs(n))
			if s := a.Stats(); s.Held != 0 {
				t.Errorf("%+v", s)
			}
		}
		if diff := cmp.Diff(all[0], all[1]); diff != "" {
			t.Errorf("segments of %d bytes (-whole +cut):\n%s", size+1, diff)
		}
	})
}
