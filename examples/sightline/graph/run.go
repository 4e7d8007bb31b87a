// Package graph is the subcommand sightline graph: it draws the objects of a MISP
// event and their references, as SVG.
//
//	sightline event capture.pcapng | sightline graph > event.svg
//
// It starts from what extract/misp reads of an event, whoever made that.
package graph

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

const program = "sightline graph"

const usage = `Usage: sightline graph [FILE]

Reads a MISP event (JSON, as sightline event writes it or MISP exports it) from a
file or standard input, and writes a picture of its objects to standard output, as
SVG: a box for each object, and for each attribute that one refers to; an arrow for
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

// Run is the subcommand, and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	err := cli.Parse(f, args)
	if err == nil && f.NArg() > 1 {
		err = fmt.Errorf("%d files given, not one", f.NArg())
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	if err := draw(cmp.Or(f.Arg(0), "-"), stdin, stdout); err != nil {
		return cli.Fail(program, err, stderr)
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
