package stream_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// helloSum is the SHA-256 of "hello", as printed by sha256sum.
const (
	helloSum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
)

func packed(t *testing.T, coding, data string) string {
	t.Helper()
	var b bytes.Buffer
	var w interface {
		Write([]byte) (int, error)
		Close() error
	}
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, _ = flate.NewWriter(&b, flate.BestCompression)
	}
	w.Write([]byte(data))
	w.Close()
	return b.String()
}

// files pushes segments and returns a description of each file.
func files(t *testing.T, a *stream.Assembler, segs ...seg) []string {
	t.Helper()
	a.Hash, a.Content = stream.HashSHA256, true
	var out []string
	content := map[*stream.File]string{}
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			switch m.Kind {
			case stream.FileBegin:
				content[m.File] = ""
			case stream.FileData:
				content[m.File] += string(m.Data)
			case stream.FileEnd:
				who := "server"
				if m.FromClient {
					who = "client"
				}
				var target []byte
				if req, err := http1.ParseRequest(m.Request); err == nil {
					target = req.Target()
				}
				f := m.File
				if f.State == stream.Complete && int64(len(content[f])) != f.Size {
					t.Errorf("%d bytes of %d", len(content[f]), f.Size)
				}
				out = append(out, fmt.Sprintf("%s %s %q %s %d %s %.8s", who, target, f.Name, f.Type, f.Size, f.State, hex.EncodeToString(f.SHA256)))
			}
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start, keep)
	}
	keep(a.Flush())
	if held := a.Stats().Held; held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
	return out
}

// Decoders are reused from one body to the next, also after a corrupt one.
func TestDecoderReuse(t *testing.T) {
	const get = "GET /x HTTP/1.1\r\n\r\n"
	gz, other := packed(t, "gzip", "hello"), packed(t, "gzip", strings.Repeat("other", 20_000))
	var turns talk
	var want []string
	for range 3 {
		for _, test := range []struct{ coding, body, file string }{
			{"gzip", gz, "5 complete 2cf24dba"},
			{"gzip", gz[:len(gz)-9], "5 corrupt encoding 2cf24dba"},
			{"gzip, deflate", packed(t, "zlib", gz), "5 complete 2cf24dba"},
			{"gzip", "hello", "5 not encoded as declared 2cf24dba"},
			{"gzip, gzip", packed(t, "gzip", gz), "5 complete 2cf24dba"},
			{"gzip, gzip", packed(t, "gzip", "hello"), "5 not encoded as declared 2cf24dba"},
			{"deflate", packed(t, "flate", "hello"), "5 complete 2cf24dba"},
			{"gzip", other, "100000 complete " + shortSum(strings.Repeat("other", 20_000))},
		} {
			turns = append(turns, talk{{false, get}, {true, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", test.coding, len(test.body), test.body)}}...)
			want = append(want, `server /x "x"  `+test.file)
		}
	}
	if diff := cmp.Diff(want, files(t, new(stream.Assembler), turns.segs(1400)...)); diff != "" {
		t.Error(diff)
	}
}

func shortSum(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:4])
}

// NoFiles does not change the other messages.
func TestNoFiles(t *testing.T) {
	captures, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil || len(captures) == 0 {
		t.Fatal(captures, err)
	}
	skipped := 0
	for _, name := range captures {
		with, parts := wholeMessages(t, name, &stream.Assembler{Config: stream.Config{Hash: stream.HashAll, Content: true}})
		skipped += parts
		without, parts := wholeMessages(t, name, &stream.Assembler{Config: stream.Config{Hash: stream.HashAll, Content: true, NoFiles: true}})
		if diff := cmp.Diff(with, without); diff != "" || parts > 0 {
			t.Errorf("%s: %d parts of files; %s", name, parts, diff)
		}
	}
	if skipped == 0 {
		t.Error("the captures contain no files")
	}
}

// wholeMessages returns the messages of a capture except those of files, and
// the number of the latter.
func wholeMessages(t *testing.T, name string, a *stream.Assembler) (whole []string, parts int) {
	t.Helper()
	r, err := pcap.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			if m.File != nil {
				parts++
				continue
			}
			whole = append(whole, fmt.Sprintf("%v %v %v %v %d %d %q %q", m.Conn.Flow, m.Via.Innermost(), m.Proto, m.FromClient, m.First.Number, m.Last.Number, m.Data, m.Request))
		}
	}
	for {
		rec, err := r.Next()
		if err != nil {
			break
		}
		d.Decode(&p, rec)
		keep(a.Push(&p, rec))
	}
	keep(a.Flush())
	return whole, parts
}

func TestHTTPBodies(t *testing.T) {
	res := func(fields, body string) string {
		return "HTTP/1.1 200 OK\r\nContent-Type: Text/Plain; charset=utf-8\r\n" + fields + "\r\n" + body
	}
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	get := "GET /dir/a%20b.exe?x=1 HTTP/1.1\r\nHost: a.example\r\n\r\n"
	gz, zl, raw := packed(t, "gzip", "hello"), packed(t, "zlib", "hello"), packed(t, "flate", "hello")
	twice := packed(t, "zlib", gz)
	empties := packed(t, "gzip", strings.Repeat(packed(t, "gzip", ""), 300)+gz)
	chunked := func(body string) string {
		return fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", len(body)/2, body[:len(body)/2], len(body)-len(body)/2, body[len(body)/2:])
	}
	const server = `server /dir/a%20b.exe?x=1 "a b.exe" text/plain `
	for _, test := range []struct {
		name string
		talk talk
		want []string
	}{
		{"length", talk{{false, get}, {true, res(length(5), "hello")}}, []string{server + "5 complete 2cf24dba"}},
		{"empty", talk{{false, get}, {true, res(length(0), "")}}, nil},
		{"chunked", talk{{false, get}, {true, strings.TrimSuffix(res("", ""), "\r\n") + chunked("hello")}}, []string{server + "5 complete 2cf24dba"}},
		{"gzip", talk{{false, get}, {true, res("Content-Encoding: gzip\r\n"+length(len(gz)), gz)}}, []string{server + "5 complete 2cf24dba"}},
		{"gzip, chunked", talk{{false, get}, {true, strings.TrimSuffix(res("Content-Encoding: GZip\r\n", ""), "\r\n") + chunked(gz)}}, []string{server + "5 complete 2cf24dba"}},
		{"deflate", talk{{false, get}, {true, res("Content-Encoding: deflate\r\n"+length(len(zl)), zl)}}, []string{server + "5 complete 2cf24dba"}},
		{"deflate without zlib header", talk{{false, get}, {true, res("Content-Encoding: deflate\r\n"+length(len(raw)), raw)}}, []string{server + "5 complete 2cf24dba"}},
		{"encoded twice", talk{{false, get}, {true, res("Content-Encoding: identity, gzip\r\nContent-encoding: deflate\r\n"+length(len(twice)), twice)}}, []string{server + "5 complete 2cf24dba"}},
		{"gzip of two members (RFC 1952 section 2.2)", talk{{false, get}, {true, res("Content-Encoding: gzip\r\n"+length(2*len(gz)), gz+gz)}},
			[]string{server + "10 complete " + shortSum("hellohello")}},
		// Chromium: net/filter/gzip_source_stream.h, STATE_IGNORING_EXTRA_BYTES.
		{"gzip and a line end", talk{{false, get}, {true, res("Content-Encoding: gzip\r\n"+length(2+len(gz)), gz+"\r\n")}}, []string{server + "5 complete 2cf24dba"}},
		{"gzip and zeros", talk{{false, get}, {true, res("Content-Encoding: deflate, gzip\r\n"+length(20+len(packed(t, "gzip", zl))), packed(t, "gzip", zl)+strings.Repeat("\x00", 20))}},
			[]string{server + "5 complete 2cf24dba"}},
		{"gzip of many empty members", talk{{false, get}, {true, res("Content-Encoding: gzip, gzip\r\n"+length(len(empties)), empties)}}, []string{server + "5 complete 2cf24dba"}},
		// RFC 9112 section 7: the transfer coding is applied after the content
		// coding.
		{"a transfer coding", talk{{false, get}, {true, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: gzip, chunked\r\n" + strings.TrimPrefix(chunked(gz), "Transfer-Encoding: chunked\r\n")}},
			[]string{server + "5 complete 2cf24dba"}},
		{"content and transfer codings", talk{{false, get}, {true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: deflate\r\nContent-Encoding: gzip\r\nContent-Type: text/plain\r\n" + chunked(twice)}},
			[]string{server + "5 complete 2cf24dba"}},
		// Not in the IANA registry "http-parameters": browsers ignore it.
		{"no coding", talk{{false, get}, {true, res("Content-Encoding: none\r\n"+length(5), "hello")}}, []string{server + "5 complete 2cf24dba"}},
		{"too many codings", talk{{false, get}, {true, res("Content-Encoding: gzip, gzip, gzip, gzip, gzip\r\n"+length(len(gz)), gz)}}, []string{fmt.Sprintf("%s%d unsupported encoding %s", server, len(gz), shortSum(gz))}},
		{"brotli, truncated", talk{{false, get}, {true, res("Content-Encoding: br\r\n"+length(4), "abc")}}, []string{server + "3 truncated "}},
		{"range, truncated", talk{{false, get}, {true, "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\n\r\nell"}},
			[]string{`server /dir/a%20b.exe?x=1 "a b.exe"  3 truncated `}},
		{"compress", talk{{false, get}, {true, res("Content-Encoding: compress\r\n"+length(3), "abc")}}, []string{server + "3 unsupported encoding ba7816bf"}},
		{"not gzip", talk{{false, get}, {true, res("Content-Encoding: gzip\r\n"+length(5), "hello")}}, []string{server + "5 not encoded as declared 2cf24dba"}},
		{"gzip, truncated", talk{{false, get}, {true, res("Content-Encoding: gzip\r\n"+length(len(gz)-9), gz[:len(gz)-9])}}, []string{server + "5 corrupt encoding 2cf24dba"}},
		{"range", talk{{false, get}, {true, "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\nell"}},
			[]string{`server /dir/a%20b.exe?x=1 "a b.exe"  3 part of a file `}},
		// RFC 9110 section 14.4: bytes first-last/complete.
		{"a range of all", talk{{false, get}, {true, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 5\r\n\r\nhello"}},
			[]string{`server /dir/a%20b.exe?x=1 "a b.exe"  5 complete 2cf24dba`}},
		{"a range of all but a byte", talk{{false, get}, {true, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-3/5\r\nContent-Length: 4\r\n\r\nhell"}},
			[]string{`server /dir/a%20b.exe?x=1 "a b.exe"  4 part of a file `}},
		{"a range of unknown complete length", talk{{false, get}, {true, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/*\r\nContent-Length: 5\r\n\r\nhello"}},
			[]string{`server /dir/a%20b.exe?x=1 "a b.exe"  5 part of a file `}},
		{"a range of all that is longer than the content", talk{{false, get}, {true, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 4\r\n\r\nhell"}},
			[]string{`server /dir/a%20b.exe?x=1 "a b.exe"  4 part of a file `}},
		{"HEAD", talk{{false, "HEAD / HTTP/1.1\r\n\r\n"}, {true, res(length(5), "")}, {false, get}, {true, res(length(5), "world")}},
			[]string{server + "5 complete 486ea462"}},
		{"not modified", talk{{false, get}, {true, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"}, {false, get}, {true, res(length(5), "world")}},
			[]string{server + "5 complete 486ea462"}},
		{"no path", talk{{false, "GET http://a.example?x=/y HTTP/1.1\r\n\r\n"}, {true, res(length(5), "hello")}},
			[]string{`server http://a.example?x=/y "" text/plain 5 complete 2cf24dba`}},
		{"an absolute target", talk{{false, "GET http://a.example/y.exe HTTP/1.1\r\n\r\n"}, {true, res(length(5), "hello")}},
			[]string{`server http://a.example/y.exe "y.exe" text/plain 5 complete 2cf24dba`}},
		{"a URL in a path", talk{{false, "GET /get/http://a.example HTTP/1.1\r\n\r\n"}, {true, res(length(5), "hello")}},
			[]string{`server /get/http://a.example "a.example" text/plain 5 complete 2cf24dba`}},
		{"a name of its own", talk{{false, get}, {true, res("Content-Disposition: attachment; filename=\"../../x.exe\"\r\n"+length(5), "hello")}},
			[]string{`server /dir/a%20b.exe?x=1 "../../x.exe" text/plain 5 complete 2cf24dba`}},
		// RFC 6266 section 5; then other forms that senders use.
		{"a name with a charset", talk{{false, get}, {true, res("Content-Disposition: attachment; filename=\"EURO rates\"; filename*=utf-8''%e2%82%ac%20rates\r\n"+length(5), "hello")}},
			[]string{`server /dir/a%20b.exe?x=1 "€ rates" text/plain 5 complete 2cf24dba`}},
		{"a name without quotes", talk{{false, get}, {true, res("Content-Disposition: attachment; filename=my file (1).exe\r\n"+length(5), "hello")}},
			[]string{`server /dir/a%20b.exe?x=1 "my file (1).exe" text/plain 5 complete 2cf24dba`}},
		{"a name with a path", talk{{false, get}, {true, res("Content-Disposition: attachment;filename=\"C:\\tmp\\x.exe\"\r\n"+length(5), "hello")}},
			[]string{`server /dir/a%20b.exe?x=1 "C:\\tmp\\x.exe" text/plain 5 complete 2cf24dba`}},
		{"upload", talk{{false, "PUT /up HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"}, {true, "HTTP/1.1 100 Continue\r\n\r\n"}, {false, "hello"}, {true, res(length(5), "world")}},
			[]string{`client  ""  5 complete 2cf24dba`, `server /up "up" text/plain 5 complete 486ea462`}},
		{"pipelined", talk{{false, get + "GET /2 HTTP/1.1\r\n\r\n"}, {true, res(length(5), "hello") + res(length(5), "world")}},
			[]string{server + "5 complete 2cf24dba", `server /2 "2" text/plain 5 complete 486ea462`}},
		{"truncated", talk{{false, get}, {true, res(length(9), "hello")}}, []string{server + "5 truncated "}},
		{"until the end of the connection, truncated", talk{{false, get}, {true, res("", "hello")}}, []string{server + "5 truncated "}},
		{"a chunk without a size", talk{{false, get}, {true, res("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nxyz\r\n")}}, []string{server + "5 corrupt encoding 2cf24dba"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range []int{1, 2, 7, 1460} {
				if diff := cmp.Diff(test.want, files(t, new(stream.Assembler), test.talk.segs(size)...)); diff != "" {
					t.Errorf("in segments of %d: %s", size, diff)
				}
			}
		})
	}
}

// A body without a length is complete if the connection is closed in order.
func TestHTTPBodyUntilClose(t *testing.T) {
	segs := talk{{false, get}, {true, "HTTP/1.0 200 OK\r\n\r\nhello"}}.segs(1460)
	last := segs[len(segs)-1]
	segs = append(segs, seg{server: true, flags: fin | ack, seq: last.seq + uint32(len(last.data)), ack: last.ack})
	if diff := cmp.Diff([]string{`server / ""  5 complete 2cf24dba`}, files(t, new(stream.Assembler), segs...)); diff != "" {
		t.Error(diff)
	}
}

// A file with missing bytes has no hash, and the message after it is found.
func TestHTTPBodyGap(t *testing.T) {
	segs := talk{
		{false, get}, {true, "HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n"}, {true, "hello"}, {true, "lost!"}, {true, "world"},
		{false, get}, {true, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld"},
	}.segs(1460)
	segs = append(segs[:5], segs[6:]...)
	want := []string{`server / ""  10 bytes missing `, `server / ""  5 complete 486ea462`}
	if diff := cmp.Diff(want, files(t, new(stream.Assembler), segs...)); diff != "" {
		t.Error(diff)
	}
}

// A response that is missing, or whose head is missing, does not shift later
// responses to the wrong requests. A client waits for each response unless it
// pipelines (RFC 9112 section 9.3.2); then it is unknown which response is
// missing.
func TestHTTPGapPairing(t *testing.T) {
	ask := func(n string) string { return "GET /" + n + " HTTP/1.1\r\nHost: a.example\r\n\r\n" }
	res := func(body string) string {
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	chunks := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
	for _, test := range []struct {
		name string
		talk talk
		lost int // index in talk
		want []string
	}{
		{"a head", talk{{false, ask("1")}, {true, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}, {true, "hello"}, {false, ask("2")}, {true, res("world")}, {false, ask("3")}, {true, res("three")}}, 1,
			[]string{"/2 world", "/3 three"}},
		{"a response", talk{{false, ask("1")}, {true, res("hello")}, {false, ask("2")}, {true, res("world")}, {false, ask("3")}, {true, res("three")}}, 1,
			[]string{"/2 world", "/3 three"}},
		{"the end of a body", talk{{false, ask("1")}, {true, chunks}, {true, "0\r\n\r\n"}, {false, ask("2")}, {true, res("world")}}, 2,
			[]string{"/1 hello", "/2 world"}},
		{"a chunk", talk{{false, ask("1")}, {true, chunks}, {true, "5\r\nlost!\r\n"}, {true, "1\r\n.\r\n0\r\n\r\n"}, {false, ask("2")}, {true, res("world")}}, 2,
			[]string{"/1 hello", "/2 world"}},
		{"a request", talk{{false, ask("1")}, {true, res("hello")}, {false, ask("2")}, {true, res("world")}, {false, ask("3")}, {true, res("three")}}, 2,
			[]string{"/1 hello", " world", "/3 three"}},
		{"a response of those pipelined", talk{{false, ask("1") + ask("2") + ask("3")}, {true, res("hello")}, {true, res("world")}, {true, res("three")}, {false, ask("4")}, {true, res("four.")}}, 1,
			[]string{" world", " three", "/4 four."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			segs := test.talk.segs(1460)
			segs = append(segs[:2+test.lost], segs[3+test.lost:]...)
			a := &stream.Assembler{Config: stream.Config{Content: true}}
			var got []string
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					if m.Kind == stream.FileData {
						req, _ := http1.ParseRequest(m.Request)
						got = append(got, fmt.Sprintf("%s %s", req.Target(), m.Data))
					}
				}
			}
			for i, s := range segs {
				push(a, s, int64(i+1), start, keep)
			}
			keep(a.Flush())
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A decompression bomb is decoded up to the limit, and reported.
func TestHTTPBodyBomb(t *testing.T) {
	bomb := packed(t, "gzip", strings.Repeat("\x00", 4<<20))
	segs := talk{{false, get}, {true, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)}}.segs(1460)
	a := &stream.Assembler{Config: stream.Config{MaxDecode: 100_000}}
	if diff := cmp.Diff([]string{`server / ""  100000 too large to decode `}, files(t, a, segs...)); diff != "" {
		t.Error(diff)
	}
	// For a bomb inside a bomb, both count.
	double := packed(t, "gzip", bomb)
	segs2 := talk{{false, get}, {true, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n%s", len(double), double)}}.segs(1460)
	a = &stream.Assembler{Config: stream.Config{MaxDecode: 100_000}}
	var size int
	got := files(t, a, segs2...)
	if n, err := fmt.Sscanf(got[0], `server / ""  %d too large to decode`, &size); n != 1 || err != nil || size > 97_000 || size < 90_000 {
		t.Errorf("%q, %v", got, err)
	}
	a = &stream.Assembler{Config: stream.Config{MaxDecode: 1000}} // less than the bomb itself
	if diff := cmp.Diff([]string{fmt.Sprintf(`server / ""  %d too large to decode `, len(bomb))}, files(t, a, segs...)); diff != "" {
		t.Error(diff)
	}
}

// The three hashes of "hello", as printed by md5sum, sha1sum and sha256sum.
func TestHashAll(t *testing.T) {
	a := &stream.Assembler{Config: stream.Config{Hash: stream.HashAll}}
	var f *stream.File
	for i, s := range (talk{{false, get}, {true, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}}).segs(1460) {
		push(a, s, int64(i+1), start, func(ms []stream.Message) {
			for _, m := range ms {
				if m.Kind == stream.FileData {
					t.Error("content although Config.Content is false")
				}
				if m.Kind == stream.FileEnd {
					f = m.File
				}
			}
		})
	}
	got := []string{hex.EncodeToString(f.MD5), hex.EncodeToString(f.SHA1), hex.EncodeToString(f.SHA256)}
	want := []string{"5d41402abc4b2a76b9719d911017c592", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", helloSum}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
