// Package convert is the subcommand sightline convert: it writes a capture in
// another format, or a part of it.
//
//	sightline convert capture.pcapng capture.pcap
//	sightline convert -host 192.0.2.0/24 -port 443 capture.pcap part.pcapng
//	zcat capture.gz | sightline convert -F nspcap - - | tcpdump -r -
package convert

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

const program = "sightline convert"

const usage = `Usage: sightline convert [flags] IN OUT

Writes the packets of IN (pcap or pcapng, plain or gzipped) to OUT. - is standard
input or output. From pcapng to pcapng, everything else in the file comes along.

Flags:
  -F FORMAT   pcap (microseconds), nspcap (nanoseconds) or pcapng; without it,
              OUT's extension says it, and for - it is pcapng
  -host ADDR  only packets of which an IP layer is from or to this address, or
              to or from this network: 192.0.2.1, 2001:db8::/32
  -port N     only packets from or to this TCP or UDP port
  -from TIME  only packets from this time on: 2026-03-01T12:00:00Z
  -to TIME    only packets before this time
  -h          this text

A pcap file holds packets of one link type and one length of check sequence.
Packets without time are at 1970 in it, and between no times.

Exit status: 0 done; 1 IN is damaged or OUT cannot hold it (what was before that
is written); 2 wrong usage.
`

// Run is the subcommand, and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	format := f.String("F", "", "")
	keep := newFilter(f)
	err := cli.Parse(f, args)
	switch {
	case err == nil && f.NArg() != 2:
		err = fmt.Errorf("%d files given, not IN and OUT", f.NArg())
	case err == nil:
		*format, err = formatOf(*format, f.Arg(1))
	}
	if err == nil && same(f.Arg(0), f.Arg(1)) {
		err = errors.New("IN and OUT are the same file")
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	out := newOutput(f.Arg(1), stdout)
	err = convert(ctx, f.Arg(0), stdin, newSink(*format, out), keep)
	if err = errors.Join(err, out.close()); err != nil {
		return cli.Fail(program, err, stderr)
	}
	return 0
}

// formatOf returns the format to write.
func formatOf(format, name string) (string, error) {
	if format == "" {
		switch ext := strings.ToLower(filepath.Ext(name)); {
		case name == "-", ext == ".pcapng":
			format = "pcapng"
		case ext == ".pcap":
			format = "pcap"
		default:
			return "", fmt.Errorf("the name %s does not say a format: give -F pcap, nspcap or pcapng", name)
		}
	}
	switch format {
	case "pcap", "nspcap", "pcapng":
		return format, nil
	}
	return "", fmt.Errorf("unknown format -F %s; there are pcap, nspcap and pcapng", format)
}

// same reports whether two names are of one file.
func same(in, out string) bool {
	a, err := os.Stat(in)
	if err != nil {
		return false
	}
	b, err := os.Stat(out)
	return err == nil && os.SameFile(a, b)
}

// convert reads the capture and writes the packets that keep wants.
func convert(ctx context.Context, in string, stdin io.Reader, to sink, keep *filter) error {
	var blockErr error
	c := pcap.Config{OnBlock: func(raw pcap.RawBlock) {
		if b := pcapng.Parse(raw); b.Type != pcapng.CustomNoCopy || keep.all() {
			blockErr = errors.Join(blockErr, to.block(b))
		}
	}}
	r, err := open(c, in, stdin)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := to.begin(r.Header()); err != nil {
		return err
	}
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err = errors.Join(err, blockErr, ctx.Err()); err != nil {
			return err
		}
		d.Decode(&p, rec)
		if !keep.keeps(&p, rec) {
			continue
		}
		if err := to.packet(rec); err != nil {
			return fmt.Errorf("packet %d: %w", rec.Number, err)
		}
	}
	return errors.Join(blockErr, to.end())
}

func open(c pcap.Config, name string, stdin io.Reader) (*pcap.Reader, error) {
	if name == "-" {
		return c.NewReader(stdin)
	}
	return c.Open(name)
}
