package event

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/examples/sightline/keylog"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/cli"
	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/pcap"
)

// read reads the captures into one Report. If there are secrets after their first
// packets, it does so twice. Those in captures of earlier runs are used, too, as a state
// has conversations that they decrypt, but no secrets. It writes errors of captures to
// stderr; failed reports whether there were any. err is about the key logs or the state.
func read(ctx context.Context, c *command, stdin io.Reader, stderr io.Writer) (rep *extract.Report, failed bool, err error) {
	in, err := c.inputs()
	if err != nil {
		return nil, false, err
	}
	if c.options.Stream.Keys, err = c.keys.Load(ctx, slices.Concat(in.earlier, in.names()), false, stderr); err != nil {
		return nil, false, err
	}
	rep, failed, err = readAll(ctx, c, in, stdin, stderr)
	if err == nil && rep.Unseen.LateSecrets > 0 && !failed && allRegular(in.names()) {
		if c.options.Stream.Keys, err = c.keys.Load(ctx, slices.Concat(in.earlier, in.names()), true, io.Discard); err != nil {
			return nil, false, err
		}
		rep, failed, err = readAll(ctx, c, in, stdin, stderr)
		if rep != nil {
			rep.Unseen.LateSecrets = 0
		}
	}
	if rep == nil {
		return nil, failed, err
	}
	return rep, in.report(c, rep, stderr) || failed, err
}

// inputs returns the captures to read.
func (c *command) inputs() (*inputs, error) {
	in := expand(c.files, c.state.name)
	in.unrepeat()
	if c.state.name != "" {
		if err := c.state.load(); err != nil {
			return nil, err
		}
		v, err := c.state.survey(c.options)
		if err != nil {
			return nil, err
		}
		in.skipKnown(v.Captures())
	}
	in.probe(c.sensor == "auto" && in.found)
	in.divide(c.sensor)
	if len(in.sources)+len(in.refused)+len(in.known) == 0 {
		return nil, fmt.Errorf("no capture in %s", strings.Join(c.files, ", "))
	}
	if c.state.name != "" {
		if err := in.checkSensors(c.state.name, c.sensor); err != nil {
			return nil, err
		}
		in.checkBefore()
	}
	return in, nil
}

// divide divides the files among sensors. Those of the command line are of one, as
// their names need not say so.
func (in *inputs) divide(sensor string) {
	switch {
	case sensor == "each":
		in.sensors = eachAlone(in.sources)
	case sensor == "auto" && in.found:
		in.sensors = bySensor(in.sources, overlaps)
	case len(in.sources) > 0:
		in.sensors = [][]source{inOrder(in.sources)}
	}
	if n := len(in.sensors); n > 1 {
		in.notes = append(in.notes, fmt.Sprintf("read as %d sensors, whose connections are separate: see -sensor", n))
	}
}

// noteJumps notes where the captures of a sensor begin before those before them end.
func (in *inputs) noteJumps(rep *extract.Report) {
	last := map[string]time.Time{}
	for _, c := range rep.Captures {
		last[c.Name] = c.Last
	}
	for _, files := range in.sensors {
		before := in.before.source // the file that ends last
		for _, f := range files {
			if early := before.last.Sub(f.first); !f.first.IsZero() && early > maxEarly {
				in.notes = append(in.notes, fmt.Sprintf("%s begins %v before %s ends: they overlap, or are of two sensors (see -sensor), or a clock was set back",
					f.name, early.Round(time.Second), before.name))
			}
			if end := last[f.name]; before.name == "" || end.After(before.last) {
				before = source{name: f.name, last: end}
			}
		}
	}
}

// report adds the files that were not read to the captures of rep, and writes the
// reasons and the notes to stderr. It reports whether there were reasons.
func (in *inputs) report(c *command, rep *extract.Report, stderr io.Writer) bool {
	in.noteJumps(rep)
	for _, r := range in.refused {
		complain(stderr, r.name, r.err)
		if len(rep.Captures) > 0 {
			rep.Captures = append(rep.Captures, extract.Capture{Name: r.name, Size: max(sizeOf(r.name), 0), From: -1, Err: r.err})
		}
	}
	if len(in.refused) > 0 && !c.quiet {
		in.notes = append(in.notes, fmt.Sprintf("%s not read", count(len(in.refused), "file")))
	}
	for _, n := range in.notes {
		if !c.quiet {
			fmt.Fprintf(stderr, "%s: %s\n", program, defuse.Terminal(n))
		}
	}
	return len(in.refused) > 0
}

func complain(stderr io.Writer, name string, err error) {
	fmt.Fprintf(stderr, "%s: %s: %s\n", program, defuse.Terminal(name), cli.Line(err))
}

func allRegular(files []string) bool {
	return !slices.ContainsFunc(files, func(name string) bool { return !keylog.Regular(name) })
}

// A job reads captures.
type job struct {
	c      *command
	stdin  io.Reader
	stderr io.Writer
	bar    *progress
	memory *collector
	before earlier
	failed bool
}

func readAll(ctx context.Context, c *command, in *inputs, stdin io.Reader, stderr io.Writer) (rep *extract.Report, failed bool, err error) {
	j := job{c: c, stdin: stdin, stderr: stderr, bar: newProgress(c, in.names(), stderr), memory: newCollector(), before: in.before}
	defer j.bar.stop()
	if c.state.name != "" {
		var files []source
		if len(in.sensors) > 0 {
			files = in.sensors[0]
		}
		rep, err = j.suspend(ctx, files)
		return rep, j.failed, err
	}
	rep = new(extract.Report)
	for i, files := range in.sensors {
		x := extract.Extractor{Options: c.options}
		j.read(ctx, &x, files)
		if one := x.Finish(); i == 0 {
			rep = one
		} else if err := rep.Merge(one); err != nil {
			return nil, j.failed, err
		}
	}
	return rep, j.failed, nil
}

// read reads the files of one sensor.
func (j *job) read(ctx context.Context, x *extract.Extractor, files []source) {
	between := j.before.seam(files)
	for i, f := range files {
		x.Skip = begin(between, files[i:])
		if err := j.readOne(ctx, x, f.name); err != nil {
			j.complain(f.name, err)
		}
	}
}

func (j *job) complain(name string, err error) {
	j.bar.line.Clear()
	complain(j.stderr, name, err)
	j.failed = true
}

// readOne reads a capture. If the output has UUIDs, which are derived from the
// SHA-256, or there is a state, it also computes that.
func (j *job) readOne(ctx context.Context, x *extract.Extractor, name string) error {
	src := j.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		src = f
	}
	src = frugal{j.bar.reader(src), j.memory}
	if j.c.format.uuids || j.c.state.name != "" {
		return x.ReadInput(ctx, name, src)
	}
	r, err := pcap.Config{OnBlock: x.OnBlock}.NewReader(src)
	if err != nil {
		return err
	}
	return x.Read(ctx, name, r)
}
