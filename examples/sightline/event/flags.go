package event

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"runtime"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/examples/sightline/keylog"
	"github.com/sightline-go/sightline/examples/sightline/lists"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/stix"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers/stream"
)

// A command is a parsed command line.
type command struct {
	files   []string
	format  format
	options extract.Options
	event   event.Options
	feed    feed
	keys    keylog.Flags
	state   stateFile
	sensor  string
	explain string
	verify  bool
	quiet   bool

	httpRequests bool // with -o stix
}

func parse(args []string) (command, error) {
	var c command
	e := &c.event
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	format := f.String("o", "misp", "")
	only := f.String("only", "", "")
	hash := f.String("hash", "all", "")
	detail := f.String("detail", "both", "")
	c.keys.Define(f)
	f.BoolVar(&e.OnlyClear, "only-clear", false, "")
	var warned lists.Flags
	warned.Define(f)
	f.StringVar(&c.feed.dir, "feed", "", "")
	f.StringVar(&c.feed.org.Name, "org", "", "")
	orgUUID := f.String("org-uuid", "", "")
	f.StringVar(&e.Info, "info", "", "")
	f.Func("tag", "", func(s string) error { e.Tags = append(e.Tags, s); return nil })
	f.IntVar(&e.Distribution, "distribution", 0, "")
	f.IntVar(&e.ThreatLevel, "threat-level", 4, "")
	f.IntVar(&e.Analysis, "analysis", 0, "")
	f.Func("internal", "", func(s string) error {
		p, err := netip.ParsePrefix(s)
		e.Internal = append(e.Internal, p)
		return err
	})
	f.BoolVar(&c.options.Passwords, "passwords", false, "")
	f.BoolVar(&e.Private, "private", false, "")
	f.BoolVar(&e.NoKnown, "no-known", false, "")
	f.BoolVar(&e.DropWarned, "drop-warned", false, "")
	f.IntVar(&e.MaxAttributes, "max-attributes", 0, "")
	f.IntVar(&e.MaxObjects, "max-objects", 0, "")
	f.BoolVar(&e.NoReport, "no-report", false, "")
	f.BoolVar(&e.All, "all", false, "")
	f.BoolVar(&c.httpRequests, "http-requests", false, "")
	f.StringVar(&c.state.name, "state", "", "")
	f.Int64Var(&c.state.max, "state-bytes", 0, "")
	f.StringVar(&c.sensor, "sensor", "auto", "")
	f.StringVar(&c.explain, "explain", "", "")
	f.BoolVar(&c.verify, "verify", false, "")
	f.IntVar(&c.options.Workers, "j", 0, "")
	f.BoolVar(&c.quiet, "q", false, "")
	if err := cli.Parse(f, args); err != nil {
		return c, err
	}
	c.files = f.Args()
	if len(c.files) == 0 {
		return c, errors.New("no capture given")
	}
	if e.All {
		c.options.MaxValues, c.options.MaxConns, c.options.MaxReport = everything, everything, maxReport
	}
	err := cmp.Or(
		choose(&c.format, formats, "o", *format), choose(&c.options.Stream.Hash, hashes, "hash", *hash),
		choose(&e.Detail, details, "detail", *detail), c.check(*format, *orgUUID), e.Only.UnmarshalText([]byte(*only)))
	if err == nil {
		e.Warned, err = warned.Load()
	}
	c.options.Only = e.Only
	if c.options.Workers == 0 && c.hashes() {
		c.options.Workers = runtime.GOMAXPROCS(0)
	}
	if c.httpRequests {
		c.format.write = writeSTIX(stix.Options{HTTPRequests: true})
	}
	if !c.format.objects {
		e.Detail = event.Indicators
	}
	if !c.format.review {
		e.MaxAttributes, e.MaxObjects = cmp.Or(e.MaxAttributes, -1), cmp.Or(e.MaxObjects, -1)
	}
	return c, err
}

// The limits on observations with -all: of each kind, and the memory of all.
const (
	everything = 1_000_000
	maxReport  = 256 << 20
)

var (
	hashes  = map[string]stream.Hash{"all": stream.HashAll, "sha256": stream.HashSHA256, "none": stream.HashNone}
	details = map[string]event.Detail{"both": event.Both, "indicators": event.Indicators, "objects": event.Objects}
)

// choose sets *to to the value that a flag names.
func choose[T any](to *T, from map[string]T, name, value string) error {
	v, ok := from[value]
	if !ok {
		return fmt.Errorf("unknown -%s %s: use %s", name, value, strings.Join(slices.Sorted(maps.Keys(from)), ", "))
	}
	*to = v
	return nil
}

func (c *command) hashes() bool {
	return c.options.Only.Has(extract.Files) && c.options.Stream.Hash != stream.HashNone
}

func (c *command) check(format, orgUUID string) error {
	if err := c.feed.check(orgUUID); err != nil {
		return err
	}
	if c.feed.dir != "" && (format != "misp" || c.explain != "") {
		return errors.New("-feed writes MISP events: it has no -o and no -explain")
	}
	if c.httpRequests && format != "stix" {
		return errors.New("-http-requests is for -o stix")
	}
	if (c.explain != "" || c.verify) && slices.Contains(c.files, "-") {
		return errors.New("-explain and -verify read the captures twice, which standard input cannot")
	}
	if c.state.name != "" && slices.Contains(c.files, "-") {
		return errors.New("-state reads the captures twice, which standard input cannot")
	}
	if c.state.name != "" && c.sensor == "each" {
		return errors.New("-state continues the captures of one sensor, so it has no -sensor each: run once for each sensor, with a state of its own")
	}
	if c.state.max < 0 {
		return fmt.Errorf("-state-bytes %d is less than 0", c.state.max)
	}
	if !slices.Contains([]string{"auto", "one", "each"}, c.sensor) {
		return fmt.Errorf("unknown -sensor %s: use auto, each, one", c.sensor)
	}
	if c.options.Workers < 0 {
		return fmt.Errorf("-j %d is less than 0", c.options.Workers)
	}
	return c.event.Check()
}
