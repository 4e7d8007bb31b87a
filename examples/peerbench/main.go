// Command peerbench compares the speed of Sightline with other libraries and
// programs, and with a floor: minimal hand-written code for the same work.
//
//	go run . [-rounds N] [-size MB] [-only TEXT] [-captures DIR] [-md]
//
// # What is measured
//
// A row is one kind of work on one input. The inputs are generated and identical
// in each run: web is browsing (HTTP, TLS, DNS) with 2 % of the segments out of
// order, 1 % retransmitted and nearly half of the ClientHellos in two segments;
// small is DNS and connections that are opened, carry no data and are never
// closed. With -captures, mix joins the captures in a directory, up to -size.
// There are rows for
//
//   - reading a pcap or pcapng file: the time and length of each packet
//   - decoding packets up to TCP and UDP, and decoding them with the names in
//     DNS, from a file and in memory
//   - parsing DNS messages
//   - a whole task: DNS names; host, target and user agent of HTTP requests; TLS
//     server names. These rows run whole processes to measure peak memory too.
//     tshark and ndpiReader take part if they are installed.
//
// # How
//
// All contestants of a row read the same from the same input, which is in the
// file cache. No two libraries do quite the same work for that: -md prints what
// differs above each table. Contestants are timed in turn, round by round, and
// the figures are medians. The ratio is a contestant's CPU time, user and
// system, divided by Sightline's in the same round: 2.0 takes twice as long.
// Absolute times vary between machines, and on shared ones from minute to
// minute: quote the ratios.
//
// gopacket is used in its fastest way, and also as most programs use it. On
// generated input all Go contestants must find the same, and in the whole task
// everything that was generated, or peerbench fails. On real captures they need
// not agree, as each decodes what it can. The table says what share of the
// generated values a program misses.
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
	flags := flag.NewFlagSet("peerbench", flag.ExitOnError) // without the flags that gopacket adds
	flags.IntVar(&o.rounds, "rounds", 7, "measure each contestant `N` times")
	size := flags.Int("size", 64, "generate captures of so many `MB`")
	flags.StringVar(&o.only, "only", "", "run the rows that have `TEXT` in their name")
	flags.StringVar(&o.captures, "captures", "", "measure also on the captures in `DIR`, joined")
	flags.BoolVar(&o.markdown, "md", false, "print tables in Markdown, as in docs/speed.md")
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

type options struct {
	rounds, size   int
	only, captures string
	markdown       bool
}

// run measures all rows and prints the table, after an error with the rows
// measured before it. It writes the name of each row to progress.
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

// A measurer is a row or a processRow.
type measurer interface {
	fmt.Stringer
	measure(rounds int) (*measured, error)
}

// fill measures the rows of all inputs.
func (o *options) fill(t *table, dir string, progress io.Writer) error {
	have, missing := tools()
	if len(missing) > 0 {
		fmt.Fprintf(progress, "not installed, not compared: %s\n", strings.Join(missing, ", "))
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

func (in *input) rows(others []process) []measurer {
	return slices.Concat(readRows(in), decodeRows(in), endToEnd(in, others))
}

// measure measures the rows whose names contain o.only.
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
