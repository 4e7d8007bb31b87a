package serve

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

const (
	// passTime is the time for a query that is passed on, as in misp-modules.
	passTime = 5 * time.Minute

	// maxPassed is the number of queries passed on at the same time.
	maxPassed = 64

	// maxPeek limits the search for the name of the module in a query. MISP sends
	// it first.
	maxPeek = 4 << 10
)

// passed passes a query on if another service has its module, and reports whether it
// did. Otherwise it leaves the request as it was.
func (s *server) passed(w http.ResponseWriter, r *http.Request) bool {
	if len(s.upstreams.all) == 0 {
		return false
	}
	body := bufio.NewReaderSize(r.Body, maxPeek)
	name := moduleOf(body)
	r.Body = &peeked{body, r.Body}
	if name == "" || name == importModule || name == expandModule {
		return false
	}
	to := s.upstreams.route(r.Context(), name)
	if to == nil {
		return false
	}
	s.pass(w, r, to)
	return true
}

// A peeked is a body whose beginning has been read.
type peeked struct {
	io.Reader
	io.Closer
}

// moduleOf returns the name of the module in the beginning of a query, or "". The query
// remains unread.
func moduleOf(body *bufio.Reader) string {
	for n := 64; n <= maxPeek; n *= 2 {
		b, err := body.Peek(n)
		if name := moduleIn(b); name != "" {
			return name
		}
		if err != nil {
			return ""
		}
	}
	return ""
}

func moduleIn(b []byte) string {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return ""
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return ""
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return ""
		}
		var name string
		if key == "module" && json.Unmarshal(value, &name) == nil {
			return name
		}
	}
	return ""
}

// pass passes a query on and its response back, both as they come.
func (s *server) pass(w http.ResponseWriter, r *http.Request, to *url.URL) {
	began := time.Now()
	control := http.NewResponseController(w)
	// If these are not supported, the server's own times hold.
	_ = control.EnableFullDuplex() // the response may come before the end of the body
	_ = control.SetReadDeadline(began.Add(passTime))
	_ = control.SetWriteDeadline(began.Add(passTime + writeTime))
	if !s.passes.enter(began.Add(s.wait)) {
		writeJSON(w, refused(busy, sentence(errBusy)).answer)
		s.passes.account(s.log, result{outcome: busy}, 0, time.Since(began))
		return
	}
	defer s.passes.leave()
	ctx, cancel := context.WithTimeout(r.Context(), passTime)
	defer cancel()
	res := result{outcome: failed} // unless the response has been passed completely
	body := &counted{ReadCloser: r.Body}
	defer func() { s.passes.account(s.log, res, body.n.Load(), time.Since(began)) }()
	r = r.WithContext(ctx)
	r.Body = body
	s.proxy(to, &res).ServeHTTP(w, r)
	if res.answer == nil {
		res.outcome = whole
	}
}

func (s *server) proxy(to *url.URL, res *result) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: s.upstreams.client.Transport, FlushInterval: -1, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.Header.Del("Expect") // this service has answered it
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			s.log.Warn("upstream", "url", to.String(), "error", err.Error())
			*res = refused(failed, fmt.Sprintf("The service at %s, which has this module, did not answer.", to))
			writeJSON(w, res.answer)
		},
	}
}

// A counted counts the bytes read of a body.
type counted struct {
	io.ReadCloser
	n atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}
