package dump

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/sightline-go/sightline/internal/build"
)

// h2frames returns what golang.org/x/net writes: a function that writes HEADERS gets
// names and values in turn.
func h2frames(begin string, write func(f *http2.Framer, head func(id uint32, last bool, fields ...string))) string {
	var out, block bytes.Buffer
	f, e := http2.NewFramer(&out, nil), hpack.NewEncoder(&block)
	f.WriteSettings()
	write(f, func(id uint32, last bool, fields ...string) {
		block.Reset()
		for i := 0; i < len(fields); i += 2 {
			e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
		}
		f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: last})
	})
	return begin + out.String()
}

// conversationOf returns a capture of a TCP connection of pieces that the client (first)
// and the server send in turn.
func conversationOf(pieces ...string) []byte {
	var file build.Pcap
	next := [2]uint32{1, 1}
	for i, data := range pieces {
		side := i % 2
		s := build.TCP{Src: "192.0.2.1", Dst: "198.51.100.7", SrcPort: 40000, DstPort: 8080, Seq: next[side], Ack: next[1-side], Flags: 0x18, Data: data}
		if side == 1 {
			s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
		}
		file.Add(time.Unix(1.7e9+int64(i), 0), build.Ethernet(0x0800, s.Packet()))
		next[side] += uint32(len(data))
	}
	return file.Bytes()
}

// The contract of exchanges: method, URL, status, and the SHA-256 and size of both
// bodies, of HTTP/1 and HTTP/2.
func TestExchanges(t *testing.T) {
	sum := func(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }
	h1 := conversationOf(
		"POST /a HTTP/1.1\r\nHost: a.example:80\r\nContent-Length: 3\r\n\r\nask"+"GET /b HTTP/1.1\r\nHost: a.example\r\n\r\n"+"GET /c HTTP/1.1\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer"+"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
	)
	h2 := conversationOf(
		h2frames(http2.ClientPreface, func(f *http2.Framer, head func(uint32, bool, ...string)) {
			head(1, false, ":method", "POST", ":scheme", "http", ":authority", "a.example:8080", ":path", "/a?b=c")
			f.WriteData(1, true, []byte("ask"))
			head(3, true, ":method", "GET", ":scheme", "http", ":authority", "a.example:8080", ":path", "/b")
		}),
		h2frames("", func(f *http2.Framer, head func(uint32, bool, ...string)) {
			for id, path := range map[uint32]string{2: "/pushed", 4: "/refused"} {
				var block bytes.Buffer
				e := hpack.NewEncoder(&block)
				e.SetMaxDynamicTableSize(0)
				for _, x := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "a.example:8080"}, {":path", path}} {
					e.WriteField(hpack.HeaderField{Name: x[0], Value: x[1], Sensitive: true})
				}
				f.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: id, BlockFragment: block.Bytes(), EndHeaders: true})
			}
			head(3, true, ":status", "302")
			head(1, false, ":status", "200")
			f.WriteData(1, true, []byte("answer"))
			head(2, false, ":status", "200")
			f.WriteData(2, true, []byte("style"))
		}),
	)
	post := exchange{Method: "POST", URL: "http://a.example/a", Status: 200, Body: sum("answer"), Size: 6, RequestBody: sum("ask"), RequestSize: 3}
	post2 := post
	post2.URL = "http://a.example:8080/a?b=c"
	for _, tt := range []struct {
		capture []byte
		want    []exchange
	}{
		{h1, []exchange{post, {Method: "GET", URL: "http://a.example/b", Status: 404}, {Method: "GET", URL: "http://198.51.100.7:8080/c"}}},
		{h2, []exchange{
			post2, {Method: "GET", URL: "http://a.example:8080/b", Status: 302},
			{Method: "GET", URL: "http://a.example:8080/pushed", Status: 200, Body: sum("style"), Size: 5},
		}},
	} {
		_, out, _ := dumped(t, tt.capture, "-o", "indicators")
		var got struct {
			Exchanges []exchange
			Requests  []httpRequest  `json:"http_requests"`
			Authority map[string]int `json:"http2_authority"`
			Path      map[string]int `json:"http2_path"`
		}
		if err := json.NewDecoder(strings.NewReader(out)).Decode(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got.Exchanges, cmp.AllowUnexported(exchange{})); diff != "" {
			t.Error(diff)
		}
		if h2 := len(got.Path) > 0; h2 && (len(got.Requests) > 0 || got.Authority["a.example:8080"] != 4 || got.Path["/pushed"] != 1) || !h2 && len(got.Requests) != 3 {
			t.Errorf("%+v", got)
		}
	}
}

// What the programs say that they got, in golden/NAME.exchanges.tsv, is what the
// captures of them show with the secrets in them. A line has the method, the URL, the
// status, and the SHA-256 of the body, and of the request's body if it has one.
func TestRecordedExchanges(t *testing.T) {
	const testdata = "../../../testdata/"
	golden, err := filepath.Glob(testdata + "golden/*.exchanges.tsv")
	if err != nil || len(golden) < 3 {
		t.Fatal(golden, err)
	}
	for _, file := range golden {
		name := strings.TrimSuffix(filepath.Base(file), ".exchanges.tsv")
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			capture, err := os.ReadFile(testdata + name + ".pcapng")
			if err != nil {
				t.Fatal(err)
			}
			_, out, _ := dumped(t, capture, "-o", "indicators")
			if diff := cmp.Diff(sortedLines(string(want)), sortedLines(exchangeLines(t, out))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func sortedLines(s string) []string { return slices.Sorted(strings.Lines(s)) }

func exchangeLines(t *testing.T, indicators string) string {
	var got struct{ Exchanges []exchange }
	if err := json.Unmarshal([]byte(indicators), &got); err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, x := range got.Exchanges {
		if x.Body == "" {
			x.Body = fmt.Sprintf("%x", sha256.Sum256(nil))
		}
		fields := []string{x.Method, x.URL, strconv.Itoa(x.Status), x.Body}
		if x.RequestBody != "" {
			fields = append(fields, x.RequestBody)
		}
		lines.WriteString(strings.Join(fields, "\t") + "\n")
	}
	return lines.String()
}
