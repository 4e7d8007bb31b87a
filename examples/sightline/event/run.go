// Package event implements the subcommand sightline event, which reads packet
// captures and writes their indicators as a MISP event.
//
//	sightline event capture.pcapng > event.json
package event

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/internal/cli"
)

const program = "sightline event"

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
