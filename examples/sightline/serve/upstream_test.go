package serve

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A modules is a service with modules, as misp-modules is.
type modules struct {
	*httptest.Server
	list, query handler
	lists       atomic.Int64 // requests for the list
}

// A handler can be changed while the service runs.
type handler struct {
	atomic.Pointer[http.HandlerFunc]
}

func (h *handler) set(f http.HandlerFunc) { h.Store(&f) }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*h.Load())(w, r) }

func startModules(t *testing.T, names ...string) *modules {
	t.Helper()
	m := &modules{}
	m.list.set(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, listOf(names...)) })
	m.query.set(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		fmt.Fprintf(w, `{"results":"%d bytes"}`, len(b))
	})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /modules", func(w http.ResponseWriter, r *http.Request) { m.lists.Add(1); m.list.ServeHTTP(w, r) })
	mux.Handle("POST /query", &m.query)
	m.Server = httptest.NewServer(mux)
	t.Cleanup(m.Close)
	return m
}

// listOf returns a list of modules. Its values need not be those of this service.
func listOf(names ...string) string {
	var all []string
	for _, n := range names {
		all = append(all, fmt.Sprintf(`{"name":%q,"meta":{"x":[1,"é"]}}`, n))
	}
	return "[" + strings.Join(all, ",") + "]"
}

// names returns the names in the list of modules.
func (v *service) names() string {
	v.t.Helper()
	_, answer := v.get("/modules")
	var list []struct{ Name string }
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		v.t.Fatalf("%v: %s", err, answer)
	}
	var all []string
	for _, m := range list {
		all = append(all, m.Name)
	}
	return strings.Join(all, " ")
}

// The list has the modules of all services, and queries go to the one that has the
// module.
func TestUpstream(t *testing.T) {
	one, other := startModules(t, "dns", "pcap_import"), startModules(t, "csv", "dns", "")
	v := start(t, "-upstream", one.URL, "-upstream", other.URL+"/")
	if got, want := v.names(), "pcap_import pcap_expand dns csv"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, answer := v.get("/modules"); !strings.Contains(answer, `{"name":"csv","meta":{"x":[1,"é"]}}`) {
		t.Error(answer)
	}
	other.query.set(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Sent", r.Header.Get("Content-Type")+" "+r.Header.Get("X-Forwarded-For")+r.Header.Get("Expect"))
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s", b)
	})
	query := `{"x":1,"module":"csv","data":"` + strings.Repeat("A", 1<<20) + `"}`
	r := v.request("POST", "/query", strings.NewReader(query))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Expect", "100-continue")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || string(b) != query || answer.StatusCode != http.StatusTeapot || answer.Header.Get("X-Sent") != "application/json" {
		t.Errorf("%d, %v, %d bytes, %v", answer.StatusCode, err, len(b), answer.Header)
	}
	if _, answer := v.do(v.request("POST", "/query", strings.NewReader(`{"module":"dns"}`))); answer != `{"results":"16 bytes"}` {
		t.Error(answer)
	}
	// Queries for the modules of this service are as ever.
	if a := v.query(body(story(t), "")); !a.values()[storyURL] {
		t.Error(a.Error)
	}
	if a := v.query(`{"module":"other"}`); !strings.HasPrefix(a.Error, `Unknown module "other"`) {
		t.Errorf("%+v", a)
	}
	if status, _ := v.do(v.request("POST", "/query", strings.NewReader("{not json"))); status != 500 {
		t.Errorf("status %d", status)
	}
	if text := metricsOf(v); !strings.Contains(text, "sightline_passes_total{outcome=\"whole\"} 2\n") || !strings.Contains(text, fmt.Sprintf("sightline_passes_bytes_total %d\n", len(query)+16)) {
		t.Error(text)
	}
	v.stop()
	if log := v.log.String(); strings.Count(log, `"modules of the same name that are left out":"pcap_import dns"`) != 1 {
		t.Error(log)
	}
}

// A query is passed on before all of it has arrived, and the response comes back before
// it is complete.
func TestUpstreamStreams(t *testing.T) {
	m := startModules(t, "slow")
	begun, rest := make(chan bool), make(chan bool)
	m.query.set(func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 100)
		if _, err := io.ReadFull(r.Body, b); err != nil {
			t.Error(err)
		}
		close(begun)
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		<-rest
		_, _ = io.WriteString(w, " and half")
	})
	v := start(t, "-upstream", m.URL)
	in, out := io.Pipe()
	go func() {
		_, _ = io.WriteString(out, `{"module":"slow","x":"`+strings.Repeat("x", 8<<10))
		<-begun
		_, _ = io.WriteString(out, `"}`)
		out.Close()
	}()
	answer, err := http.DefaultClient.Do(v.request("POST", "/query", in))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b := make([]byte, 4)
	if _, err := io.ReadFull(answer.Body, b); err != nil || string(b) != "half" {
		t.Errorf("%q, %v", b, err)
	}
	close(rest)
	if b, err := io.ReadAll(answer.Body); err != nil || string(b) != " and half" {
		t.Errorf("%q, %v", b, err)
	}
}

// The list of an upstream that does not answer well is the last one it gave, and MISP
// never waits for it for long.
func TestBadUpstream(t *testing.T) {
	m := startModules(t, "dns")
	hang := make(chan bool)
	defer close(hang)
	for _, test := range []struct {
		name string
		list func(w http.ResponseWriter, r *http.Request)
	}{
		{"an error", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) }},
		{"no JSON", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }},
		{"no list", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"name":"x"}`) }},
		{"a long list", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, io.LimitReader(repeated(' '), maxList+2))
		}},
		{"a long header", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 2*maxHead)) }},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}},
		{"silence", func(http.ResponseWriter, *http.Request) { <-hang }},
		{"no end", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "[")
			_ = http.NewResponseController(w).Flush()
			<-hang
		}},
	} {
		c, err := parse([]string{"-upstream", m.URL})
		if err != nil {
			t.Fatal(err)
		}
		u := newUpstreams(c.upstreams, moduleList("1", true, false), c.logger(io.Discard))
		good := *m.list.Load()
		listed := func() int {
			u.all[0].asked = time.Time{} // so that it asks again
			begin := time.Now()
			b, err := u.modules(t.Context())
			var list []any
			if err != nil || json.Unmarshal(b, &list) != nil || time.Since(begin) > 2*listTime {
				t.Errorf("%s: %v after %v: %.99s", test.name, err, time.Since(begin), b)
			}
			return len(list)
		}
		m.list.set(test.list)
		if n := listed(); n != 2 {
			t.Errorf("%s at first: %d modules", test.name, n)
		}
		m.list.set(good)
		if n := listed(); n != 3 {
			t.Errorf("%s later: %d modules", test.name, n)
		}
		m.list.set(test.list)
		if n := listed(); n != 3 {
			t.Errorf("%s after a list: %d modules", test.name, n)
		}
		m.list.set(good)
	}
}

// Requests for the list that come together make one request of the upstream.
func TestUpstreamIsAskedOnce(t *testing.T) {
	m := startModules(t, "dns")
	v := start(t, "-upstream", m.URL)
	begin := time.Now()
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() { v.names() })
	}
	wait.Wait()
	if n, most := m.lists.Load(), 1+int64(time.Since(begin)/listAge); n > most {
		t.Errorf("%d requests", n)
	}
}

// A service that fails, or is its own upstream, gives clear errors.
func TestUpstreamFails(t *testing.T) {
	m := startModules(t, "dns")
	v := start(t, "-upstream", m.URL)
	v.names()
	m.query.set(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	want := "The service at " + m.URL + ", which has this module, did not answer."
	if a := v.query(`{"module":"dns"}`); a.Error != want {
		t.Errorf("%+v", a)
	}
	m.query.set(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	})
	answer, err := http.DefaultClient.Do(v.request("POST", "/query", strings.NewReader(`{"module":"dns"}`)))
	if err == nil {
		_, err = io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	if err == nil {
		t.Error("half a response is complete")
	}
	m.Close()
	if a := v.query(`{"module":"dns"}`); a.Error != want {
		t.Errorf("%+v", a)
	}
	for !strings.Contains(metricsOf(v), "sightline_passes_total{outcome=\"failed\"} 3\n") {
	}
	itself := start(t, "-upstream", v.url)
	if got := itself.names(); got != "pcap_import pcap_expand dns" {
		t.Error(got)
	}
}

// A query without a place is refused.
func TestUpstreamBusy(t *testing.T) {
	m := startModules(t, "slow")
	hang := make(chan bool)
	m.query.set(func(w http.ResponseWriter, _ *http.Request) { <-hang; fmt.Fprint(w, "{}") })
	v := start(t, "-upstream", m.URL, "-wait", "100ms")
	var wait sync.WaitGroup
	for range maxPassed {
		wait.Go(func() { v.query(`{"module":"slow"}`) })
	}
	for !strings.Contains(metricsOf(v), fmt.Sprintf("sightline_passes_running %d\n", maxPassed)) {
	}
	if a := v.query(`{"module":"slow"}`); !strings.HasPrefix(a.Error, "The service is busy") {
		t.Errorf("%+v", a)
	}
	close(hang)
	wait.Wait()
}

func TestParseUpstream(t *testing.T) {
	for _, s := range []string{"", "127.0.0.1:6667", "ftp://127.0.0.1", "http://", "http://u:p@127.0.0.1", "http://127.0.0.1/?x", "http://127.0.0.1/#x", "http://[", "/modules"} {
		if u, err := parseUpstream(s); err == nil {
			t.Errorf("%q: %v", s, u)
		}
	}
	if u, err := parseUpstream("https://misp-modules.example:6667/a/"); err != nil || u.JoinPath("modules").String() != "https://misp-modules.example:6667/a/modules" {
		t.Errorf("%v, %v", u, err)
	}
}

// The name of the module is found at the beginning of a query, in whatever pieces it
// comes.
func TestModuleIn(t *testing.T) {
	for text, want := range map[string]string{
		`{"module":"a"`: "a", `{"module":"a`: "", `{"x":{"module":"b"},"module":"a","module":"c"`: "a", `{"module":1,"x":2`: "", `["module","a"]`: "",
		"": "", "{": "", `{"data":"` + strings.Repeat("A", 9000) + `","module":"a"}`: "a", `{"mod\u0075le":"\u0061"}`: "a", `{"module":"a"]`: "a",
	} {
		if got := moduleIn([]byte(text)); got != want {
			t.Errorf("%.60s: %q, want %q", text, got, want)
		}
	}
}
