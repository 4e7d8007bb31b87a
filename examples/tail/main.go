// Command tail prints a line for each packet of a capture, and for those that
// are still being written to it, until it is interrupted.
//
//	tail -n 10 growing.pcapng
//	tcpdump -w - | tail -
//
// -n N begins with the last N packets that are there; without it, with the
// first of all. A pipe ends it, too.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

const usage = `Usage: tail [-n N] FILE | -

Prints a line for each packet of a capture, and for those that are still being
written to it, until it is interrupted. The end of a pipe ends it, too.

Flags:
  -n N  begin with the last N packets that are there, not with the first of all
  -h    this text

Exit status: 0 done; 1 the input is damaged or cannot be read, or the output
cannot be written; 2 wrong usage.
`

const poll = 200 * time.Millisecond

func main() {
	n := flag.Int("n", -1, "")
	flag.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	flag.Parse()
	f, err := os.Stdin, error(nil)
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	} else if name := flag.Arg(0); name != "-" {
		f, err = os.Open(name)
	}
	ctx := cli.Interrupts()
	if err == nil {
		info, statErr := f.Stat()
		grows := statErr == nil && info.Mode().IsRegular()
		err = run(ctx, os.Stdout, f, *n, func() bool { return grows && pause(ctx) })
	}
	if err != nil {
		os.Exit(cli.Fail("tail", err, os.Stderr))
	}
}

// pause waits, and reports whether to go on.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
	case <-time.After(poll):
	}
	return ctx.Err() == nil
}

// run prints the packets of src. Where src ends it asks more whether to try
// again. Before that, it holds back all lines but the last n, unless n < 0.
func run(ctx context.Context, w io.Writer, src io.Reader, n int, more func() bool) error {
	p := printer{w: w, n: n}
	r, err := pcap.NewReader(&growing{src, func() bool { p.show(); return p.err == nil && more() }})
	if err == nil {
		err = p.print(r)
	}
	p.show()
	if ctx.Err() != nil && (r == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
		err = nil // interrupted while a packet, or the beginning, was being written
	}
	return cmp.Or(p.err, err)
}

// A printer prints lines, the first time none but the last n, unless n < 0.
type printer struct {
	w     io.Writer
	n     int
	lines [][]byte // that are held back
	err   error    // of w
}

func (p *printer) show() {
	for _, line := range p.lines {
		if p.err == nil {
			_, p.err = p.w.Write(line)
		}
	}
	p.lines, p.n = nil, -1
}

func (p *printer) print(r *pcap.Reader) error {
	var d layers.Decoder
	var packet layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			return err
		}
		d.Decode(&packet, rec)
		line := fmt.Appendf(nil, "%d %s %d ", rec.Number, timeOf(rec), rec.WireLen)
		line, _ = packet.AppendText(line)
		if p.lines = append(p.lines, append(line, '\n')); p.n < 0 {
			p.show()
		} else if len(p.lines) > p.n {
			p.lines = p.lines[1:]
		}
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

func timeOf(rec *pcap.Record) string {
	if rec.Time.IsZero() {
		return "-" // a simple packet block has none
	}
	return rec.Time.Format(time.RFC3339Nano)
}

// A growing reads what is written to a file later, too.
type growing struct {
	io.Reader
	more func() bool
}

func (g *growing) Read(b []byte) (int, error) {
	for {
		if n, err := g.Reader.Read(b); n > 0 || err != io.EOF || !g.more() {
			return n, err
		}
	}
}
