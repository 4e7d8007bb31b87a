// Package carve is the subcommand sightline carve: it writes the files that a
// capture transfers into a directory, each under its SHA-256, and prints what it
// knows of them. Nothing else decides where a file goes: names from the capture
// are printed, never used.
//
//	sightline carve capture.pcapng out
package carve

import (
	"bytes"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

const program = "sightline carve"

const usage = `Usage: sightline carve FILE DIRECTORY

Writes the files in a capture into a directory, which is made if it is not
there. A file of more than 64 MiB, or one that is not whole, is listed but not
written, and so is one that comes while 256 MiB of others are not at their end.
Careful: what comes out may be malware.

Exit status: 0 done; 1 the capture is damaged (the files before that are
written), or something cannot be read or written; 2 wrong usage.
`

// maxFile bounds what is held of one file, maxHeld of all together.
const (
	maxFile = 64 << 20
	maxHeld = 4 * maxFile
)

// Run is the subcommand, and returns its exit status.
func Run(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	err := cli.Parse(f, args)
	if err == nil && f.NArg() != 2 {
		err = fmt.Errorf("%d arguments given, not FILE and DIRECTORY", f.NArg())
	}
	if err != nil {
		return cli.Usage(program, usage, err, stdout, stderr)
	}
	if err := carve(stdout, f.Arg(0), f.Arg(1)); err != nil {
		return cli.Fail(program, err, stderr)
	}
	return 0
}

func carve(w io.Writer, capture, dir string) error {
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
	c := carver{w: w, root: root, files: map[*stream.File]*bytes.Buffer{}}
	a := stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256, Content: true}}
	var d layers.Decoder
	var p layers.Packet
	for rec, readErr := range r.All() {
		if readErr != nil {
			err = readErr // what was before it is still carved
			break
		}
		d.Decode(&p, rec)
		if err := c.take(a.Push(&p, rec)); err != nil {
			return err
		}
	}
	return errors.Join(c.take(a.Flush()), err)
}

// A carver gathers files, and writes those that are whole.
type carver struct {
	w     io.Writer
	root  *os.Root
	files map[*stream.File]*bytes.Buffer // that have begun
	held  int                            // bytes in them
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
			if err := c.write(m.File, b.Bytes()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *carver) write(f *stream.File, content []byte) error {
	if f.State != stream.Complete || int64(len(content)) != f.Size {
		_, err := fmt.Fprintf(c.w, "not written: %d bytes, %q, %q: %s\n", f.Size, f.Name, f.Type, f.State)
		return err
	}
	sum := hex.EncodeToString(f.SHA256)
	if _, err := fmt.Fprintf(c.w, "%s %d bytes, %q, %q %s\n", sum, f.Size, f.Name, f.Type, f.Sniffed); err != nil {
		return err
	}
	out, err := c.root.OpenFile(sum, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if info, err := c.root.Lstat(sum); err != nil || !info.Mode().IsRegular() || info.Size() != f.Size {
			return fmt.Errorf("%s is there and is something else", sum)
		}
		return nil // the same content has been written before
	}
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	if err = errors.Join(err, out.Close()); err != nil {
		c.root.Remove(sum) // half of it is not what the name says
	}
	return err
}
