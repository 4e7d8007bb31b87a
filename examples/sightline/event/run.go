// Package event is the subcommand sightline event: it reads packet captures and
// writes their indicators as a MISP event.
//
//	sightline event capture.pcapng > event.json
package event

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"runtime"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers/stream"
)

const program = "sightline event"

const usage = `Usage: sightline event [flags] FILE... | -

Reads captures (pcap or pcapng, plain or gzipped; - is standard input) and
writes their indicators to standard output, and a summary to standard error.
Captures of one sensor may be given together: connections go on from one to the
next, in the order of their times.

Flags:
  -o FORMAT          misp (default): a MISP event, for the page's "Populate from",
                     or the API's /events/add
                     module: the answer of a misp-modules import module
                     ndjson: an attribute a line, with the packets that show it
                     csv: the same for a spreadsheet
                     text: a table to read
                     report: all observations as JSON, also those that are left
                     out of an event
  -info TEXT         the event's title; default: the captures' names
  -tag NAME          a tag of the event, such as tlp:amber; may be repeated
  -distribution N    0 your organisation only (default), 1 this community,
                     2 connected communities, 3 all communities
  -threat-level N    1 high, 2 medium, 3 low, 4 undefined (default)
  -analysis N        0 initial (default), 1 ongoing, 2 completed
  -detail WHAT       indicators, objects or both (default)
  -only LIST         what to look at, separated by commas, of http, files, tls,
                     dns, mail, ssh, logins, dhcp, ip, connections
  -hash WHAT         hashes of files: all (default: SHA-256, SHA-1, MD5), sha256
                     or none
  -internal CIDR     a network of your own, whose addresses are left out as
                     private ones are; may be repeated
  -private           also what is of a local network: private, loopback,
                     link-local, multicast and broadcast addresses, names of
                     local networks, hardware addresses
  -warninglists DIR  a checkout of misp-warninglists: values on a list are marked
                     and not for detection
  -drop-warned       leave them out instead
  -max-attributes N  at most N attributes; default 500 in an event, which a person
                     is to review, else none; -1 for no bound
  -max-objects N     at most N objects; default 200, -1 for no bound
  -all               everything that MISP takes: no rule, no bound (but a million
                     observations of each kind)
  -explain VALUE     print the packets behind an indicator instead
  -verify            read the packets behind each indicator again, by themselves,
                     and say which are not found there
  -j N               use N processors; default: all where files are hashed, else
                     one, as sharing out costs what it gains then
  -q                 no progress and no summary
  -h                 this text

Exit status: 0 done; 1 an input is damaged or cannot be read (all that was found
is still written), or -verify or -explain does not find what it looks for; 2 wrong
usage.

Examples:
  sightline event -tag tlp:amber -info "Case 42" laptop.pcapng > event.json
  tcpdump -i eth0 -c 10000 -w - | sightline event -o text -
`

// Run is the subcommand, and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c, err := parse(args)
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	rep, failed := read(ctx, c, stdin, stderr)
	if len(rep.Captures) == 0 {
		return 1
	}
	switch {
	case c.explain != "":
		err = explain(ctx, c, rep, stdout)
	default:
		sel := event.Select(rep, c.event)
		if err = output(c, rep, sel, stdout); err == nil && !c.quiet {
			summarise(stderr, rep, sel)
		}
		if err == nil && c.verify {
			err = verify(ctx, c, rep, sel, stderr)
		}
	}
	if err != nil {
		return cli.Fail(program, err, stderr)
	}
	if failed {
		return 1
	}
	return 0
}

func output(c command, rep *extract.Report, sel *event.Selection, stdout io.Writer) error {
	out := bufio.NewWriter(stdout)
	err := c.format.write(out, rep, sel)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}

// A command is what the command line asks for.
type command struct {
	files   []string
	format  format
	options extract.Options
	event   event.Options
	explain string
	verify  bool
	quiet   bool
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
	lists := f.String("warninglists", "", "")
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
	f.BoolVar(&e.Private, "private", false, "")
	f.BoolVar(&e.DropWarned, "drop-warned", false, "")
	f.IntVar(&e.MaxAttributes, "max-attributes", 0, "")
	f.IntVar(&e.MaxObjects, "max-objects", 0, "")
	f.BoolVar(&e.All, "all", false, "")
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
		c.options.MaxValues, c.options.MaxConns = everything, everything
	}
	err := cmp.Or(
		choose(&c.format, formats, "o", *format), choose(&c.options.Stream.Hash, hashes, "hash", *hash),
		choose(&e.Detail, details, "detail", *detail), c.check(), e.Only.UnmarshalText([]byte(*only)), c.loadLists(*lists))
	c.options.Only = e.Only
	if c.options.Workers == 0 && c.hashes() {
		c.options.Workers = runtime.GOMAXPROCS(0)
	}
	if !c.format.event {
		e.Detail = event.Indicators
		if e.MaxAttributes == 0 {
			e.MaxAttributes = -1
		}
	}
	return c, err
}

// everything is how many observations of each kind are kept with -all.
const everything = 1_000_000

var (
	hashes  = map[string]stream.Hash{"all": stream.HashAll, "sha256": stream.HashSHA256, "none": stream.HashNone}
	details = map[string]event.Detail{"both": event.Both, "indicators": event.Indicators, "objects": event.Objects}
)

// choose sets what a flag names.
func choose[T any](to *T, from map[string]T, name, value string) error {
	v, ok := from[value]
	if !ok {
		return fmt.Errorf("unknown -%s %s; there are %s", name, value, strings.Join(slices.Sorted(maps.Keys(from)), ", "))
	}
	*to = v
	return nil
}

// hashes reports whether files are hashed.
func (c *command) hashes() bool {
	return c.options.Only.Has(extract.Files) && c.options.Stream.Hash != stream.HashNone
}

func (c *command) check() error {
	if (c.explain != "" || c.verify) && slices.Contains(c.files, "-") {
		return errors.New("-explain and -verify read the captures twice, which standard input cannot")
	}
	if c.options.Workers < 0 {
		return fmt.Errorf("-j %d is less than 0", c.options.Workers)
	}
	return c.event.Check()
}
