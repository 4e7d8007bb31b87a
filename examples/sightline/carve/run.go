// Package carve implements the subcommand sightline carve, which writes the files
// transferred in a capture into a directory and prints a line about each. A file's
// SHA-256 is its name: names from the capture are printed, never used.
//
//	sightline carve capture.pcapng out
package carve

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/sightline-go/sightline/examples/sightline/keylog"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

const program = "sightline carve"

const usage = `Usage: sightline carve [flags] FILE DIRECTORY

Writes the files in a capture into a directory, which is created if it does not
exist. Incomplete files and files of more than 64 MiB are listed but not written,
as are files that arrive while 256 MiB of others are incomplete.
Careful: the output may be malware.

Flags:
  -keys FILE    decrypt TLS with the secrets in a key log, or with RSA private keys in
                PEM; may be repeated. auto: with the key logs beside FILE. Secrets in
                a pcapng capture are always used.
  -total BYTES  most bytes written; further files are listed but not written;
                default: 1073741824 (1 GiB)
  -websocket    also write each binary message of WebSocket, of 16 MiB at most
  -grpc         also write each message of gRPC, of 16 MiB at most
  -h            print this text

Exit status: 0 done; 1 the capture is damaged or Ctrl-C was typed (the files before
that are written), a file cannot be read or written, or -total is reached (the other
files are written); 2 usage error.
`

// maxFile limits the bytes held of one file, maxHeld those of all files, and
// maxTotal those written unless -total is set. maxSocket limits the messages of
// WebSocket and gRPC, which package stream holds.
const (
	maxFile   = 64 << 20
	maxHeld   = 4 * maxFile
	maxTotal  = 1 << 30
	maxSocket = 16 << 20
)

// Run runs the subcommand and returns its exit status.
func Run(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	return run(cli.Interrupts(), args, stdout, stderr)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	total := f.Int64("total", maxTotal, "")
	var logs keylog.Flags
	logs.Define(f)
	sockets := f.Bool("websocket", false, "")
	calls := f.Bool("grpc", false, "")
	err := cli.Parse(f, args)
	if err == nil && f.NArg() != 2 {
		err = fmt.Errorf("want FILE and DIRECTORY, got %d arguments", f.NArg())
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	config := stream.Config{Hash: stream.HashSHA256, Content: true}
	config.WebSocketFiles, config.GRPCFiles = *sockets, *calls
	if *sockets || *calls {
		config.MaxMessage = maxSocket
	}
	config.Keys, err = logs.Load(ctx, f.Args()[:1], true, stderr)
	if err == nil {
		err = carve(ctx, config, stdout, f.Arg(0), f.Arg(1), *total)
	}
	if err != nil {
		return cli.Fail(program, err, stderr)
	}
	return 0
}

func carve(ctx context.Context, config stream.Config, w io.Writer, capture, dir string, total int64) error {
	r, err := pcap.Open(capture)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	c := carver{w: w, root: root, left: total, files: map[*stream.File]*bytes.Buffer{}}
	a := stream.Assembler{Config: config}
	var d layers.Decoder
	var p layers.Packet
	for rec, readErr := range r.All() {
		if err = cmp.Or(readErr, ctx.Err()); err != nil {
			break // the files before it are still written
		}
		d.Decode(&p, rec)
		if err := c.take(a.Push(&p, rec)); err != nil {
			return err
		}
	}
	return errors.Join(c.take(a.Flush()), err, c.failure())
}

// A carver collects files and writes the complete ones.
type carver struct {
	w     io.Writer
	root  *os.Root
	files map[*stream.File]*bytes.Buffer // not ended yet
	held  int                            // bytes in them
	left  int64                          // bytes that may still be written

	failed int   // complete files that were not written
	first  error // of the first of them
}

// failure returns an error if complete files were not written.
func (c *carver) failure() error {
	if c.failed == 0 {
		return nil
	}
	return fmt.Errorf("%d complete files are not written, the first because: %w", c.failed, c.first)
}

func (c *carver) take(ms []stream.Message) error {
	for _, m := range ms {
		switch m.Kind {
		case stream.FileBegin:
			c.files[m.File] = new(bytes.Buffer)
		case stream.FileData:
			if b := c.files[m.File]; b.Len()+len(m.Data) <= maxFile && c.held+len(m.Data) <= maxHeld {
				b.Write(m.Data)
				c.held += len(m.Data)
			}
		case stream.FileEnd:
			b := c.files[m.File]
			delete(c.files, m.File)
			c.held -= b.Len()
			if err := c.end(m.File, b.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

// end lists a file, and writes it if it has a hash. If that fails, end lists why;
// it returns only errors of the list itself.
func (c *carver) end(f *stream.File, content []byte) error {
	line := fmt.Sprintf("%d bytes, %q, %q", f.Size, f.Name, f.Type)
	if !f.State.Hashed() || int64(len(content)) != f.Size {
		_, err := fmt.Fprintf(c.w, "not written: %s: %s\n", line, f.State)
		return err
	}
	sum := hex.EncodeToString(f.SHA256)
	if err := c.write(sum, content); err != nil {
		if c.failed++; c.failed == 1 {
			c.first = err
		}
		_, err = fmt.Fprintf(c.w, "not written: %s: %q\n", line, err.Error())
		return err
	}
	_, err := fmt.Fprintf(c.w, "%s %s %s\n", sum, line, f.Sniffed)
	return err
}

var errTotal = errors.New("more than -total")

// write writes a file, unless it was written before.
func (c *carver) write(sum string, content []byte) error {
	info, err := c.root.Lstat(sum)
	if err == nil {
		if !info.Mode().IsRegular() || info.Size() != int64(len(content)) {
			return fmt.Errorf("%s already exists with other content", sum)
		}
		return nil
	}
	if int64(len(content)) > c.left {
		return errTotal
	}
	out, err := c.root.OpenFile(sum, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if err = cmp.Or(err, out.Close()); err != nil {
		c.root.Remove(sum) // an incomplete file does not match its name
		return err
	}
	c.left -= int64(len(content))
	return nil
}
