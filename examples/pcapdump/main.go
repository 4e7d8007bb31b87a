// Command pcapdump prints the packets of captures, or what their conversations
// hold.
//
//	pcapdump capture.pcapng
//	pcapdump -o ndjson capture.pcapng | head
//
// Run it with -h for its flags.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

const usage = `Usage: pcapdump [flags] FILE... | -

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

func main() {
	os.Exit(run(cli.Interrupts(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

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

// run is the program, and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet("pcapdump", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	format := f.String("o", "text", "")
	err := f.Parse(args)
	newPrinter, ok := printers[*format]
	switch {
	case err == nil && !ok:
		err = fmt.Errorf("unknown format -o %s; there are text, ndjson and indicators", *format)
	case err == nil && f.NArg() == 0:
		err = errors.New("no capture given")
	}
	if err != nil {
		return cli.Usage("pcapdump", usage, err, stdout, stderr)
	}
	status := 0
	out := bufio.NewWriterSize(stdout, 1<<16)
	for _, name := range f.Args() {
		err := dump(ctx, name, stdin, out, newPrinter)
		err = errors.Join(err, out.Flush())
		if err != nil {
			status = cli.Fail("pcapdump", fmt.Errorf("%s: %w", name, err), stderr)
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
