package serve

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/layers/stream"
)

//go:embed page
var page embed.FS

const (
	headerTime = 2 * time.Second  // for a request's header
	bodyTime   = 10 * time.Second // for its body, unless the request has a budget
	writeTime  = 30 * time.Second // for the response
	idleTime   = 2 * time.Minute  // between requests
	stopTime   = 12 * time.Second // for running requests when the service stops
)

type server struct {
	config
	log       *slog.Logger
	modules   []byte // response to /modules, prepared since MISP waits only a second
	version   string
	warned    func(typ, value string) []event.Warning // nil without warninglists
	imports   *activity
	analyses  *activity
	passes    *activity
	upstreams *upstreams
	heap      *heap
	metrics   counters
}

func newServer(c config, log *slog.Logger) (*server, error) {
	s := &server{config: c, log: log, version: version(), imports: newActivity("import", c.imports), analyses: newActivity("analyze", 1), passes: newActivity("pass", maxPassed)}
	var err error
	if s.warned, err = c.warninglists.Load(); err != nil {
		return nil, err
	}
	s.heap = newHeap(c.memory)
	own := moduleList(s.version, s.stream.Hash != stream.HashNone, s.warned != nil)
	s.upstreams = newUpstreams(c.upstreams, own, log)
	s.modules, err = json.Marshal(own)
	return s, err
}

// version returns the version of the module that the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/modules", only(http.MethodGet, s.serveModules))
	mux.Handle("/query", only(http.MethodPost, s.serveQuery))
	mux.Handle("/healthcheck", only(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, []byte(`{"status":true}`))
	}))
	mux.Handle("/version", only(http.MethodGet, func(w http.ResponseWriter, _ *http.Request) {
		b, _ := json.Marshal(map[string]string{"version": s.version})
		writeJSON(w, b)
	}))
	mux.Handle("/metrics", only(http.MethodGet, s.serveMetrics))
	if s.servesPage() {
		mux.Handle("/analyze", s.guarded(only(http.MethodPost, s.serveAnalyze)))
		mux.Handle("/", s.guarded(only(http.MethodGet, servePage)))
	} else {
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { errorPage(w, http.StatusNotFound) })
	}
	return s.recovering(s.sameSite(s.named(mux)))
}

// servePage serves the files of the directory page.
func servePage(w http.ResponseWriter, r *http.Request) {
	files, err := fs.Sub(page, "page")
	name := r.URL.Path[1:]
	if name == "" {
		name = "index.html"
	}
	if info, statErr := fs.Stat(files, name); err != nil || statErr != nil || info.IsDir() {
		errorPage(w, http.StatusNotFound)
		return
	}
	http.ServeFileFS(w, r, files, name)
}

// only accepts one method. GET includes HEAD.
func only(method string, h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != method && (method != http.MethodGet || r.Method != http.MethodHead) {
			w.Header().Set("Allow", method)
			errorPage(w, http.StatusMethodNotAllowed)
			return
		}
		h(w, r)
	})
}

// recovering responds as misp-modules does if a handler panics.
func (s *server) recovering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler: // the response has begun
				panic(v)
			default:
				s.log.Error("panic", "value", fmt.Sprint(v), "stack", string(debug.Stack()))
				writeJSON(w, refused(failed, somethingWrong).answer)
			}
		}()
		h.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, b []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	_, _ = w.Write(b) // the client may have gone
}

// errorPage responds with a status and a page that shows it.
func errorPage(w http.ResponseWriter, status int) {
	text := fmt.Sprintf("%d: %s", status, http.StatusText(status))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><title>%s</title><body>%s</body></html>\n", text, text)
}

// serve listens until ctx is done, and then waits for running requests.
func (s *server) serve(ctx context.Context) error {
	s.heap.limitProcess(s.memory)
	l, err := net.Listen("tcp", s.listen)
	if err != nil {
		return err
	}
	s.log.Info("listening", "address", l.Addr().String(), "page", s.servesPage(), "version", s.version)
	if !loopback(s.listen) {
		s.log.Warn("there is no authentication: let only MISP reach this address", "address", l.Addr().String())
	}
	return s.serveOn(ctx, l)
}

func (s *server) serveOn(ctx context.Context, l net.Listener) error {
	h := &http.Server{
		Handler: s.handler(), ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 64 << 10,
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		s.log.Info("stopping")
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		stopped <- h.Shutdown(late)
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if err := <-stopped; err != nil {
		return h.Close() // requests that did not end in time
	}
	return nil
}
