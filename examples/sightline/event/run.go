// Package event implements the subcommand sightline event, which reads packet
// captures and writes their indicators as a MISP event.
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

	"github.com/sightline-go/sightline/examples/sightline/keylog"
	"github.com/sightline-go/sightline/examples/sightline/lists"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/stix"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers/stream"
)

const program = "sightline event"

var usage = `Usage: sightline event [flags] FILE|DIR... | -

Reads captures (pcap or pcapng, plain or in gzip, zstd or bzip2; - is standard
input) and writes their indicators to standard output and a summary to standard
error. Consecutive captures of one sensor may be given together: they are read in
the order of their times, and connections continue from one to the next. The same
file is read once, and so are the packets that two consecutive files have.

DIR stands for the captures in it and below it, except hidden files. They are
divided among sensors by their names (as tcpdump -C and -G, dumpcap -b, netsniff-ng
and Arkime rotate them), directories, link types and times. Files that are not
captures are named.

Flags:
  -o FORMAT          misp (default): a MISP event, for "Populate from" on MISP's
                     page, or /events/add of its API
                     module: the response of a misp-modules import module
                     stix: a STIX 2.1 bundle, for other platforms
                     suricata: rules for the values that are for detection
                     zeek-intel: a file of these values for Zeek
                     ndjson: one attribute per line, with its evidence
                     csv: attributes for a spreadsheet
                     text: a table of attributes
                     report: all observations as JSON, including those left out of
                     an event
  -feed DIR          add the event to the MISP feed in DIR, or replace it there,
                     instead of printing it; needs -org
  -org NAME          the organisation that creates the events of -feed
  -org-uuid UUID     its UUID; default: derived from NAME
  -info TEXT         the event's title; default: the captures' names
  -tag NAME          add a tag to the event, such as tlp:amber; may be repeated
  -distribution N    0 your organisation only (default), 1 this community,
                     2 connected communities, 3 all communities
  -threat-level N    1 high, 2 medium, 3 low, 4 undefined (default)
  -analysis N        0 initial (default), 1 ongoing, 2 completed
  -detail WHAT       indicators, objects or both (default)
  -only LIST         only these topics, separated by commas:
                     ` + topicList(58, "\n                     ") + `
  -hash WHAT         hashes of files: all (SHA-256, SHA-1 and MD5; default), sha256
                     or none
` + keylog.Usage + `  -only-clear        leave out what was only seen in decrypted connections
  -passwords         include the passwords of logins
  -internal CIDR     one of your own networks: leave out its addresses, like
                     private ones; may be repeated
  -private           include private, loopback, link-local, multicast and broadcast
                     addresses, addresses in -internal networks, local names and
                     hardware addresses
` + lists.Usage + `  -drop-warned       leave values that a warninglist clears out
  -no-known          ignore the table of well-known services, such as connectivity
                     checks and certificate services
  -max-attributes N  at most N attributes; -1: no limit; default: 500 with -o misp
                     and module, no limit with other formats
  -max-objects N     at most N objects; -1: no limit; default: 200 with -o misp and
                     module, no limit with other formats
  -no-report         no report on the capture in the event
  -http-requests     with -o stix, add HTTP requests, which MISP 2.5 fails to import
  -all               everything that MISP accepts: no rules and no limits, except a
                     million observations of each kind and 256 MiB of all
  -sensor WHAT       auto (default): divide the files of directories among sensors, and
                     read those of the command line as one sensor's
                     one: all files are of one sensor; each: each is of its own
  -state FILE        continue after the captures of earlier runs, which FILE holds:
                     the event is that of all of them, as if read in one go. FILE is
                     of one sensor: run once for each sensor, with a FILE of its own.
                     It is created if missing, and holds observations and packets, but no
                     TLS secrets (give -keys again) and, without -passwords, no
                     passwords of ended conversations. Captures in it are skipped,
                     so a directory may be read again and again, in order of time and
                     with the same flags. A file that has grown since is named, and
                     not read: leave out the one being written. Packets that the last
                     capture in FILE has, too, are counted once, while its file exists
  -state-bytes N     keep at most N bytes of packets of open conversations in the
                     state; the conversations with the most end before; default: 64
                     MiB
  -explain VALUE     print the evidence of an indicator and its packets instead
  -verify            read the packets of each indicator's evidence again, and
                     report the indicators that are not found there
  -j N               use N processors; default: all if files are hashed, else one,
                     because more would not be faster
  -q                 no progress and no summary
  -h                 print this text

Exit status: 0 done; 1 an input is damaged, no capture or cannot be read, or the state
cannot be written (the indicators found are still written), or -verify or -explain does not find an indicator; 2 usage
error, or -state with a directory of several sensors.

Examples:
  sightline event -tag tlp:amber -info "Case 42" laptop.pcapng > event.json
  sightline event -feed /var/www/feed -org "Sensor 3" day.pcapng
  sightline event -state day.state /var/captures > day.json
  tcpdump -i eth0 -c 10000 -w - | sightline event -o text -
`

// topicList returns the names of the topics in lines of at most columns columns.
func topicList(columns int, newline string) string {
	list, column := "", 0
	for i, t := range extract.Topics() {
		name := t.String()
		switch {
		case i == 0:
		case column+len(", ")+len(name) > columns:
			list += "," + newline
			column = 0
		default:
			list += ", "
			column += len(", ")
		}
		list += name
		column += len(name)
	}
	return list
}

// Run runs the subcommand and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c, err := parse(args)
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	rep, failed, err := read(ctx, &c, stdin, stderr)
	if _, ok := errors.AsType[misuse](err); ok {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	if err != nil {
		return cli.Fail(program, err, stderr)
	}
	if len(rep.Captures) == 0 {
		return 1
	}
	switch {
	case c.explain != "":
		err = explain(ctx, c, rep, stdout)
	default:
		sel := event.Select(rep, c.event)
		if err = c.deliver(rep, sel, stdout); err == nil && !c.quiet {
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

// deliver writes the selection to the feed or to standard output.
func (c *command) deliver(rep *extract.Report, sel *event.Selection, stdout io.Writer) error {
	if c.feed.dir != "" {
		return c.feed.write(sel.Event())
	}
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
