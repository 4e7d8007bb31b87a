// Package serve implements the subcommand sightline serve. It serves the modules
// pcap_import and pcap_expand to MISP, with the protocol of misp-modules, and a page to
// explore a capture without MISP.
//
//	sightline serve -listen 127.0.0.1:6666
//
// README.md describes how to set up MISP.
package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/sightline-go/sightline/examples/sightline/lists"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers/stream"
)

const program = "sightline serve"

const usage = `Usage: sightline serve [flags]

Serves two modules to MISP, in place of misp-modules or before it (-upstream):
"pcap_import" for captures that an analyst uploads, and "pcap_expand" for captures
that are attached to an event. GET /modules, POST /query, /healthcheck and /version
are for MISP. / is a page where an analyst drops a capture and sees its indicators;
/metrics is for Prometheus. Captures are decoded as they arrive, and never written to
disk. A zip archive may have captures and their key logs.

Network:
  -listen ADDR       default 127.0.0.1:6666. There is no authentication: beyond
                     loopback, let only MISP reach it
  -page              serve the page even if -listen is beyond loopback
  -allow-host NAME   answer requests for this name or address too, besides loopback
                     and that of -listen: browsers for the page, and MISP while
                     -listen is on loopback; may be repeated
  -upstream URL      offer the modules of the misp-modules at URL too, and pass
                     their queries on; may be repeated

Results:
  -namespace UUID    namespace of the UUIDs, which are derived from it and the
                     event's number; give each MISP server a different one
                     (default ` + defaultNamespace + `)
  -hash WHICH        hashes of files: none, sha256 (default) or all
` + lists.Usage + `  -no-known          ignore the tables of well-known services, such as connectivity
                     checks and certificate services, and of shared ones

Limits:
  -budget TIME       time for an import; decoding stops then, and the response
                     with the results so far follows within 1.2 s. Keep it below
                     MISP's Plugin.Import_timeout, which is 10 s (default 8s)
  -page-budget TIME  the same for a capture on the page (default 60s)
  -max-body MIB      request size; of a larger request only the beginning is used
                     (default 1536)
  -imports N         concurrent imports; further imports wait (default 2)
  -wait TIME         time that an import waits before it is refused (default 4s)
  -memory MIB        memory of the process, without warninglists (default 256)
  -min-rate KIB      minimum rate of a client, per second; a slower client gets
                     the results so far (default 64)
  -j N               goroutines per capture (default 2)

  -log FORMAT        log to standard error as text (default) or json
  -h                 print this text

Exit status: 0 stopped by a signal; 1 cannot serve; 2 usage error.
`

// Run runs the subcommand and returns its exit status.
func Run(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, stdout, stderr)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args)
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	s, err := newServer(c, c.logger(stderr))
	if err == nil {
		err = s.serve(ctx)
	}
	if err != nil {
		return cli.Fail(program, err, stderr)
	}
	return 0
}

// A config is a parsed command line.
type config struct {
	listen       string
	page         bool
	allowHosts   []string
	upstreams    []*url.URL
	namespace    misp.UUID
	stream       stream.Config // without its limits
	warninglists lists.Flags
	noKnown      bool
	budget       time.Duration
	pageBudget   time.Duration
	maxBody      int64 // bytes
	imports      int
	wait         time.Duration
	memory       int64 // bytes
	minRate      int64 // bytes a second
	workers      int
	jsonLog      bool
}

// defaultNamespace is the version 5 UUID (RFC 9562) of the URL
// https://github.com/sightline-go/sightline/examples/mispmodule, this package's first
// path. It must not change: UUIDs in MISP are derived from it.
const defaultNamespace = "9ab0eb75-919d-5698-a6aa-38ce2bb30dcd"

func parse(args []string) (config, error) {
	c := config{stream: stream.Config{Hash: stream.HashSHA256}}
	f := flags(&c)
	if err := cli.Parse(f, args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	return c, c.check()
}

func flags(c *config) *flag.FlagSet {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	c.namespace, _ = misp.ParseUUID(defaultNamespace)
	f.StringVar(&c.listen, "listen", "127.0.0.1:6666", "")
	f.BoolVar(&c.page, "page", false, "")
	f.Func("allow-host", "", func(s string) error { c.allowHosts = append(c.allowHosts, strings.ToLower(s)); return nil })
	f.Func("upstream", "", c.addUpstream)
	f.TextVar(&c.namespace, "namespace", c.namespace, "")
	f.Func("hash", "", c.setHash)
	c.warninglists.Define(f)
	f.BoolVar(&c.noKnown, "no-known", false, "")
	f.DurationVar(&c.budget, "budget", 8*time.Second, "")
	f.DurationVar(&c.pageBudget, "page-budget", time.Minute, "")
	scaled(f, &c.maxBody, "max-body", 1536, 1<<20)
	f.IntVar(&c.imports, "imports", 2, "")
	f.DurationVar(&c.wait, "wait", 4*time.Second, "")
	scaled(f, &c.memory, "memory", 256, 1<<20)
	scaled(f, &c.minRate, "min-rate", 64, 1<<10)
	f.IntVar(&c.workers, "j", 2, "")
	f.Func("log", "", c.setLog)
	return f
}

// scaled defines a flag with a unit. Its value is in bytes.
func scaled(f *flag.FlagSet, v *int64, name string, def, unit int64) {
	*v = def * unit
	f.Func(name, "", func(s string) error {
		var n int64
		if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s || n < 0 || n > 1<<30 {
			return errors.New("not a number from 0 to 1073741824")
		}
		*v = n * unit
		return nil
	})
}

func (c *config) addUpstream(s string) error {
	u, err := parseUpstream(s)
	c.upstreams = append(c.upstreams, u)
	return err
}

func (c *config) setHash(s string) error {
	h, ok := map[string]stream.Hash{"none": stream.HashNone, "sha256": stream.HashSHA256, "all": stream.HashAll}[s]
	if !ok {
		return errors.New("use none, sha256 or all")
	}
	c.stream.Hash = h
	return nil
}

func (c *config) setLog(s string) error {
	if s != "text" && s != "json" {
		return errors.New("use text or json")
	}
	c.jsonLog = s == "json"
	return nil
}

func (c *config) check() error {
	switch {
	case c.budget <= 0 || c.pageBudget <= 0 || c.wait < 0:
		return errors.New("-budget and -page-budget must be above 0, and -wait not below 0")
	case c.imports < 1 || c.imports > 1024:
		return fmt.Errorf("-imports %d is not from 1 to 1024", c.imports)
	case c.workers < 1 || c.workers > 64:
		return fmt.Errorf("-j %d is not from 1 to 64", c.workers)
	case c.maxBody == 0:
		return errors.New("-max-body must be above 0")
	case c.memory < 64<<20:
		return errors.New("-memory must be at least 64")
	}
	return nil
}

// logger returns the service's log. Nothing from a capture may be logged, only sizes
// and times.
func (c *config) logger(w io.Writer) *slog.Logger {
	if c.jsonLog {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// eventUUID returns the UUID for an event's number. Without a number it is the zero
// UUID, and UUIDs are derived from the capture.
func (c *config) eventUUID(id string) misp.UUID {
	if id == "" {
		return misp.UUID{}
	}
	return misp.NewUUID(c.namespace, id)
}

// extraction returns the Options for a capture that may take share bytes.
func (c *config) extraction(share int64, only extract.TopicSet) extract.Options {
	o := extract.Options{Only: only, Workers: c.workers, Stream: c.stream}
	setLimits(&o, share)
	return o
}
