package sightings

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// times returns a fault that occurs the first n times.
func times(n int, f func(w http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if n == 0 {
			return false
		}
		n--
		f(w)
		return true
	}
}

func status(code int, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		if len(header) > 0 {
			w.Header().Set(header[0], header[1])
		}
		w.WriteHeader(code)
	}
}

// drop closes the connection without a response.
func drop(w http.ResponseWriter) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
}

// cutShort closes the connection within the response.
func cutShort(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "1000")
	w.Write([]byte(`{"response":`))
}

// hang sends no response until the client has gone, which is detected only after the
// request was read.
func hang(r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// The client survives temporary faults and reports others. It waits as long as the
// server asks, or 1 s, 2 s, 4 s and 8 s, since the random part is fixed here.
func TestFaults(t *testing.T) {
	const s = time.Second
	long := []time.Duration{1 * s, 2 * s, 4 * s, 8 * s}
	for _, c := range []struct {
		name   string
		n      int
		fault  func(http.ResponseWriter)
		status int
		waits  []time.Duration
		says   string
	}{
		{"429 with seconds", 1, status(429, "Retry-After", "7"), 0, []time.Duration{7 * s}, "1 new"},
		{"503 with a date", 1, status(503, "Retry-After", start.Add(30*s).Format(http.TimeFormat)), 0, []time.Duration{30 * s}, "1 new"},
		{"429 with nonsense", 1, status(429, "Retry-After", "-1"), 0, long[:1], "1 new"},
		{"429 for an hour", 1, status(429, "Retry-After", "3600"), 1, nil, "asks to wait 1h0m0s"},
		{"500 four times", 4, status(500), 0, long, "1 new"},
		{"500 for ever", 1000, status(500), 1, long, "the last of 5 attempts"},
		{"dropped", 2, drop, 0, long[:2], "1 new"},
		{"cut short", 1, cutShort, 0, long[:1], "1 new"},
		{"dropped for ever", 1000, drop, 1, long, "the last of 5 attempts"},
		{"404", 1, status(404), 1, nil, "HTTP status 404"},
		{"a page", 1, func(w http.ResponseWriter) { w.Write([]byte("<html>Log in</html>")) }, 1, nil, "not a response of a MISP server"},
		{"another page", 1, func(w http.ResponseWriter) { w.Write([]byte("{}")) }, 1, nil, "not a response of a MISP server"},
		{"nothing in PHP's way", 1, func(w http.ResponseWriter) { w.Write([]byte(`{"response":[]}`)) }, 0, nil, "knows 0 values"},
		{"no event", 1, func(w http.ResponseWriter) {
			w.Write([]byte(`{"response":{"Attribute":[{"uuid":"2ed6657d-e927-568b-95e1-2665a8aea6a2","event_id":"../x"}]}}`))
		}, 1, nil, "not a response of a MISP server"},
		{"endless", 1, func(w http.ResponseWriter) { w.Write(bytes.Repeat([]byte(" "), maxAnswer+1)) }, 1, nil, "smaller -batch"},
	} {
		if c.name == "endless" && testing.Short() {
			continue // it takes more than maxAnswer bytes
		}
		server := newServer(t, "domain c2.example")
		server.fault = times(c.n, c.fault)
		r := attempt(t, server.URL, small(), "-type", "domain", "-")
		if r.status != c.status || !strings.Contains(r.stderr, c.says) {
			t.Errorf("%s: status %d, %s, want %q", c.name, r.status, r.stderr, c.says)
		}
		if diff := cmp.Diff(c.waits, r.waits); diff != "" {
			t.Errorf("%s: waits: %s", c.name, diff)
		}
	}
}

// A redirect is reported, and the key is not sent to its target.
func TestRedirect(t *testing.T) {
	visited := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visited = true }))
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		s := newServer(t, "domain c2.example")
		s.fault = times(1000, status(code, "Location", other.URL+"/\x9b\u202e"))
		r := attempt(t, s.URL, small(), "-")
		if r.status != 1 || !strings.Contains(r.stderr, other.URL) || visited || s.posts != 1 || strings.Contains(r.stderr, "\u202e") {
			t.Errorf("%d: %+v, visited %t, %d requests", code, r, visited, s.posts)
		}
	}
}

// A request repeated after a lost response adds nothing twice.
func TestLostAnswer(t *testing.T) {
	s := newServer(t, "domain c2.example")
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "bulkSave") || len(s.sightings) > 0 {
			return false
		}
		var list []sent
		s.decode(r, &list)
		s.save(httptest.NewRecorder(), list)
		drop(w)
		return true
	}
	r := attempt(t, s.URL, small(), "-")
	if r.status != 0 || len(s.sightings) != 1 || !strings.Contains(r.stderr, "0 new, 1 already there") {
		t.Errorf("status %d, %d sightings, %s", r.status, len(s.sightings), r.stderr)
	}
}

// Sightings refused for one event are counted, and other events continue. A refusal
// for all events ends the run.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		sent   int
		counts string
	}{
		{405, `{"message":"Event not found \u001b[2J"}`, 1, "2 sightings: 1 new, 0 already there, 1 refused\n"},
		{200, `{"saved":false,"message":"no"}`, 1, "2 sightings: 1 new, 0 already there, 1 refused\n"},
		{200, `{"saved":false,"message":"no, ` + testKey + `"}`, 1, "2 sightings: 1 new, 0 already there, 1 refused\n"},
		{200, `{"saved":true,"success":"3 sightings added."}`, 0, "2 sightings: 0 new, 0 already there, 2 not sent\n"},
		{403, `{"message":"You do not have permission"}`, 0, "2 sightings: 0 new, 0 already there, 2 not sent\n"},
	} {
		s := newServer(t, "domain c2.example")
		s.add("2", "domain c2.example")
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/bulkSaveSightings/1") {
				return false
			}
			w.WriteHeader(c.status)
			w.Write([]byte(c.body))
			return true
		}
		r := attempt(t, s.URL, small(), "-")
		if r.status != 1 || len(s.sightings) != c.sent || !strings.HasSuffix(r.stderr, c.counts) || strings.Contains(r.stderr, "\x1b") {
			t.Errorf("%s: status %d, %d sightings, %q", c.body, r.status, len(s.sightings), r.stderr)
		}
	}
}

// An interrupt ends the run between two requests, and sent sightings are counted.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := newServer(t, "domain c2.example")
	s.add("2", "domain c2.example")
	s.fault = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/2") {
			cancel()
			hang(r)
			return true
		}
		return false
	}
	r := attemptUntil(t, ctx, s.URL, small(), "-", write(t, "next.pcap", small()[:24]))
	if r.status != 1 || !strings.Contains(r.stderr, "interrupted") || !strings.HasSuffix(r.stderr, "2 sightings: 1 new, 0 already there, 1 not sent\n") ||
		!strings.Contains(r.stderr, "of 1 capture") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	r = attemptUntil(t, ctx, s.URL, small(), "-")
	if r.status != 1 || !strings.Contains(r.stderr, "interrupted") || !strings.Contains(r.stderr, "of 0 captures") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

func TestTimeouts(t *testing.T) {
	s := newServer(t, "domain c2.example")
	s.fault = func(_ http.ResponseWriter, r *http.Request) bool {
		hang(r)
		return true
	}
	if r := attempt(t, s.URL, small(), "-timeout", "20ms", "-"); r.status != 1 || !strings.Contains(r.stderr, "not done within -timeout") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
	r := attempt(t, s.URL, small(), "-request-timeout", "5ms", "-")
	if r.status != 1 || len(r.waits) != maxTries-1 || !strings.Contains(r.stderr, "attempts") {
		t.Errorf("status %d, %v, %s", r.status, r.waits, r.stderr)
	}
}

// Certificates are verified. Only those of the system and of -ca are trusted.
func TestTLS(t *testing.T) {
	s := newServer(t, "domain c2.example")
	tls := httptest.NewUnstartedServer(s)
	tls.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake fails as it should
	tls.StartTLS()
	defer tls.Close()
	r := attempt(t, tls.URL, small(), "-")
	if r.status != 1 || s.posts != 0 || len(r.waits) != 0 || !strings.Contains(r.stderr, "certificate") {
		t.Errorf("status %d, %d requests, %s", r.status, s.posts, r.stderr)
	}
	ca := write(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tls.Certificate().Raw}))
	if r = attempt(t, tls.URL, small(), "-ca", ca, "-"); r.status != 0 || len(s.sightings) != 1 {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

// The key never appears in the output, whatever the server sends; attempt checks.
func TestKeyStaysSecret(t *testing.T) {
	for name, fault := range map[string]func(w http.ResponseWriter, r *http.Request){
		"message": func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(`{"message":"` + testKey + `"}`)) },
		"error": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, `{"message":"bad key `+testKey+`"}`, http.StatusForbidden)
		},
		"cut error": func(w http.ResponseWriter, r *http.Request) {
			http.Error(w, `{"message":"`+strings.Repeat("x", maxMessage-40)+testKey+`"}`, http.StatusForbidden)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.org/"+testKey, http.StatusFound)
		},
		"value": func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`{"response":{"Attribute":[{"uuid":"2ed6657d-e927-568b-95e1-2665a8aea6a2","event_id":"` + testKey + `"}]}}`))
		},
		"status": func(w http.ResponseWriter, r *http.Request) {
			c, buf, _ := w.(http.Hijacker).Hijack()
			buf.WriteString("HTTP/1.1 400 " + testKey + "\r\nContent-Length: 0\r\n\r\n")
			buf.Flush()
			c.Close()
		},
		"no HTTP": func(w http.ResponseWriter, r *http.Request) {
			c, buf, _ := w.(http.Hijacker).Hijack()
			buf.WriteString(testKey + "\r\n")
			buf.Flush()
			c.Close()
		},
		"drop": func(w http.ResponseWriter, r *http.Request) { drop(w) },
	} {
		s := newServer(t, "domain c2.example")
		s.fault = func(w http.ResponseWriter, r *http.Request) bool {
			fault(w, r)
			return true
		}
		r := attempt(t, s.URL, small(), "-")
		if r.status != 1 {
			t.Errorf("%s: status %d, %s", name, r.status, r.stderr)
		}
		for n := 8; n <= len(testKey); n += 8 {
			if strings.Contains(r.stderr, testKey[:n]) {
				t.Errorf("%s: %d characters of the key in %s", name, n, r.stderr)
			}
		}
	}
	s := newServer(t)
	s.Close()
	if r := attempt(t, s.URL, small(), "-"); r.status != 1 || !strings.Contains(r.stderr, "refused") {
		t.Errorf("status %d, %s", r.status, r.stderr)
	}
}

func TestKeyFile(t *testing.T) {
	s := newServer(t, "domain c2.example")
	none := func(string) string { return "" }
	for _, c := range []struct {
		mode os.FileMode
		text string
		ok   bool
	}{
		{0o600, testKey + "\n", true}, {0o400, testKey + "\r\n", true},
		{0o640, testKey, false}, {0o604, testKey, false}, {0o620, testKey, false},
		{0o600, "", false}, {0o600, " \n", false}, {0o600, testKey + " " + testKey, false}, {0o600, testKey + "\n" + testKey, false},
		{0o600, testKey + "é", false}, {0o600, strings.Repeat("a", maxKey+100), false},
	} {
		if runtime.GOOS == "windows" && c.mode&0o077 != 0 {
			continue // the mode is meaningless there
		}
		file := write(t, "key", []byte(c.text))
		if err := os.Chmod(file, c.mode); err != nil {
			t.Fatal(err)
		}
		key, err := readKey(file, none)
		if ok := err == nil && key == testKey; ok != c.ok || err != nil && strings.Contains(err.Error(), testKey[:8]) {
			t.Errorf("%v %q: %q, %v", c.mode, c.text, key, err)
		}
		r := attempt(t, s.URL, small(), "-key-file", file, "-")
		if want := map[bool]int{true: 0, false: 2}[c.ok]; r.status != want {
			t.Errorf("%v %q: status %d, %s", c.mode, c.text, r.status, r.stderr)
		}
	}
	if _, err := readKey("", none); err == nil {
		t.Error("a key without file or environment variable")
	}
}
