// Package convert implements the subcommand sightline convert, which converts a
// capture to another format or filters it.
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

Writes the packets of IN (pcap or pcapng, plain or in gzip, zstd or bzip2) to OUT;
- is standard input or output. From pcapng to pcapng, the other blocks are copied
too, except those with secrets.

Flags:
  -F FORMAT   pcap (microseconds), nspcap (nanoseconds) or pcapng; default:
              by OUT's extension; pcapng if OUT is -
  -host ADDR  only packets with an IP layer from or to this address or network:
              192.0.2.1, 2001:db8::/32
  -port N     only packets from or to this port
  -from TIME  only packets at or after this time: 2026-03-01T12:00:00Z
  -to TIME    only packets before this time
  -with-keys  copy the secrets that decrypt the packets, too
  -h          print this text

A pcap file holds packets of one link type, with check sequences of one length.
Packets without a time get 1970-01-01 there, and never match -from or -to. So do
packets with a time that OUT cannot hold; they are counted.

Exit status: 0 done; 1 IN is damaged, or OUT's format cannot hold a packet (the
packets before that are written) or the time of one; 2 usage error.
`

// Run runs the subcommand and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	format := f.String("F", "", "")
	keep := newFilter(f)
	withKeys := f.Bool("with-keys", false, "")
	err := cli.Parse(f, args)
	switch {
	case err == nil && f.NArg() != 2:
		err = fmt.Errorf("want IN and OUT, got %d arguments", f.NArg())
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
	err = convert(ctx, f.Arg(0), stdin, newSink(*format, out), keep, *withKeys)
	if err = errors.Join(err, out.close()); err != nil {
		return cli.Fail(program, err, stderr)
	}
	return 0
}

func formatOf(format, name string) (string, error) {
	if format == "" {
		switch ext := strings.ToLower(filepath.Ext(name)); {
		case name == "-", ext == ".pcapng":
			format = "pcapng"
		case ext == ".pcap":
			format = "pcap"
		default:
			return "", fmt.Errorf("the extension of %s names no format: use -F pcap, nspcap or pcapng", name)
		}
	}
	switch format {
	case "pcap", "nspcap", "pcapng":
		return format, nil
	}
	return "", fmt.Errorf("unknown format -F %s: use pcap, nspcap or pcapng", format)
}

func same(in, out string) bool {
	a, err := os.Stat(in)
	if err != nil {
		return false
	}
	b, err := os.Stat(out)
	return err == nil && os.SameFile(a, b)
}

func convert(ctx context.Context, in string, stdin io.Reader, to sink, keep *filter, withKeys bool) error {
	var blockErr error
	c := pcap.Config{OnBlock: func(raw pcap.RawBlock) {
		b := pcapng.Parse(raw)
		if b.Type == pcapng.CustomNoCopy && !keep.all() || b.Type == pcapng.DecryptionSecrets && !withKeys {
			return
		}
		blockErr = errors.Join(blockErr, to.block(b))
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
