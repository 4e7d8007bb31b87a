package stream_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http/httpguts"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

// FuzzHTTP1 compares the heads and bodies of consecutive messages with those
// that net/http returns, for valid input, whole and split.
func FuzzHTTP1(f *testing.F) {
	f.Add([]byte("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"+next), uint8(7))
	f.Add([]byte("PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"+get), uint8(1))
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\nHTTP/1.0 200 OK\n\nto the end"), uint8(2))
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n1\r\na\r\n0\r\n\r\n"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, cut uint8) {
		if len(b) > 4096 || bytes.Contains(bytes.ToLower(b), []byte("content-encoding")) {
			return
		}
		server := bytes.HasPrefix(b, []byte("HTTP/"))
		if !server {
			b = append([]byte(get), b...) // to be recognised as HTTP
		}
		want, known, ok := peerMessages(b, server)
		if !ok {
			return
		}
		for _, size := range []int{1 << 14, int(cut)} {
			if size == 0 || size < len(b) && !known {
				continue // the line of an unknown method must be complete in the first segment
			}
			if diff := cmp.Diff(want, ourMessages(b, server, size)); diff != "" {
				t.Fatalf("segments of %d bytes (-net/http +ours):\n%s", size, diff)
			}
		}
	})
}

// peerMessages returns what net/http finds in b: a line for each head and each
// body that is not empty. known means that every method is in common use. ok is
// false for invalid input, and for known differences: HTTP/1.0 with chunks,
// which RFC 9112 section 6.1 calls faulty; HTTP/2; Upgrade; a status such as
// -00, which net/http accepts and section 4 does not; and field names that are
// not tokens (section 5.1), which ReadRequest leaves to net/http's server to
// refuse.
func peerMessages(b []byte, server bool) (out []string, known, ok bool) {
	r := bufio.NewReader(bytes.NewReader(b))
	known = true
	for {
		if _, err := r.Peek(1); err == io.EOF {
			return out, known, len(out) > 0
		}
		var head string
		var body io.Reader
		var chunked []string
		var atLeast11 bool
		var fields http.Header
		if server {
			res, err := http.ReadResponse(r, nil)
			if err != nil || res.StatusCode == http.StatusSwitchingProtocols || res.StatusCode < 100 || res.ProtoMajor != 1 {
				return nil, false, false
			}
			head, body, chunked, atLeast11 = fmt.Sprint(res.StatusCode), res.Body, res.TransferEncoding, res.ProtoAtLeast(1, 1)
			fields = res.Header
		} else {
			req, err := http.ReadRequest(r)
			if err != nil || req.ProtoMajor != 1 || req.Method == "CONNECT" {
				return nil, false, false
			}
			known = known && slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}, req.Method)
			head, body, chunked, atLeast11 = req.Method+" "+req.RequestURI, req.Body, req.TransferEncoding, req.ProtoAtLeast(1, 1)
			fields = req.Header
		}
		for name := range fields {
			if !httpguts.ValidHeaderFieldName(name) {
				return nil, false, false
			}
		}
		content, err := io.ReadAll(body)
		if err != nil || !atLeast11 && (len(chunked) > 0 || bytes.Contains(bytes.ToLower(b), []byte("transfer-encoding"))) {
			return nil, false, false
		}
		out = append(out, head)
		if len(content) > 0 {
			out = append(out, string(content))
		}
	}
}

// ourMessages returns the same from package stream.
func ourMessages(b []byte, server bool, size int) (out []string) {
	a := &stream.Assembler{Config: stream.Config{Content: true}}
	var body strings.Builder
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			switch {
			case m.File != nil && m.File.In != nil:
			case m.Kind == stream.FileData:
				body.Write(m.Data)
			case m.Kind == stream.FileEnd:
				out = append(out, body.String())
				body.Reset()
			case m.File != nil:
			case server:
				res, _ := http1.ParseResponse(m.Data)
				out = append(out, fmt.Sprint(res.Status()))
			default:
				req, _ := http1.ParseRequest(m.Data)
				out = append(out, string(req.Method())+" "+string(req.Target()))
			}
		}
	}
	for i, s := range (talk{{server, string(b)}}).segs(size) {
		push(a, s, int64(i), start, keep)
	}
	keep(a.Flush())
	return out
}
