// Command peerbench measures Sightline against other libraries and programs, and
// against the least that the work can cost.
//
//	go run . [-rounds N] [-size MB] [-only TEXT] [-captures DIR] [-md]
//
// # What is measured
//
// A row is one kind of work on one input. The inputs are generated, the same at
// each run: web is browsing (HTTP, TLS, DNS), with 2 % of the segments out of
// order, 1 % sent again and every other ClientHello in two segments; small is DNS
// and connections that are opened, carry nothing and are never closed. With
// -captures, mix is the captures of a directory, joined up to -size. There are
// rows for
//
//   - reading a pcap or pcapng file: the time and length of each packet
//   - decoding packets up to TCP, UDP and the header of DNS, from a file and in
//     memory
//   - DNS messages
//   - a whole task: the names in DNS, host, target and agent of HTTP requests,
//     server names in TLS. Here whole processes are run, so that their peak
//     memory is known, too. tshark and ndpiReader take part where they are
//     installed.
//
// # How
//
// All contestants of a row do the same work on the same input, which is in the
// file cache. Only where Sightline gathers, selects and writes the others do less,
// or otherwise: gopacket's program counts. They are timed in turn, round by round,
// and the figures are medians. The ratio is the CPU time of a contestant, user and
// system, to that of Sightline in the same round: 2.0 takes twice as long. Time
// itself differs between machines, and on shared ones from minute to minute: quote
// the ratios.
//
// gopacket is used in the quickest way that it has, and as most programs use it
// beside that. On generated input all Go contestants must find the same, and of
// the whole task everything that was generated, or peerbench fails. On real
// captures they need not: each decodes what it can. Where a program is known to
// miss something the table says so.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	if role, ok := os.LookupEnv(roleVariable); ok && role != "" {
		exit(play(role, os.Args[1:]))
	}
	var o options
	flags := flag.NewFlagSet("peerbench", flag.ExitOnError) // apart from those that gopacket adds
	flags.IntVar(&o.rounds, "rounds", 7, "measure each contestant `N` times")
	size := flags.Int("size", 64, "generate captures of so many `MB`")
	flags.StringVar(&o.only, "only", "", "run the rows that have `TEXT` in their name")
	flags.StringVar(&o.captures, "captures", "", "measure also on the captures in `DIR`, joined")
	flags.BoolVar(&o.markdown, "md", false, "print the table as Markdown")
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 || o.rounds < 1 || *size < 1 {
		flags.Usage()
		os.Exit(2)
	}
	o.size = *size << 20
	exit(run(o, os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "peerbench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// options are what the command line says.
type options struct {
	rounds, size   int
	only, captures string
	markdown       bool
}

// run measures everything and prints the table, after an error that of the rows
// before; progress says what is measured now.
func run(o options, stdout, progress io.Writer) error {
	dir, err := os.MkdirTemp("", "peerbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	t := table{versions: versions(time.Now())}
	failed := o.fill(&t, dir, progress)
	write := t.writeText
	if o.markdown {
		write = t.writeMarkdown
	}
	return cmp.Or(failed, write(stdout))
}

// A measurer is a row of whatever kind.
type measurer interface {
	fmt.Stringer
	measure(rounds int) (*measured, error)
}

// fill measures the rows of all inputs.
func (o *options) fill(t *table, dir string, progress io.Writer) error {
	have, missing := tools()
	if len(missing) > 0 {
		fmt.Fprintf(progress, "not on this machine, and so not compared: %s\n", strings.Join(missing, ", "))
	}
	for _, s := range shapes {
		in, err := generate(s, o.size, dir)
		if err != nil {
			return err
		}
		others := have
		if s.name == "small" {
			others = nil // they would take minutes
		}
		if err := o.measure(t, in.rows(others), progress); err != nil {
			return err
		}
		t.inputs = append(t.inputs, in.String())
	}
	if o.captures != "" {
		in, err := join(o.captures, o.size, dir)
		if err != nil {
			return err
		}
		if err := o.measure(t, in.rows(have), progress); err != nil {
			return err
		}
		t.inputs = append(t.inputs, in.String())
	}
	return o.measure(t, dnsRows(), progress)
}

// rows returns all rows of an input.
func (in *input) rows(others []process) []measurer {
	return slices.Concat(readRows(in), decodeRows(in), endToEnd(in, others))
}

// measure measures the rows whose names have o.only in them.
func (o *options) measure(t *table, rows []measurer, progress io.Writer) error {
	for _, r := range rows {
		if !strings.Contains(r.String(), o.only) {
			continue
		}
		fmt.Fprintf(progress, "%s ...\n", r)
		m, err := r.measure(o.rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", r, err)
		}
		t.rows = append(t.rows, m)
	}
	return nil
}
