// Command peerbench measures Sightline against other Go libraries and against
// the least that the work can cost, on captures that it generates.
//
//	go run . [-rounds N] [-size MB] [-only TEXT]
//
// In each row all contestants do the same work on the same input, and must give
// the same result before they are timed. They are timed in turn, round by round;
// the figures are medians. The ratio is the CPU time of a contestant, user and
// system, to that of Sightline in the same round: 2.0 takes twice as long. Time
// in nanoseconds differs between machines, and on shared ones from minute to
// minute: quote the ratios.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	rounds := flag.Int("rounds", 7, "measure each contestant `N` times")
	size := flag.Int("size", 64, "generate captures of so many `MB`")
	only := flag.String("only", "", "run the rows that have `TEXT` in their name")
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 || *size < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*rounds, *size<<20, *only); err != nil {
		fmt.Fprintln(os.Stderr, "peerbench:", err)
		os.Exit(1)
	}
}

func run(rounds, size int, only string) error {
	dir, err := os.MkdirTemp("", "peerbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, s := range shapes {
		in, err := generate(s, size, dir)
		if err != nil {
			return err
		}
		for _, r := range append(readRows(in), decodeRow(in)) {
			if err := r.run(os.Stdout, rounds, only); err != nil {
				return err
			}
		}
	}
	for _, r := range dnsRows() {
		if err := r.run(os.Stdout, rounds, only); err != nil {
			return err
		}
	}
	return nil
}

// run measures a row, if its name has only in it, and prints it.
func (r *row) run(w io.Writer, rounds int, only string) error {
	if !strings.Contains(r.name, only) {
		return nil
	}
	figures, err := r.measure(rounds)
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return r.print(w, figures)
}
