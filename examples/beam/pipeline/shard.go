package pipeline

import (
	"context"
	"errors"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/tls"
)

func init() {
	register.DoFn5x1[context.Context, string, func(*[]byte) bool, func(string, []byte), func(string, piece), error](&datagramsFn{})
	register.DoFn4x1[context.Context, string, func(*[]byte) bool, func(string, piece), error](&shardFn{})
	register.Iter1[[]byte]()
}

// datagramsFn reassembles the fragments of a sensor and emits runs of the tasks of its
// datagrams.
type datagramsFn struct{ Settings Settings }

func (f *datagramsFn) ProcessElement(ctx context.Context, key string, values func(*[]byte) bool, emitRun func(string, []byte), emitPiece func(string, piece)) error {
	sensor := sensorOf(key)
	out := newRuns(func(shard int, run []byte) { emitRun(shardKey(sensor, shard), run) })
	g := extract.Datagrams{Options: f.Settings.options()}
	if err := inOrder(values, func(task []byte) error { return g.Do(task, out.add) }); err != nil {
		return err
	}
	p := g.Finish(out.add)
	out.flush()
	emitPiece(sensor, piece{p})
	return nil
}

// shardFn does the tasks of a shard and emits its piece of the Report.
type shardFn struct {
	Settings Settings
	keys     *tls.Keys
}

func (f *shardFn) Setup(ctx context.Context) (err error) {
	f.keys, err = f.Settings.keys(ctx)
	return err
}

func (f *shardFn) ProcessElement(ctx context.Context, key string, values func(*[]byte) bool, emitPiece func(string, piece)) error {
	s := extract.Shard{Options: f.Settings.options()}
	s.Stream.Keys = f.keys
	err := inOrder(values, func(task []byte) error { return panicked(ctx, s.Do(task)) })
	if err != nil {
		return err
	}
	p, err := s.Finish()
	if err := panicked(ctx, err); err != nil {
		return err
	}
	emitPiece(sensorOf(key), piece{p})
	return nil
}

// panicked counts the panics of the code that decodes packets, which would recur if the
// runner tried again. It returns all other errors.
func panicked(ctx context.Context, err error) error {
	var p *extract.PanicError
	if !errors.As(err, &p) {
		return err
	}
	count(ctx, "panics", 1)
	log.Errorf(ctx, "%v\n%s", p, p.Stack)
	return nil
}

// inOrder calls do for the tasks in runs that arrive in any order.
func inOrder(values func(*[]byte) bool, do func(task []byte) error) error {
	p, err := newPile()
	if err != nil {
		return err
	}
	defer p.close()
	for run := []byte(nil); values(&run); {
		if err := p.add(run); err != nil {
			return err
		}
	}
	return p.each(do)
}
