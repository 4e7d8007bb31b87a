// Package dump implements the subcommand sightline dump, which prints the packets of
// captures, or the messages in their conversations.
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

	"github.com/sightline-go/sightline/examples/sightline/keylog"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

const program = "sightline dump"

const usage = `Usage: sightline dump [flags] FILE... | -

Prints the packets of captures (pcap or pcapng, plain or in gzip, zstd or bzip2;
- is standard input), or the messages in their conversations.

Flags:
  -o FORMAT   text (default): one line per packet, with its layers, outermost first
              ndjson: one JSON object per packet, with tshark's field names; a
                      repeated field is a list, outermost first
              indicators: one JSON object per capture, with the names, requests
                      and addresses in its conversations
  -keys FILE  decrypt TLS for -o indicators with the secrets in a key log, as
              SSLKEYLOGFILE and sandboxes write it, or with RSA private keys in
              PEM; may be repeated. auto: with those beside each capture, called
              NAME.keys, sslkeylog.log, dump_tls.log or tlsdump.log. Secrets in a
              pcapng capture are always used; in one that is piped, those before
              the first packet.
  -h          print this text

Terminal control characters are escaped. ndjson does not escape dots in DNS labels.

Exit status: 0 done; 1 an input is damaged or cannot be read (the packets before
the damage are still printed); 2 usage error.
`

// A printer prints the packets of one capture.
type printer interface {
	packet(p *layers.Packet, rec *pcap.Record)
	// end is called after the last packet.
	end()
}

// printers are the values of -o.
var printers = map[string]func(w *bufio.Writer, h pcap.Header) printer{
	"text":       newTextPrinter,
	"ndjson":     newNDJSONPrinter,
	"indicators": newIndicatorPrinter,
}

// Run runs the subcommand and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdin, stdout, stderr)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	format := f.String("o", "text", "")
	var logs keylog.Flags
	logs.Define(f)
	err := cli.Parse(f, args)
	newPrinter, ok := printers[*format]
	switch {
	case err == nil && !ok:
		err = fmt.Errorf("unknown format -o %s: use text, ndjson or indicators", *format)
	case err == nil && f.NArg() == 0:
		err = errors.New("no capture given")
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	status := 0
	out := bufio.NewWriterSize(stdout, 1<<16)
	for _, name := range f.Args() {
		err := dump(ctx, name, stdin, stderr, out, newPrinter, &logs)
		err = errors.Join(err, out.Flush())
		if err != nil {
			status = cli.Fail(program, fmt.Errorf("%s: %w", name, err), stderr)
		}
	}
	return status
}

func dump(ctx context.Context, name string, stdin io.Reader, stderr io.Writer, out *bufio.Writer, newPrinter func(*bufio.Writer, pcap.Header) printer, logs *keylog.Flags) error {
	var inside tls.Keys // secrets in the capture
	r, err := open(name, stdin, func(b pcap.RawBlock) { extract.AddSecrets(&inside, b) })
	if err != nil {
		return err
	}
	defer r.Close()
	pr := newPrinter(out, r.Header())
	indicators, decrypts := pr.(*indicatorPrinter)
	if decrypts {
		if indicators.streams.Keys, err = logs.Load(ctx, []string{name}, true, stderr); err != nil {
			return err
		}
	}
	defer pr.end()
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if decrypts && inside.Len() > 0 { // before the first packet: Load cannot read a pipe
			indicators.streams.Keys = indicators.streams.Keys.Clone()
			indicators.streams.Keys.Add(&inside)
		}
		decrypts = false
		d.Decode(&p, rec)
		pr.packet(&p, rec)
	}
	return nil
}

func open(name string, stdin io.Reader, onBlock func(pcap.RawBlock)) (*pcap.Reader, error) {
	c := pcap.Config{OnBlock: onBlock}
	if name == "-" {
		return c.NewReader(stdin)
	}
	return c.Open(name)
}
