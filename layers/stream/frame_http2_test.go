package stream_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// An h2side writes the frames of one side as golang.org/x/net does.
type h2side struct {
	*http2.Framer
	out   bytes.Buffer
	block bytes.Buffer
	hpack *hpack.Encoder
}

func newH2Side() *h2side {
	s := &h2side{}
	s.Framer = http2.NewFramer(&s.out, nil)
	s.hpack = hpack.NewEncoder(&s.block)
	return s
}

// fields encodes fields, names and values in turn.
func (s *h2side) fields(list ...string) []byte {
	s.block.Reset()
	for i := 0; i < len(list); i += 2 {
		s.hpack.WriteField(hpack.HeaderField{Name: list[i], Value: list[i+1]})
	}
	return bytes.Clone(s.block.Bytes())
}

// head writes HEADERS, of the last frame of the stream if last is set.
func (s *h2side) head(id uint32, last bool, list ...string) {
	s.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: s.fields(list...), EndHeaders: true, EndStream: last})
}

// take returns what was written since the last call.
func (s *h2side) take() string {
	b := s.out.String()
	s.out.Reset()
	return b
}

// An h2talk is a conversation of HTTP/2, after the prefaces.
type h2talk struct {
	talk talk
	c, s *h2side
}

func newH2Talk() *h2talk {
	h := &h2talk{c: newH2Side(), s: newH2Side()}
	h.c.out.WriteString(http2.ClientPreface)
	h.c.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20})
	h.s.WriteSettings()
	h.s.WriteSettingsAck()
	h.turn()
	return h
}

// turn sends what both sides have written, the client's first.
func (h *h2talk) turn() {
	for i, side := range []*h2side{h.c, h.s} {
		if b := side.take(); b != "" {
			h.talk = append(h.talk, talk{{i == 1, b}}...)
		}
	}
}

func getFields(path string) []string {
	return []string{":method", "GET", ":scheme", "http", ":authority", "a.example", ":path", path}
}

// h2transcript returns a line for each head and each file: who sent it, its stream, the
// first line and the fields, or the content; and what it answers.
func h2transcript(a *stream.Assembler, segs []seg) (lines []string) {
	a.Content = true
	content := map[*stream.File]string{}
	keep := func(ms []stream.Message) {
		for i := range ms {
			m := &ms[i]
			from := map[bool]string{true: "C", false: "S"}[m.FromClient]
			line := fmt.Sprintf("%s%d ", from, m.Stream)
			switch m.Kind {
			case stream.FileBegin:
				continue
			case stream.FileData:
				content[m.File] += string(m.Data)
				continue
			case stream.FileEnd:
				line += fmt.Sprintf("file %q %q, %s", m.File.Name, content[m.File], m.File.State)
			default:
				line += strings.ReplaceAll(strings.TrimSuffix(string(m.Data), "\r\n\r\n"), "\r\n", " | ")
			}
			if m.Request != nil {
				req, _ := http1.ParseRequest(m.Request)
				line += " <- " + string(req.Target())
			}
			lines = append(lines, line)
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start.Add(time.Duration(i)*time.Millisecond), keep)
	}
	keep(a.Flush())
	return lines
}

// check compares the transcript, however the bytes are split.
func (h *h2talk) check(t *testing.T, want ...string) {
	t.Helper()
	h.turn()
	for _, size := range []int{1 << 14, 100, 7, 1} {
		a := new(stream.Assembler)
		got := h2transcript(a, h.talk.segs(size))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if a.Held() != 0 {
			t.Errorf("segments of %d bytes: %d held", size, a.Held())
		}
	}
}

const h2get = "GET / HTTP/2 | Host: a.example"

func TestHTTP2(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, append(getFields("/one"), "user-agent", "x", "accept", "*/*")...)
	h.c.head(3, false, ":method", "POST", ":scheme", "http", ":path", "/two?q=1", ":authority", "a.example", "content-type", "text/plain", "content-length", "5")
	h.turn()
	h.s.head(3, false, ":status", "100")
	h.c.WriteData(3, false, []byte("he"))
	h.s.head(1, false, ":status", "200", "content-type", "text/html")
	h.turn()
	h.c.WriteDataPadded(3, true, []byte("llo"), make([]byte, 9))
	h.s.WriteData(1, false, []byte("first "))
	h.s.head(3, true, ":status", "204")
	h.s.WriteData(1, false, []byte("answer"))
	h.s.head(1, true, "x-trailer", "t", "x-sum", "1")
	h.s.WriteGoAway(3, http2.ErrCodeNo, nil)
	h.check(t,
		"C1 GET /one HTTP/2 | Host: a.example | user-agent: x | accept: */*",
		"C3 POST /two?q=1 HTTP/2 | Host: a.example | content-type: text/plain | content-length: 5",
		"S3 HTTP/2 100 <- /two?q=1",
		"S1 HTTP/2 200 | content-type: text/html <- /one",
		`C3 file "" "hello", complete`,
		"S3 HTTP/2 204 <- /two?q=1",
		`S1 file "one" "first answer", complete <- /one`,
	)
}

// Fields over several frames, with padding and priorities (RFC 9113 sections 6.2, 6.10).
func TestHTTP2Continuation(t *testing.T) {
	h := newH2Talk()
	block := h.c.fields(append(getFields("/long"), "x-long", strings.Repeat("long ", 99)+"x")...)
	h.c.WritePriority(5, http2.PriorityParam{StreamDep: 3, Weight: 7})
	h.c.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 1, BlockFragment: block[:9], PadLength: 4, Priority: http2.PriorityParam{StreamDep: 5, Weight: 200}, EndStream: true,
	})
	h.c.WriteContinuation(1, false, block[9:30])
	h.c.WriteContinuation(1, false, nil)
	h.c.WriteContinuation(1, true, block[30:])
	h.check(t, "C1 GET /long HTTP/2 | Host: a.example | x-long: "+strings.Repeat("long ", 99)+"x")
}

// A pushed request (RFC 9113 section 8.4) and its response, before what it belongs to.
func TestHTTP2Push(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, getFields("/")...)
	h.turn()
	block := h.s.fields(getFields("/style.css")...)
	h.s.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, BlockFragment: block[:3], PadLength: 3})
	h.s.WriteContinuation(1, true, block[3:])
	h.s.head(2, false, ":status", "200", "content-length", "3")
	h.s.WriteData(2, true, []byte("css"))
	h.s.head(1, true, ":status", "200")
	h.check(t,
		"C1 "+h2get, "S2 GET /style.css HTTP/2 | Host: a.example", "S2 HTTP/2 200 | content-length: 3 <- /style.css",
		`S2 file "style.css" "css", complete <- /style.css`, "S1 HTTP/2 200 <- /",
	)
}

// A body that is reset, or shorter or longer than its head says.
func TestHTTP2Ends(t *testing.T) {
	h := newH2Talk()
	for id := uint32(1); id <= 9; id += 2 {
		h.c.head(id, true, getFields(fmt.Sprint("/", id))...)
	}
	h.turn()
	for id := uint32(1); id <= 9; id += 2 {
		h.s.head(id, false, ":status", "200", "content-length", "4")
		h.s.WriteData(id, id == 5 || id == 7, []byte(strings.Repeat("x", int(id)-2+3*(1-int(min(id-1, 1))))))
	}
	h.turn()
	h.s.WriteRSTStream(1, http2.ErrCodeInternal)
	h.c.WriteRSTStream(3, http2.ErrCodeCancel)
	h.s.WriteData(3, true, []byte("ignored"))
	h.turn()
	var want []string
	for id := 1; id <= 9; id += 2 {
		want = append(want, fmt.Sprintf("C%d GET /%d HTTP/2 | Host: a.example", id, id))
	}
	for id, end := range []string{"", "", "ended early", "disputed", ""} {
		id = 2*id + 1
		want = append(want, fmt.Sprintf("S%d HTTP/2 200 | content-length: 4 <- /%d", id, id))
		switch end {
		case "ended early":
			want = append(want, fmt.Sprintf(`S%d file "%d" "xxx", ended early by the sender <- /%d`, id, id, id))
		case "disputed":
			want = append(want, fmt.Sprintf(`S%d file "%d" "xxxxx", ambiguous framing <- /%d`, id, id, id))
		}
	}
	want = append(want, `S3 file "3" "x", truncated <- /3`, `S1 file "1" "xx", ended early by the sender <- /1`, `S9 file "9" "xxxxxxx", truncated <- /9`)
	h.check(t, want...)
}

// A server may respond to a head and reset the stream while the body is on its way
// (RFC 9113 section 8.1), as nginx does. The upload was sent nonetheless; what the
// client resets ends.
func TestHTTP2EarlyResponse(t *testing.T) {
	h := newH2Talk()
	for _, id := range []uint32{1, 3} {
		h.c.head(id, false, ":method", "POST", ":scheme", "http", ":authority", "a.example", ":path", fmt.Sprint("/", id))
	}
	h.turn()
	for _, id := range []uint32{1, 3} {
		h.s.head(id, true, ":status", "200")
		h.s.WriteRSTStream(id, http2.ErrCodeNo)
	}
	h.turn()
	h.c.WriteData(1, false, []byte("upl"))
	h.c.WriteData(1, true, []byte("oad"))
	h.c.WriteData(3, false, []byte("upl"))
	h.c.WriteRSTStream(3, http2.ErrCodeCancel)
	h.c.WriteData(3, true, []byte("oad"))
	h.check(t,
		"C1 POST /1 HTTP/2 | Host: a.example", "C3 POST /3 HTTP/2 | Host: a.example", "S1 HTTP/2 200 <- /1", "S3 HTTP/2 200 <- /3",
		`C1 file "" "upload", complete`, `C3 file "" "upl", ended early by the sender`,
	)
}

// A client that has all of a body may close the connection before the server ends the
// stream, as curl does.
func TestHTTP2LeftEarly(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, getFields("/all")...)
	h.c.head(3, true, getFields("/part")...)
	h.turn()
	for _, id := range []uint32{1, 3} {
		h.s.head(id, false, ":status", "200", "content-length", "4")
		h.s.WriteData(id, false, []byte("xxxx")[:5-id])
	}
	h.check(t,
		"C1 GET /all HTTP/2 | Host: a.example", "C3 GET /part HTTP/2 | Host: a.example",
		"S1 HTTP/2 200 | content-length: 4 <- /all", "S3 HTTP/2 200 | content-length: 4 <- /part",
		`S1 file "all" "xxxx", complete <- /all`, `S3 file "part" "xx", truncated <- /part`,
	)
}

// Codings, HEAD, ranges, and files in forms are as in HTTP/1.
func TestHTTP2Bodies(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte("unpacked"))
	z.Close()
	h := newH2Talk()
	h.c.head(1, true, getFields("/z")...)
	h.c.head(3, true, ":method", "HEAD", ":scheme", "http", ":path", "/head", ":authority", "a.example")
	h.c.head(5, true, append(getFields("/range"), "range", "bytes=1-2")...)
	h.c.head(7, false, ":method", "POST", ":scheme", "http", ":path", "/form", ":authority", "a.example", "content-type", "multipart/form-data; boundary=b")
	h.c.WriteData(7, true, []byte("--b\r\nContent-Disposition: form-data; name=f; filename=evil.exe\r\n\r\nMZ\r\n--b--\r\n"))
	h.turn()
	h.s.head(1, false, ":status", "200", "content-encoding", "gzip")
	h.s.WriteData(1, true, packed.Bytes())
	h.s.head(3, true, ":status", "200", "content-length", "99")
	h.s.head(5, false, ":status", "206", "content-range", "bytes 1-2/9")
	h.s.WriteData(5, true, []byte("bc"))
	h.turn()
	if got := h2transcript(&stream.Assembler{Config: stream.Config{NoFiles: true}}, h.talk.segs(50)); len(got) != 7 {
		t.Errorf("without files: %q", got)
	}
	got := h2transcript(&stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}, h.talk.segs(50))
	for _, want := range []string{
		`S1 file "z" "unpacked", complete <- /z`, "S3 HTTP/2 200 | content-length: 99 <- /head",
		`S5 file "range" "bc", part of a file <- /range`, `C7 file "evil.exe" "MZ", complete`,
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
}

// What goes through CONNECT (RFC 9113 section 8.5) and extended CONNECT (RFC 8441) is
// recognised, and is of the stream. A refusal has a body.
func TestHTTP2Tunnel(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, false, ":method", "CONNECT", ":authority", "b.example:80")
	h.c.head(3, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat", ":authority", "c.example", "origin", "x")
	h.c.head(5, false, ":method", "CONNECT", ":authority", "d.example:25")
	h.turn()
	h.s.head(1, false, ":status", "200")
	h.s.head(3, false, ":status", "200")
	h.s.head(5, false, ":status", "403")
	h.s.WriteData(5, true, []byte("no"))
	h.turn()
	h.c.WriteData(1, false, []byte("GET /inner HTTP/1.1\r\nHost: "))
	h.c.WriteData(3, false, []byte("\x81\x85"))
	h.c.WriteData(1, false, []byte("b.example\r\n\r\n"))
	h.turn()
	h.s.WriteData(1, true, []byte("HTTP/1.1 200 OK\r\n\r\nto the end"))
	h.check(t,
		"C1 CONNECT b.example:80 HTTP/2 | Host: b.example:80",
		"C3 CONNECT https://c.example/chat HTTP/2 | Host: c.example | Upgrade: websocket | origin: x",
		"C5 CONNECT d.example:25 HTTP/2 | Host: d.example:25",
		"S1 HTTP/2 200 <- b.example:80", "S3 HTTP/2 200 <- https://c.example/chat", "S5 HTTP/2 403 <- d.example:25",
		`S5 file "d.example:25" "no", complete <- d.example:25`,
		"C1 GET /inner HTTP/1.1 | Host: b.example", "S1 HTTP/1.1 200 OK <- /inner", `S1 file "inner" "to the end", complete <- /inner`,
	)
}

// After Upgrade (RFC 7540 section 3.2) stream 1 answers the request of HTTP/1.
func TestHTTP2Upgrade(t *testing.T) {
	c, s := newH2Side(), newH2Side()
	c.out.WriteString("GET /up HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n")
	s.out.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
	h := &h2talk{c: c, s: s}
	s.WriteSettings()
	h.turn()
	c.out.WriteString(http2.ClientPreface)
	c.WriteSettings()
	s.head(1, false, ":status", "200")
	s.WriteData(1, true, []byte("first"))
	h.turn()
	c.head(3, true, getFields("/")...)
	h.turn()
	s.head(3, true, ":status", "404")
	h.check(t,
		"C0 GET /up HTTP/1.1 | Host: a.example | Connection: Upgrade, HTTP2-Settings | Upgrade: h2c | HTTP2-Settings: AAMAAABk",
		"S0 HTTP/1.1 101 Switching Protocols | Connection: Upgrade | Upgrade: h2c <- /up",
		"S1 HTTP/2 200 <- /up", `S1 file "up" "first", complete <- /up`, "C3 "+h2get, "S3 HTTP/2 404 <- /",
	)
}

// A :scheme that is not that of the connection is counted: nothing is decrypted here.
func TestHTTP2Scheme(t *testing.T) {
	h := newH2Talk()
	for i, scheme := range []string{"http", "https", "HTTPS", "ftp"} {
		h.c.head(uint32(2*i+1), true, ":method", "GET", ":scheme", scheme, ":authority", "a.example", ":path", "/")
	}
	h.turn()
	a := new(stream.Assembler)
	if got := h2transcript(a, h.talk.segs(1<<14)); len(got) != 4 || a.Stats().Schemes != 2 || a.Stats().Invalid != 0 {
		t.Errorf("%q, %+v", got, a.Stats())
	}
}

// Fields that are invalid are left out of the head, and counted; fields of HTTP/1 that
// they may look like are not made. The tests beside frame_http_head.go have more.
func TestHTTP2Invalid(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, append(getFields("/"), "x", "a\r\nHost: evil.example", "y: z", "1", "UPPER", "1", ":path", "/late", "connection", "close", "cookie", "1")...)
	h.c.head(3, true, ":method", "GET", ":scheme", "http", ":authority", "a.example", ":path", "/ HTTP/1.1\r\nHost: evil.example")
	h.c.head(5, true, ":method", "GET", ":method", "POST", ":scheme", "http", ":authority", "a.example", ":path", "/")
	h.c.head(7, true, append(getFields("/"), "host", "b.example")...)
	h.turn()
	a := new(stream.Assembler)
	got := h2transcript(a, h.talk.segs(1<<14))
	want := []string{"C1 " + h2get + " | cookie: 1", "C5 " + h2get, "C7 " + h2get + " | host: b.example"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s := a.Stats(); s.Invalid != 7 || s.Disputed != 1 || s.Unknown != 0 {
		t.Errorf("%+v", s)
	}
}

// Without its beginning, what refers to the table from before is unknown. Who the client
// is is seen from the fields, even if the ports say otherwise.
func TestHTTP2Middle(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, append(getFields("/"), "user-agent", "x")...)
	h.s.head(1, true, ":status", "200", "server", "y", "x-id", "1")
	h.turn()
	h.talk = nil
	h.c.head(3, true, append(getFields("/new"), "user-agent", "x", "x-new", "1")...)
	h.s.head(3, false, ":status", "200", "server", "y", "x-id", "2")
	h.s.WriteData(3, true, []byte("body"))
	h.turn()
	h.c.head(5, true, append(getFields("/new"), "user-agent", "x", "x-new", "1")...)
	h.turn()
	a := new(stream.Assembler)
	segs := h.talk.segs(1 << 14)[2:]
	for i := range segs {
		segs[i].port = 65000
	}
	got := h2transcript(a, segs)
	want := []string{ // the name of x-id is in the table, too
		"C3 GET /new HTTP/2 | x-new: 1", "S3 HTTP/2 200 <- /new", `S3 file "new" "body", complete <- /new`, "C5 GET /new HTTP/2 | x-new: 1",
	}
	if diff := cmp.Diff(want, got); diff != "" || a.Stats().Unknown != 6 {
		t.Errorf("%+v\n%s", a.Stats(), diff)
	}
}

// After lost bytes, the next segment that begins with a frame continues. A gap within
// DATA loses only these bytes.
func TestHTTP2Lost(t *testing.T) {
	h := newH2Talk()
	h.c.head(1, true, getFields("/1")...)
	h.c.head(3, true, getFields("/3")...)
	h.turn()
	h.s.head(1, false, ":status", "200")
	h.s.head(3, false, ":status", "200", "x-a", "b")
	h.turn()
	for range 4 {
		h.s.WriteData(1, false, bytes.Repeat([]byte("x"), 300))
		h.turn()
	}
	h.s.WriteData(1, true, nil)
	h.s.WriteData(3, false, []byte("three"))
	h.turn()
	h.s.head(3, true, "x-b", "c", "x-a", "b")
	h.turn()
	frames := 0
	for name, tt := range map[string]struct {
		drop func(i int, s seg) bool
		want []string
	}{
		"in DATA": {func(i int, s seg) bool { return strings.HasPrefix(s.data, "xx") && i%2 == 0 }, []string{"bytes missing", "complete"}},
		"frames": {func(i int, s seg) bool {
			frame := strings.HasSuffix(s.data, "xx") && !strings.HasPrefix(s.data, "xx")
			if frame {
				frames++
			}
			return frame && frames%4 == 2
		}, []string{"bytes missing", "bytes missing"}},
	} {
		var segs []seg
		for i, s := range h.talk.segs(100) {
			if !tt.drop(i, s) {
				segs = append(segs, s)
			}
		}
		a := new(stream.Assembler)
		got := h2transcript(a, segs)
		var states []string
		for _, line := range got {
			if strings.Contains(line, "file") {
				_, state, _ := strings.Cut(line, "\", ")
				states = append(states, strings.TrimSuffix(strings.TrimSuffix(state, " <- /1"), " <- /3"))
			}
		}
		if diff := cmp.Diff(tt.want, states); diff != "" || a.Stats().Missing == 0 || a.Held() != 0 {
			t.Errorf("%s: %+v\n%q\n%s", name, a.Stats(), got, diff)
		}
	}
}

// Bytes that are not HTTP/2 after its preface, or instead of it.
func TestHTTP2Refused(t *testing.T) {
	h := newH2Talk()
	for name, b := range map[string]string{
		"not a frame":           h.talk[0].data + "\x00\x00\x04\x03\x00\x00\x00\x00\x00abcd" + "GET / HTTP/1.1\r\n\r\n",
		"another preface":       "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
		"padding that is long":  h.talk[0].data + "\x00\x00\x02\x00\x08\x00\x00\x00\x01\xffx",
		"a block that is wrong": h.talk[0].data + "\x00\x00\x01\x01\x05\x00\x00\x00\x01\x80",
		"CONTINUATION alone":    h.talk[0].data + "\x00\x00\x01\x09\x04\x00\x00\x00\x01\x82",
		"an open block":         h.talk[0].data + "\x00\x00\x01\x01\x01\x00\x00\x00\x01\x82" + "\x00\x00\x00\x04\x01\x00\x00\x00\x00",
	} {
		a := new(stream.Assembler)
		if got := h2transcript(a, talk{{false, b}}.segs(1<<14)); len(got) > 0 || a.Held() != 0 {
			t.Errorf("%s: %q, %d held", name, got, a.Held())
		}
	}
}

// A large download: the content's hash is that of the frames' content.
func TestHTTP2Download(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	h := newH2Talk()
	h.c.head(1, true, getFields("/big")...)
	h.turn()
	h.s.head(1, false, ":status", "200")
	for i := 0; i < len(content); i += 1 << 14 {
		h.s.WriteData(1, i+1<<14 == len(content), content[i:i+1<<14])
	}
	h.turn()
	var sum []byte
	a := &stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}
	for i, s := range h.talk.segs(1400) {
		push(a, s, int64(i), start, func(ms []stream.Message) {
			for _, m := range ms {
				if m.Kind == stream.FileEnd && m.Stream == 1 {
					sum = m.File.SHA256
				}
			}
		})
	}
	if want := sha256.Sum256(content); !bytes.Equal(sum, want[:]) {
		t.Errorf("%x", sum)
	}
}
