package serve

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// A service is the command, serving on a port of its own.
type service struct {
	t    *testing.T
	url  string
	addr string
	log  *bytes.Buffer // read it only after the service has stopped
	stop func()
}

// start starts a service and stops it at the end of the test.
func start(t *testing.T, args ...string) *service {
	t.Helper()
	return startDetecting(t, nil, args...)
}

// startDetecting starts a service whose decoder calls detect with the beginning of each
// conversation.
func startDetecting(t *testing.T, detect stream.Detector, args ...string) *service {
	t.Helper()
	c, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	c.stream.Detect = detect
	var log bytes.Buffer
	s, err := newServer(c, slog.New(slog.NewJSONHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.serveOn(ctx, l) }()
	stopped := false
	v := &service{t: t, url: "http://" + l.Addr().String(), addr: l.Addr().String(), log: &log}
	v.stop = func() {
		cancel()
		if !stopped {
			stopped = true
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(v.stop)
	return v
}

// do sends a request and returns the response.
func (v *service) do(r *http.Request) (status int, body string) {
	v.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, string(b)
}

func (v *service) request(method, path string, body io.Reader) *http.Request {
	v.t.Helper()
	r, err := http.NewRequest(method, v.url+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *service) get(path string) (status int, body string) {
	v.t.Helper()
	return v.do(v.request("GET", path, nil))
}

// query posts a body to /query and returns the response, whose status must be 200.
func (v *service) query(body string) answered {
	v.t.Helper()
	status, answer := v.do(v.request("POST", "/query", strings.NewReader(body)))
	if status != 200 {
		v.t.Fatalf("status %d: %s", status, answer)
	}
	return decode(v.t, answer)
}

// An answered is the part of a response that these tests read.
type answered struct {
	Error   string
	Comment string
	Results *struct {
		Tag       []struct{ Name string }
		Attribute []row
		Object    []struct {
			Name, Comment   string
			UUID            string
			Attribute       []row
			ObjectReference []struct {
				ReferencedUUID string `json:"referenced_uuid"`
			}
		}
		EventReport []struct{ UUID, Name, Content string }
	}
}

type row struct {
	UUID, Type, Value, Comment string
	ToIDS                      bool `json:"to_ids"`
}

func decode(t *testing.T, answer string) (a answered) {
	t.Helper()
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	return a
}

func (a *answered) values() map[string]bool {
	values := map[string]bool{}
	if a.Results != nil {
		for _, r := range a.Results.Attribute {
			values[r.Value] = true
		}
	}
	return values
}

func (a *answered) tags() (names []string) {
	if a.Results != nil {
		for _, t := range a.Results.Tag {
			names = append(names, t.Name)
		}
	}
	return names
}

func (a *answered) rows() (n int) {
	if a.Results == nil {
		return 0
	}
	n = len(a.Results.Attribute)
	for _, o := range a.Results.Object {
		n += len(o.Attribute)
	}
	return n
}

// body returns the body that MISP posts for a capture.
func body(capture []byte, config string) string {
	return head(config) + base64.StdEncoding.EncodeToString(capture) + `","filename":"case 42.pcap"}`
}

// head returns the body up to the capture.
func head(config string) string {
	if config != "" {
		config = `"config":{` + config + `},`
	}
	return `{"module":"pcap_import","event_id":"42",` + config + `"data":"`
}

// story returns a capture of testdata.
func story(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("../../../testdata/story.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// storyURL is a URL in story.pcapng; see the README of the module.
const storyURL = "http://cdn.badfiles.example/files/9f2c/update.bin"

// requests returns a capture of n HTTP requests, each to a different host.
func requests(n int) []byte {
	var f build.Pcap
	for i := range n {
		f.Add(time.Unix(1_700_000_000+int64(i), 0), build.Ethernet(0x0800, build.TCP{
			Src: "10.0.0.5", SrcPort: 1024 + uint16(i%60000), Dst: fmt.Sprintf("198.51.%d.%d", 100+i/250%100, 1+i%250), DstPort: 80, Seq: 1, Flags: 0x18,
			Data: fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: host%d.example\r\n\r\n", i, i),
		}.Packet()))
	}
	return f.Bytes()
}

// raw opens a connection on which a test can send anything.
func (v *service) raw() net.Conn {
	v.t.Helper()
	c, err := net.Dial("tcp", v.addr)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(func() { c.Close() })
	// A test that waits in vain fails instead of hanging.
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		v.t.Fatal(err)
	}
	return c
}

// post sends the head of a request and the start of its body.
func (v *service) post(c net.Conn, path string, size int, beginning string) {
	v.t.Helper()
	if _, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/octet-stream\r\nX-Sightline: analyze\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", path, v.addr, size, beginning); err != nil {
		v.t.Fatal(err)
	}
}

// answer reads the response on a connection.
func (v *service) answer(c net.Conn) (status, body string) {
	v.t.Helper()
	b, err := io.ReadAll(c)
	if err != nil && len(b) == 0 {
		v.t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(b), "\r\n\r\n")
	status, _, _ = strings.Cut(head, "\r\n")
	return status, body
}
