// Command tail prints a line for each packet of a capture, and follows the file
// as it grows, until it is interrupted.
//
//	tail -n 10 growing.pcapng
//	tcpdump -w - | tail -
//
// With -n N it starts with the last N packets in the file, otherwise with the
// first packet. It also ends at the end of a pipe.
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

Prints a line for each packet of a capture, and follows the file as it grows,
until it is interrupted. It also ends at the end of a pipe.

Flags:
  -n N  start with the last N packets in the file, not with the first
  -h    print this help

Exit status: 0 success; 1 the input is damaged or unreadable, or the output
cannot be written; 2 usage error.
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

// pause waits for the next poll, and reports whether to continue.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
	case <-time.After(poll):
	}
	return ctx.Err() == nil
}

// run prints the packets of src. At the end of src it calls more, and reads on
// if that returns true. Until the first end it holds back the last n lines and
// drops those before, unless n < 0.
func run(ctx context.Context, w io.Writer, src io.Reader, n int, more func() bool) error {
	p := printer{w: w, n: n}
	r, err := pcap.NewReader(&growing{src, func() bool { p.show(); return p.err == nil && more() }})
	if err == nil {
		err = p.print(r)
	}
	p.show()
	if ctx.Err() != nil && (r == nil || errors.Is(err, io.ErrUnexpectedEOF)) {
		err = nil // interrupted while a packet or the file header was being written
	}
	return cmp.Or(p.err, err)
}

// A printer prints lines. Until the first call of show it keeps only the last n,
// unless n < 0.
type printer struct {
	w     io.Writer
	n     int
	lines [][]byte // held back
	err   error    // from w
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
	if year := rec.Time.Year(); rec.Time.IsZero() || year < 0 || year > 9999 {
		return "-" // a Simple Packet Block has no timestamp, and RFC 3339 no larger year
	}
	return rec.Time.Format(time.RFC3339Nano)
}

// A growing retries a read at the end of a file while more returns true.
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
