// Command pcap2misp reads packet captures and writes what is in them as a MISP
// event.
//
//	pcap2misp capture.pcapng > event.json
//
// Run it with -h for its flags.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/sightline-go/sightline/extract"
)

const usage = `Usage: pcap2misp [flags] FILE... | -

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
  -info TEXT         the event's title; default: the captures' names
  -tag NAME          a tag of the event, such as tlp:amber; may be repeated
  -distribution N    0 your organisation only (default), 1 this community,
                     2 connected communities, 3 all communities
  -threat-level N    1 high, 2 medium, 3 low, 4 undefined (default)
  -analysis N        0 initial (default), 1 ongoing, 2 completed
  -only LIST         what to write, of ip,dns,http,tls, separated by commas
  -private           also private, loopback, link-local, multicast and broadcast
                     addresses and names of local networks
  -q                 no progress and no summary
  -h                 this text

Exit status: 0 done; 1 an input is damaged or cannot be read (all that was found
is still written); 2 wrong usage.

Examples:
  pcap2misp -tag tlp:amber -info "Case 42" laptop.pcapng > event.json
  tcpdump -i eth0 -c 10000 -w - | pcap2misp -o text -
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the program, and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	c, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "pcap2misp: %v\nRun \"pcap2misp -h\" for help.\n", err)
		return 2
	}
	rep, failed := read(ctx, c, stdin, stderr)
	if len(rep.Captures) == 0 {
		return 1
	}
	out := bufio.NewWriter(stdout)
	sel := rep.Select(c.event)
	err = c.format.write(out, rep, sel)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintf(stderr, "pcap2misp: writing: %v\n", err)
		return 1
	}
	if !c.quiet {
		summarise(stderr, rep, sel)
	}
	if failed {
		return 1
	}
	return 0
}

// A command is what the command line asks for.
type command struct {
	files  []string
	format format
	event  extract.EventOptions
	quiet  bool
}

func parse(args []string) (command, error) {
	var c command
	f := flag.NewFlagSet("pcap2misp", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	output := f.String("o", "misp", "")
	only := f.String("only", "", "")
	f.StringVar(&c.event.Info, "info", "", "")
	f.Func("tag", "", func(s string) error { c.event.Tags = append(c.event.Tags, s); return nil })
	f.IntVar(&c.event.Distribution, "distribution", 0, "")
	f.IntVar(&c.event.ThreatLevel, "threat-level", 4, "")
	f.IntVar(&c.event.Analysis, "analysis", 0, "")
	f.BoolVar(&c.event.Private, "private", false, "")
	f.BoolVar(&c.quiet, "q", false, "")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	c.files = f.Args()
	var ok bool
	if c.format, ok = formats[*output]; !ok {
		return c, fmt.Errorf("unknown format -o %s; there are misp, module, ndjson, csv and text", *output)
	}
	for topic := range strings.SplitSeq(*only, ",") {
		if topic != "" {
			c.event.Only = append(c.event.Only, extract.Topic(topic))
		}
	}
	if len(c.files) == 0 {
		return c, errors.New("no capture given")
	}
	return c, c.event.Check()
}
