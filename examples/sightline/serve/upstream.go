package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// MISP has one service for each family of modules. With -upstream, GET /modules lists
// the modules of other services too, and their queries are passed on.

const (
	listTime = 500 * time.Millisecond // for an upstream's list; MISP waits 0.8 s in all
	listAge  = time.Second            // a list is used again for so long
	dialTime = 2 * time.Second        // to connect to an upstream

	// maxList limits the list of an upstream's modules. That of misp-modules has
	// less than 1 MB.
	maxList = 8 << 20

	// maxHead limits the header of an upstream's response.
	maxHead = 64 << 10
)

// An upstream is another service with modules.
type upstream struct {
	url *url.URL

	mu      sync.Mutex // held while the list is requested
	asked   time.Time  // when it was requested
	names   []string
	modules []json.RawMessage // the last list
	failed  bool
}

// parseUpstream parses the value of -upstream.
func parseUpstream(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("use a URL such as http://127.0.0.1:6667")
	}
	return u, nil
}

// newTransport returns what requests to upstreams share.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: dialTime}).DialContext,
		TLSHandshakeTimeout: dialTime, ResponseHeaderTimeout: passTime, IdleConnTimeout: idleTime,
		MaxIdleConnsPerHost: 4, MaxResponseHeaderBytes: maxHead, DisableCompression: true,
	}
}

// refresh requests the list if the last one is too old. If that fails, the last list
// remains.
func (u *upstream) refresh(ctx context.Context, client *http.Client, log *slog.Logger) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if time.Since(u.asked) < listAge {
		return
	}
	modules, names, err := u.list(context.WithoutCancel(ctx), client) // others wait for it too
	u.asked = time.Now()
	if err != nil {
		if !u.failed {
			log.Warn("upstream", "url", u.url.String(), "error", err.Error(), "modules", len(u.names))
		}
		u.failed = true
		return
	}
	if u.failed || !slices.Equal(names, u.names) {
		log.Info("upstream", "url", u.url.String(), "modules", len(names))
	}
	u.modules, u.names, u.failed = modules, names, false
}

func (u *upstream) list(ctx context.Context, client *http.Client) (modules []json.RawMessage, names []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.url.JoinPath("modules").String(), nil)
	if err != nil {
		return nil, nil, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, nil, fmt.Errorf("status %s", short(answer.Status))
	}
	b, err := io.ReadAll(io.LimitReader(answer.Body, maxList+1))
	if err != nil {
		return nil, nil, err
	}
	if len(b) > maxList {
		return nil, nil, fmt.Errorf("the list of modules exceeds %s", size(maxList))
	}
	return parseList(b)
}

// parseList parses a list of modules, and leaves out those without a name.
func parseList(b []byte) (modules []json.RawMessage, names []string, err error) {
	var all []json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, nil, fmt.Errorf("the list of modules is not JSON: %w", err)
	}
	for _, raw := range all {
		var m struct{ Name string }
		if json.Unmarshal(raw, &m) == nil && m.Name != "" {
			modules, names = append(modules, raw), append(names, m.Name)
		}
	}
	return modules, names, nil
}

// upstreams are the services of -upstream.
type upstreams struct {
	all    []*upstream
	client *http.Client
	log    *slog.Logger
	own    []module

	mu     sync.Mutex
	routes map[string]*url.URL // of the last list, by module
	double string              // names that the log has
}

func newUpstreams(urls []*url.URL, own []module, log *slog.Logger) *upstreams {
	u := &upstreams{own: own, log: log, client: &http.Client{
		Transport:     newTransport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for _, to := range urls {
		u.all = append(u.all, &upstream{url: to})
	}
	return u
}

// modules returns the list of all modules. Of modules with the same name, the first
// counts.
func (u *upstreams) modules(ctx context.Context) ([]byte, error) {
	var wait sync.WaitGroup
	for _, one := range u.all {
		wait.Go(func() { one.refresh(ctx, u.client, u.log) })
	}
	wait.Wait()
	list := make([]any, 0, len(u.own))
	routes := map[string]*url.URL{}
	for _, m := range u.own {
		list = append(list, m)
		routes[m.Name] = nil
	}
	var double []string
	for _, one := range u.all {
		one.mu.Lock()
		for i, name := range one.names {
			if _, there := routes[name]; there {
				double = append(double, short(name))
				continue
			}
			list = append(list, one.modules[i])
			routes[name] = one.url
		}
		one.mu.Unlock()
	}
	u.set(routes, strings.Join(double, " "))
	return json.Marshal(list)
}

func (u *upstreams) set(routes map[string]*url.URL, double string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.double != double && double != "" {
		u.log.Warn("upstream", "modules of the same name that are left out", double)
	}
	u.routes, u.double = routes, double
}

// route returns the service that has a module, or nil.
func (u *upstreams) route(ctx context.Context, name string) *url.URL {
	u.mu.Lock()
	to, known := u.routes[name]
	u.mu.Unlock()
	if !known {
		_, _ = u.modules(ctx) // MISP may have the list from before this service started
		u.mu.Lock()
		to = u.routes[name]
		u.mu.Unlock()
	}
	return to
}

// serveModules responds to GET /modules.
func (s *server) serveModules(w http.ResponseWriter, r *http.Request) {
	s.metrics.modules.Add(1)
	if len(s.upstreams.all) == 0 {
		writeJSON(w, s.modules)
		return
	}
	list, err := s.upstreams.modules(r.Context())
	if err != nil {
		s.log.Error("modules", "error", err.Error())
		list = s.modules
	}
	writeJSON(w, list)
}
