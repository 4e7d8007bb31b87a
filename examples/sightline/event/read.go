package event

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/pcap"
)

// read reads the captures into one Report. failed says that not all of them
// could be read to the end; why is on stderr.
func read(ctx context.Context, c command, stdin io.Reader, stderr io.Writer) (rep *extract.Report, failed bool) {
	x := extract.Extractor{Options: c.options}
	bar, memory := newProgress(c, stderr), newCollector()
	defer bar.stop()
	for _, name := range inTimeOrder(c.files) {
		if err := readOne(ctx, &x, name, c.format.uuids, stdin, bar, memory); err != nil {
			bar.line.Clear()
			fmt.Fprintf(stderr, "%s: %s: %v\n", program, defuse.Terminal(name), defuse.Terminal(err.Error()))
			failed = true
		}
	}
	return x.Finish(), failed
}

// readOne reads a capture. identify also takes its SHA-256, from which UUIDs
// follow.
func readOne(ctx context.Context, x *extract.Extractor, name string, identify bool, stdin io.Reader, bar *progress, memory *collector) error {
	src := stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		src = f
	}
	src = frugal{bar.reader(src), memory}
	if identify {
		return x.ReadInput(ctx, name, src)
	}
	r, err := pcap.NewReader(src)
	if err != nil {
		return err
	}
	return x.Read(ctx, name, r)
}

// inTimeOrder sorts files by the time of their first packet. Where that is not
// known, a file keeps its place behind the one before it.
func inTimeOrder(names []string) []string {
	type file struct {
		name  string
		first time.Time
	}
	files := make([]file, len(names))
	var last time.Time
	for i, name := range names {
		if t := firstTime(name); !t.IsZero() {
			last = t
		}
		files[i] = file{name, last}
	}
	slices.SortStableFunc(files, func(a, b file) int { return a.first.Compare(b.first) })
	sorted := make([]string, len(files))
	for i, f := range files {
		sorted[i] = f.name
	}
	return sorted
}

// firstTime returns the time of a file's first packet, the zero time when that
// is not to be had without reading the input up.
func firstTime(name string) time.Time {
	info, err := os.Stat(name)
	if name == "-" || err != nil || !info.Mode().IsRegular() {
		return time.Time{}
	}
	r, err := pcap.Open(name)
	if err != nil {
		return time.Time{}
	}
	defer r.Close()
	rec, err := r.Next()
	if err != nil {
		return time.Time{}
	}
	return rec.Time
}
