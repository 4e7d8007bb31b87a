package sightings

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	maxTries   = 5
	firstWait  = time.Second // doubled with each try
	maxWait    = 2 * time.Minute
	maxAnswer  = 64 << 20 // bytes
	maxMessage = 300      // bytes of a response in an error
)

// A client calls the API of a MISP server. It retries after responses 429 and 5xx
// and broken connections. It does not follow redirects, which would send the key
// elsewhere.
type client struct {
	world
	base *url.URL
	key  string
	http *http.Client
}

func newClient(c command, w world) (*client, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.ca != "" {
		roots, err := trust(c.ca)
		if err != nil {
			return nil, err
		}
		t.TLSClientConfig.RootCAs = roots
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{w, c.url, c.key, &http.Client{Transport: t, Timeout: c.requestTimeout, CheckRedirect: stay}}, nil
}

// trust returns the system's certificates and those in a file.
func trust(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool() // some systems have none
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no PEM certificate", file)
	}
	return roots, nil
}

// A refusal is a response that refuses a request. After a final one, further
// requests would be refused too.
type refusal struct {
	text  string
	final bool
}

func (r *refusal) Error() string { return r.text }

// ends reports whether err ends the run.
func ends(err error) bool {
	var r *refusal
	return !errors.As(err, &r) || r.final
}

// post sends in as JSON to a path of the API and reads the response into out.
func (c *client) post(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		wait, again, err := c.try(ctx, path, body, out)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !again:
			return err
		case try == maxTries:
			return fmt.Errorf("%w (the last of %d attempts)", err, maxTries)
		case wait > maxWait:
			return fmt.Errorf("%w (the server asks to wait %v, which is too long)", err, wait.Round(time.Second))
		case wait <= 0:
			wait = c.backOff(try)
		}
		if err := c.sleep(ctx, wait); err != nil {
			return context.Cause(ctx)
		}
	}
}

// backOff returns how long to wait after a try: between half and all of a doubling
// time, so that clients that failed together do not retry together.
func (c *client) backOff(try int) time.Duration {
	d := firstWait << (try - 1)
	return d/2 + time.Duration(c.random()*float64(d/2))
}

// try sends one request. On an error it reports whether to try again, and how long
// the server asks to wait.
func (c *client) try(ctx context.Context, path string, body []byte, out any) (wait time.Duration, again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return 0, false, c.hide(err)
	}
	req.Header.Set("Authorization", c.key)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "sightline-sightings")
	resp, err := c.http.Do(req)
	if err != nil {
		var untrusted *tls.CertificateVerificationError
		return 0, !errors.As(err, &untrusted), c.hide(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	answer = bytes.ReplaceAll(answer, []byte(c.key), []byte(noKey))
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests || s >= 500:
		return c.retryAfter(resp.Header.Get("Retry-After")), true, c.refuse(resp, answer)
	case s >= 300 && s < 400:
		return 0, false, c.hide(fmt.Errorf("the server redirects to %q: use that address with -url if it is correct",
			resp.Header.Get("Location")))
	case s != http.StatusOK:
		return 0, false, c.refuse(resp, answer)
	case err != nil:
		return 0, true, c.hide(err)
	case len(answer) > maxAnswer:
		return 0, false, fmt.Errorf("the response has more than %d MiB: try a smaller -batch", maxAnswer>>20)
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return 0, false, c.hide(fmt.Errorf("%s: not a response of a MISP server: %w", path, err))
	}
	return 0, false, nil
}

// retryAfter parses a Retry-After field (RFC 9110 section 10.2.3). It returns 0 if
// the field is invalid.
func (c *client) retryAfter(s string) time.Duration {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return t.Sub(c.now())
	}
	return 0
}

// refuse returns the error for a response, with MISP's message.
func (c *client) refuse(resp *http.Response, answer []byte) error {
	var said struct{ Message string }
	text := "HTTP status " + resp.Status
	if json.Unmarshal(answer, &said) == nil && said.Message != "" {
		text += ": " + said.Message
	}
	text = c.hide(errors.New(text)).Error()
	r := &refusal{text: text[:min(len(text), maxMessage)], final: resp.StatusCode < 400 || resp.StatusCode >= 500}
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		r.final = true
	}
	return r
}

// noKey replaces the key in responses and errors.
const noKey = "[key]"

// hide removes the key from the text of err.
func (c *client) hide(err error) error {
	return errors.New(strings.ReplaceAll(err.Error(), c.key, noKey))
}
