// Package dump is the subcommand sightline dump: it prints the packets of captures,
// or what their conversations hold.
//
//	sightline dump capture.pcapng
//	sightline dump -o ndjson capture.pcapng | head
package dump

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

const program = "sightline dump"

const usage = `Usage: sightline dump [flags] FILE... | -

Prints what captures hold (pcap or pcapng, plain or gzipped; - is standard
input).

Flags:
  -o FORMAT   text (default): a line per packet, its layers from the outside in
              ndjson: a JSON object per packet, with the names of tshark's fields;
                      a field that occurs several times is a list, outer first
              indicators: a JSON object per capture, with the names, requests
                      and addresses that its conversations hold
  -h          this text

What could act on a terminal is escaped. In ndjson, names are as they are in the
packet: a dot inside a label looks like one between labels.

Exit status: 0 done; 1 an input is damaged or cannot be read (what was before
the damage is still printed); 2 wrong usage.
`

// A printer prints the packets of one capture.
type printer interface {
	packet(p *layers.Packet, rec *pcap.Record)
	// end is called behind the last packet.
	end()
}

// printers are the values of -o.
var printers = map[string]func(w *bufio.Writer, h pcap.Header) printer{
	"text":       newTextPrinter,
	"ndjson":     newNDJSONPrinter,
	"indicators": newIndicatorPrinter,
}

// Run is the subcommand, and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	format := f.String("o", "text", "")
	err := cli.Parse(f, args)
	newPrinter, ok := printers[*format]
	switch {
	case err == nil && !ok:
		err = fmt.Errorf("unknown format -o %s; there are text, ndjson and indicators", *format)
	case err == nil && f.NArg() == 0:
		err = errors.New("no capture given")
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	status := 0
	out := bufio.NewWriterSize(stdout, 1<<16)
	for _, name := range f.Args() {
		err := dump(ctx, name, stdin, out, newPrinter)
		err = errors.Join(err, out.Flush())
		if err != nil {
			status = cli.Fail(program, fmt.Errorf("%s: %w", name, err), stderr)
		}
	}
	return status
}

// dump prints one capture.
func dump(ctx context.Context, name string, stdin io.Reader, out *bufio.Writer, newPrinter func(*bufio.Writer, pcap.Header) printer) error {
	r, err := open(name, stdin)
	if err != nil {
		return err
	}
	defer r.Close()
	pr := newPrinter(out, r.Header())
	defer pr.end()
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		d.Decode(&p, rec)
		pr.packet(&p, rec)
	}
	return nil
}

func open(name string, stdin io.Reader) (*pcap.Reader, error) {
	if name == "-" {
		return pcap.NewReader(stdin)
	}
	return pcap.Open(name)
}
