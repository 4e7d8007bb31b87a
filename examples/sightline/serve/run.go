// Package serve is the subcommand sightline serve: it serves MISP's import module
// pcap_import, answering the requests that a MISP server sends to misp-modules, and
// a page where a capture can be looked at without MISP.
//
//	sightline serve -listen 127.0.0.1:6666
//
// README.md says how to set up MISP for it.
package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers/stream"
)

const program = "sightline serve"

const usage = `Usage: sightline serve [flags]

Serves the import module "pcap_import" for MISP, in place of misp-modules:
GET /modules, POST /query, /healthcheck, /version. At / is a page where an
analyst drops a capture and sees its indicators; /metrics is for Prometheus.
Captures are read as they arrive: none is held whole, none is written to disk.

Where it listens:
  -listen ADDR       default 127.0.0.1:6666. There is no authentication: beyond
                     loopback, let only MISP reach it
  -page              serve the page, too, when -listen is beyond loopback
  -allow-host NAME   a name or address under which browsers may use the page,
                     besides loopback and that of -listen; may be repeated

What it answers:
  -namespace UUID    from which, with the number of the event, the UUIDs follow;
                     give each MISP server one of its own
                     (default ` + defaultNamespace + `)
  -hash WHICH        hashes of files: none, sha256 (default) or all
  -warninglists DIR  a folder of MISP's warninglists

Bounds:
  -budget TIME       from the beginning of an import until decoding stops; what
                     was found is answered within 1.2 s of it. Keep it below
                     Plugin.Import_timeout of MISP, which is 10 s (default 8s)
  -page-budget TIME  the same for a capture dropped on the page (default 60s)
  -max-body MIB      of a body; beyond, only its beginning counts (default 1536)
  -imports N         imports at once; a further one waits (default 2)
  -wait TIME         for how long, before it is told to come again (default 4s)
  -memory MIB        of the whole process, but for warninglists (default 256)
  -min-rate KIB      a second, that a client must send; a slower one is answered
                     from what came (default 64)
  -j N               goroutines for each capture (default 2)

  -log FORMAT        text (default) or json, to standard error
  -h                 this text

Exit status: 0 stopped by a signal; 1 cannot serve; 2 wrong usage.
`

// Run is the subcommand, and returns its exit status.
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

// A config is what the command line asks for.
type config struct {
	listen       string
	page         bool
	allowHosts   []string
	namespace    misp.UUID
	hash         stream.Hash
	warninglists string
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

// defaultNamespace is the UUID of version 5 (RFC 9562) of the URL
// https://github.com/sightline-go/sightline/examples/mispmodule, the first path of
// this package. It must not change: the UUIDs in MISP follow from it.
const defaultNamespace = "9ab0eb75-919d-5698-a6aa-38ce2bb30dcd"

func parse(args []string) (config, error) {
	c := config{hash: stream.HashSHA256}
	f := flags(&c)
	if err := cli.Parse(f, args); err != nil {
		return c, err
	}
	if f.NArg() > 0 {
		return c, fmt.Errorf("%q is no flag", f.Arg(0))
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
	f.TextVar(&c.namespace, "namespace", c.namespace, "")
	f.Func("hash", "", c.setHash)
	f.StringVar(&c.warninglists, "warninglists", "", "")
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

// scaled defines a flag that is given in a unit, and kept in bytes.
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

func (c *config) setHash(s string) error {
	h, ok := map[string]stream.Hash{"none": stream.HashNone, "sha256": stream.HashSHA256, "all": stream.HashAll}[s]
	if !ok {
		return errors.New("there are none, sha256 and all")
	}
	c.hash = h
	return nil
}

func (c *config) setLog(s string) error {
	if s != "text" && s != "json" {
		return errors.New("there are text and json")
	}
	c.jsonLog = s == "json"
	return nil
}

func (c *config) check() error {
	switch {
	case c.budget <= 0 || c.pageBudget <= 0 || c.wait < 0:
		return errors.New("times must be above 0")
	case c.imports < 1 || c.imports > 1024:
		return fmt.Errorf("-imports %d is not from 1 to 1024", c.imports)
	case c.workers < 1 || c.workers > 64:
		return fmt.Errorf("-j %d is not from 1 to 64", c.workers)
	case c.maxBody == 0:
		return errors.New("-max-body must be above 0")
	case c.memory < 64<<20:
		return errors.New("-memory must be 64 at least")
	}
	return nil
}

// logger returns the service's log. It holds sizes and times, never what is in a
// capture.
func (c *config) logger(w io.Writer) *slog.Logger {
	if c.jsonLog {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// eventUUID returns the UUID of MISP's event of a number. Without one it is the
// zero UUID: the UUIDs then follow from the capture.
func (c *config) eventUUID(id string) misp.UUID {
	if id == "" {
		return misp.UUID{}
	}
	return misp.NewUUID(c.namespace, id)
}

// extraction returns what is kept of a capture that may take share bytes.
func (c *config) extraction(share int64, only extract.TopicSet) extract.Options {
	o := boundedBy(share)
	o.Only, o.Workers, o.Stream.Hash = only, c.workers, c.hash
	return o
}
