package sightings

import (
	"context"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A capture holds the values of one input.
type capture struct {
	name   string
	id     [sha256.Size]byte // SHA-256 of the file
	values timeline
	report *extract.Report
	made   map[string]bool // the IDs of events that were made from it; see disown
	cut    bool            // a limit was reached: not every bucket was read separately
}

// read reads one input separately, so that the result does not depend on other
// inputs. On an error it may also return a capture, with the values before the
// damage.
func (j *job) read(ctx context.Context, input string) (*capture, error) {
	src, total := j.stdin, int64(0)
	if input != "-" {
		f, err := os.Open(input)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			total = info.Size()
		}
		src = f
	}
	j.bar.begin("reading "+title(input), total, cli.Size)
	sum := sha256.New()
	src = io.TeeReader(counted{src, j.bar}, sum)
	r, err := pcap.NewReader(src)
	if err != nil {
		return nil, err
	}
	o := newObserver(&j.command)
	err = o.read(ctx, r)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	// The hash covers bytes that the reader did not need.
	if _, rest := io.Copy(io.Discard, src); rest != nil {
		return nil, rest
	}
	c := &capture{name: title(input), id: [sha256.Size]byte(sum.Sum(nil))}
	c.values, c.report = o.finish()
	c.cut = o.cut
	return c, err
}

func (o *observer) read(ctx context.Context, r *pcap.Reader) error {
	var d layers.Decoder
	var p layers.Packet
	for n := 1; ; n++ {
		rec, err := r.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		d.Decode(&p, rec)
		o.add(&p, rec)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// title returns the name of an input in sightings. It omits the directory, which
// others need not know.
func title(input string) string {
	if input == "-" {
		return "standard input"
	}
	return filepath.Base(input)
}

// A counted reader shows the progress of reading from r.
type counted struct {
	r   io.Reader
	bar *progress
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.bar.step(int64(n))
	return n, err
}
