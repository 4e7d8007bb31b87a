// Package graph implements the subcommand sightline graph, which draws the objects
// of a MISP event and their references as SVG.
//
//	sightline event capture.pcapng | sightline graph > event.svg
//
// It draws any event that extract/misp can read, from Sightline or not.
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

Reads a MISP event (JSON from sightline event or exported by MISP) from a file or
standard input, and draws its objects as SVG on standard output: a box for each
object and for each attribute that an object refers to, an arrow for each reference,
and a dashed line from an object to an attribute with the same value.
It draws at most 60 boxes and 240 lines, and notes how many are missing.

Exit status: 0 done; 1 the input is not an event with objects; 2 usage error.
`

// Limits on boxes and lines drawn, and on bytes read.
const (
	maxNodes = 60
	maxEdges = 240
	maxInput = 64 << 20
)

// Run runs the subcommand and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	err := cli.Parse(f, args)
	if err == nil && f.NArg() > 1 {
		err = fmt.Errorf("want one FILE, got %d", f.NArg())
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	if err := draw(cmp.Or(f.Arg(0), "-"), stdin, stdout); err != nil {
		return cli.Fail(program, err, stderr)
	}
	return 0
}

// draw reads an event from the named file and writes the drawing.
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
