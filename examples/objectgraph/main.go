// Command objectgraph draws how the objects of a MISP event hang together, as
// SVG.
//
//	pcap2misp capture.pcapng | objectgraph > event.svg
//
// It starts from what extract/misp reads of an event, whoever made that.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/cli"
)

const usage = `Usage: objectgraph [FILE]

Reads a MISP event (JSON, as pcap2misp writes it or MISP exports it) from a file
or standard input, and writes a picture of its objects to standard output, as SVG:
a box for each object, and for each attribute that one refers to; an arrow for
each reference; a dashed line to an attribute whose value an object has, too.
It draws 60 boxes and 240 lines at most, and says how many are missing.

Exit status: 0 done; 1 the input is no event with objects; 2 wrong usage.
`

// What is drawn, and read, at most.
const (
	maxNodes = 60
	maxEdges = 240
	maxInput = 64 << 20
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is the program, and returns its exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("objectgraph", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	err := f.Parse(args)
	if err == nil && f.NArg() > 1 {
		err = fmt.Errorf("%d files given, not one", f.NArg())
	}
	if err != nil {
		return cli.Usage("objectgraph", usage, err, stdout, stderr)
	}
	if err := draw(cmp.Or(f.Arg(0), "-"), stdin, stdout); err != nil {
		return cli.Fail("objectgraph", err, stderr)
	}
	return 0
}

// draw reads an event from the file of that name and writes the picture.
func draw(name string, stdin io.Reader, stdout io.Writer) error {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		stdin = f
	}
	b, err := io.ReadAll(io.LimitReader(stdin, maxInput+1))
	if err != nil {
		return err
	}
	if len(b) > maxInput {
		return fmt.Errorf("the event is larger than %d bytes", maxInput)
	}
	var e misp.Event
	if err := json.Unmarshal(b, &e); err != nil {
		return fmt.Errorf("not a MISP event: %w", err)
	}
	if len(e.Objects) == 0 {
		return errors.New("the event has no objects")
	}
	g := newGraph(&e)
	g.layOut()
	out := bufio.NewWriter(stdout)
	g.writeSVG(out)
	return out.Flush()
}
