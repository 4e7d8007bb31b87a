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

	"github.com/sightline-go/sightline/layers/stream"
)

//go:embed page
var page embed.FS

const (
	headerTime = 2 * time.Second  // for a request's header
	bodyTime   = 10 * time.Second // for its body, but where there is a budget
	writeTime  = 30 * time.Second // for the answer
	idleTime   = 2 * time.Minute  // between requests
	stopTime   = 12 * time.Second // for requests in work when the service stops
)

// A server is the service.
type server struct {
	config
	log      *slog.Logger
	modules  []byte // what /modules answers, made once: MISP waits a second
	version  string
	warned   func(typ, value string) []string // nil: there are no warninglists
	imports  *activity
	analyses *activity
	heap     *heap
	metrics  counters
}

func newServer(c config, log *slog.Logger) (*server, error) {
	s := &server{config: c, log: log, version: version(), imports: newActivity("import", c.imports), analyses: newActivity("analyze", 1)}
	var err error
	if s.warned, err = loadWarned(c.warninglists); err != nil {
		return nil, err
	}
	s.heap = newHeap(c.memory)
	s.modules, err = json.Marshal(moduleList(s.version, s.hash != stream.HashNone, s.warned != nil))
	return s, err
}

// version returns the version that the program was built as.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// handler returns all routes.
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
	return s.recovering(s.sameSite(mux))
}

func (s *server) serveModules(w http.ResponseWriter, _ *http.Request) {
	s.metrics.modules.Add(1)
	writeJSON(w, s.modules)
}

// servePage serves what is in the folder page.
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

// only lets one method pass; GET stands for HEAD, too.
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

// recovering answers as misp-modules does when a handler panics.
func (s *server) recovering(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil {
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
	_, _ = w.Write(b) // a client that went away needs no answer
}

// errorPage answers with a status alone.
func errorPage(w http.ResponseWriter, status int) {
	text := fmt.Sprintf("%d: %s", status, http.StatusText(status))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><title>%s</title><body>%s</body></html>\n", text, text)
}

// serve listens until ctx is done, and then lets requests in work end.
func (s *server) serve(ctx context.Context) error {
	s.heap.bound(s.memory)
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
		return h.Close() // what did not end in time
	}
	return nil
}
