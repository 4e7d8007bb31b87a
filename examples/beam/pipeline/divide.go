package pipeline

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

func init() {
	register.DoFn6x1[context.Context, string, job, func(string, []byte), func(string, []byte), func(string, piece), error](&divideFn{})
}

// divideFn reads the spans of a job and divides their packets into tasks. It emits
// runs by shard, those of fragments apart, and pieces of the Report.
type divideFn struct{ Settings Settings }

func (f *divideFn) ProcessElement(ctx context.Context, sensor string, j job, emitRun, emitFragments func(string, []byte), emitPiece func(string, piece)) error {
	out := newRuns(func(shard int, run []byte) {
		count(ctx, "bytes of tasks", len(run))
		if shard == extract.Fragments {
			emitFragments(shardKey(sensor, shard), run)
		} else {
			emitRun(shardKey(sensor, shard), run)
		}
	})
	if j.Opening {
		if err := f.open(ctx, j.Spans, out); err != nil {
			return err
		}
		out.flush()
		return nil
	}
	for _, p := range j.Spans {
		d := extract.Divider{Options: f.Settings.options(), Capture: p.Capture, Before: p.Before}
		_, err := p.each(ctx, func(pk *layers.Packet, rec *pcap.Record) bool {
			d.Divide(pk, rec, out.add)
			return true
		})
		if err != nil {
			return err
		}
		count(ctx, "packets", int(p.packets()))
		emitPiece(sensor, piece{d.Finish()})
	}
	out.flush()
	return nil
}

// open finds where shards get their reserves of work.
func (f *divideFn) open(ctx context.Context, spans []span, out *runs) error {
	var o extract.Opening
	for _, p := range spans {
		more, err := p.each(ctx, func(pk *layers.Packet, rec *pcap.Record) bool { return o.Add(pk, rec, out.add) })
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// each calls do for the packets of a span, except repeated ones, until it returns false.
// It returns an error if there are not as many as before: the file has changed or cannot be read any more.
func (p *span) each(ctx context.Context, do func(*layers.Packet, *pcap.Record) bool) (more bool, err error) {
	src, err := open(ctx, p.Name)
	if err != nil {
		return false, err
	}
	defer src.Close()
	r, err := p.reader(src)
	if err != nil {
		return false, fmt.Errorf("%s: %w", p.Name, err)
	}
	var d layers.Decoder
	var pk layers.Packet
	skip := p.Skip
	for range p.Records {
		rec, err := r.Next()
		if err != nil {
			return false, fmt.Errorf("%s has changed: %w", p.Name, err)
		}
		if skip.next(rec.Number) {
			continue
		}
		d.Decode(&pk, rec)
		if !do(&pk, rec) {
			return false, nil
		}
	}
	return true, nil
}

func (p *span) reader(src io.Reader) (*pcap.Reader, error) {
	if p.Whole {
		return pcap.NewReader(src)
	}
	at, ok := src.(io.ReaderAt)
	if !ok {
		return nil, fmt.Errorf("%T does not read at offsets, as it did before", src)
	}
	return pcap.Config{}.OpenRange(at, p.Size, p.Range)
}
