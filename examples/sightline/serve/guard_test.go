package serve

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// handlerOf returns the handler of a service with these flags.
func handlerOf(t *testing.T, args ...string) http.Handler {
	t.Helper()
	c, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(c, c.logger(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	return s.handler()
}

// The page answers known hosts and its own requests only.
func TestGuard(t *testing.T) {
	local := handlerOf(t)
	open := handlerOf(t, "-listen", "192.0.2.1:6666", "-page", "-allow-host", "Sightline.example", "-allow-host", "2001:db8::1")
	closed := handlerOf(t, "-listen", "192.0.2.1:6666")
	loopbackName := handlerOf(t, "-listen", "[::1]:6666", "-allow-host", "misp-modules") // as in /etc/hosts
	for _, test := range []struct {
		h            http.Handler
		method, path string
		host         string
		header       string // "Name: value", separated by line breaks
		status       int
	}{
		{local, "GET", "/", "127.0.0.1:6666", "", 200},
		{local, "GET", "/", "localhost:6666", "Sec-Fetch-Site: none", 200},
		{local, "GET", "/", "[::1]:6666", "Sec-Fetch-Site: same-origin", 200},
		{local, "GET", "/", "LOCALHOST.", "", 200},
		{local, "GET", "/", "evil.example:6666", "", 403},
		{local, "GET", "/", "127.0.0.1.evil.example", "", 403},
		{local, "GET", "/", "", "", 403},
		{local, "GET", "/", "127.0.0.1:6666", "Sec-Fetch-Site: cross-site", 403},
		{local, "GET", "/", "127.0.0.1:6666", "Sec-Fetch-Site: same-site", 403},
		{local, "GET", "/", "127.0.0.1:6666", "Origin: https://evil.example", 403},
		{local, "GET", "/", "127.0.0.1:6666", "Origin: null", 403},
		{local, "GET", "/", "127.0.0.1:6666", "Origin: http://127.0.0.1:8080", 403},
		{local, "GET", "/", "127.0.0.1:6666", "Origin: http://127.0.0.1:6666", 200},
		{open, "GET", "/", "192.0.2.1:6666", "", 200},
		{open, "GET", "/", "192.0.2.2:6666", "", 403},
		{open, "GET", "/", "sightline.example", "", 200},
		{open, "GET", "/", "[2001:db8::1]:6666", "", 200},
		{closed, "GET", "/", "192.0.2.1:6666", "", 404},
		{closed, "POST", "/analyze", "192.0.2.1:6666", "X-Sightline: analyze\nContent-Type: application/octet-stream", 404},
		{local, "POST", "/analyze", "127.0.0.1:6666", "Content-Type: application/octet-stream", 403},
		{local, "POST", "/analyze", "127.0.0.1:6666", "X-Sightline: analyze\nContent-Type: text/plain", 415},
		{local, "POST", "/analyze", "evil.example", "X-Sightline: analyze\nContent-Type: application/octet-stream", 403},
		{local, "POST", "/analyze", "127.0.0.1:6666", "X-Sightline: analyze\nContent-Type: application/octet-stream\nSec-Fetch-Site: cross-site", 403},
		// Beyond loopback, MISP may use any name for the service. Browsers with other
		// sites' pages may not.
		{closed, "GET", "/modules", "misp-modules:6666", "", 200},
		{closed, "POST", "/query", "misp-modules:6666", "Content-Type: application/json", 200},
		{open, "GET", "/modules", "misp-modules:6666", "", 200},
		{closed, "GET", "/healthcheck", "misp-modules", "", 200},
		// On loopback, a name that resolves to it (DNS rebinding) is not enough.
		{local, "POST", "/query", "evil.example:6666", "Content-Type: application/json", 403},
		{local, "POST", "/query", "evil.example", "Origin: http://evil.example\nContent-Type: text/plain", 403},
		{local, "GET", "/modules", "evil.example:6666", "", 403},
		{local, "GET", "/metrics", "evil.example:6666", "", 403},
		{local, "GET", "/version", "evil.example:6666", "", 403},
		{local, "GET", "/healthcheck", "localhost.evil.example", "", 403},
		{local, "GET", "/nothing", "evil.example", "", 403},
		{local, "GET", "/modules", "0.0.0.0:6666", "", 403},
		{local, "GET", "/modules", "", "", 403},
		{local, "GET", "/modules", "127.0.0.1:6666", "", 200},
		{local, "GET", "/modules", "localhost:6666", "", 200},
		{local, "GET", "/modules", "[::1]:6666", "", 200},
		{local, "POST", "/query", "127.0.0.2", "Content-Type: application/json", 200},
		{loopbackName, "POST", "/query", "misp-modules:6666", "Content-Type: application/json", 200},
		{loopbackName, "GET", "/modules", "evil.example", "", 403},
		{local, "POST", "/query", "127.0.0.1:6666", "Sec-Fetch-Site: cross-site\nContent-Type: text/plain", 403},
		{local, "POST", "/query", "127.0.0.1:6666", "Origin: https://evil.example", 403},
	} {
		r := httptest.NewRequest(test.method, test.path, strings.NewReader(body(requests(1), "")))
		r.Host = test.host
		for line := range strings.Lines(test.header) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		test.h.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s %s for %q, %q: %d, want %d", test.method, test.path, test.host, test.header, w.Code, test.status)
		}
		if h := w.Header(); h.Get("Access-Control-Allow-Origin") != "" {
			t.Error("other sites' pages may read the response")
		}
	}
}

func TestPageHeaders(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	handlerOf(t).ServeHTTP(w, r)
	csp := w.Header().Get("Content-Security-Policy")
	for _, directive := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(csp, directive) {
			t.Errorf("no %s in %s", directive, csp)
		}
	}
	if strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
