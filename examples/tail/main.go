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
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

const poll = 200 * time.Millisecond

func main() {
	n := flag.Int("n", -1, "begin with the last `N` packets")
	flag.Parse()
	f, err := os.Stdin, error(nil)
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "Usage: tail [-n N] FILE | -")
		os.Exit(2)
	} else if name := flag.Arg(0); name != "-" {
		f, err = os.Open(name)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
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
	var lines [][]byte
	show := func() {
		for _, line := range lines {
			w.Write(line)
		}
		lines, n = nil, -1
	}
	defer show()
	r, err := pcap.NewReader(&growing{src, func() bool { show(); return more() }})
	if err != nil {
		return err
	}
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if ctx.Err() != nil && errors.Is(err, io.ErrUnexpectedEOF) {
			break // interrupted while a packet was being written
		}
		if err != nil {
			return err
		}
		d.Decode(&p, rec)
		line := fmt.Appendf(nil, "%d %s %d ", rec.Number, rec.Time.Format(time.RFC3339Nano), rec.WireLen)
		line, _ = p.AppendText(line)
		if lines = append(lines, append(line, '\n')); n < 0 {
			show()
		} else if len(lines) > n {
			lines = lines[1:]
		}
	}
	return nil
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
