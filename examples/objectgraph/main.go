// Command objectgraph draws how the objects of a MISP event hang together, as
// SVG.
//
//	pcap2misp capture.pcapng | objectgraph > event.svg
//
// It starts from what extract/misp reads of an event, whoever made that.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/defuse"
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
	switch {
	case len(args) == 1 && (args[0] == "-h" || args[0] == "--help"):
		fmt.Fprint(stdout, usage)
		return 0
	case len(args) > 1 || len(args) == 1 && len(args[0]) > 1 && args[0][0] == '-':
		fmt.Fprint(stderr, usage)
		return 2
	}
	if err := draw(args, stdin, stdout); err != nil {
		fmt.Fprintln(stderr, "objectgraph:", defuse.Terminal(err.Error()))
		return 1
	}
	return 0
}

func draw(args []string, stdin io.Reader, stdout io.Writer) error {
	if len(args) == 1 && args[0] != "-" {
		f, err := os.Open(args[0])
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
