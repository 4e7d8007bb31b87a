package extract

import (
	"cmp"
	"context"
	"io"
	"sync"
	"sync/atomic"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Packets are handed out in rounds. There are twice as many rounds as between two
// calls of enforceLimits, so that neither the workers nor the dispatcher starve. A
// round of large packets ends at roundBytes, before it has roundSize packets,
// because all rounds are in memory.
const (
	roundCount = 8
	roundSize  = 1024
	roundBytes = 2 << 20
)

// readParallel reads r while each worker does the rounds in order, in its own
// goroutine. Workers wait for each other only where the limits on all shards
// together are enforced, which is at the same packets for any number of workers. If
// they have to stop, they skip what is left in the rounds.
func (x *Extractor) readParallel(ctx context.Context, r *pcap.Reader) (err error) {
	d := newDispatcher(x, r)
	defer d.halt.follow(ctx)()
	defer func() {
		d.end()
		if err == io.EOF && ctx.Err() != nil { // which may have stopped the decoding
			err = ctx.Err()
		}
		err = cmp.Or(d.halt.err(), err)
	}()
	for err == nil {
		if err = cmp.Or(d.halt.err(), ctx.Err()); err != nil {
			break
		}
		next := d.next()
		err = d.fill(next)
		for _, rounds := range d.queues {
			rounds <- next
		}
	}
	return err
}

// A dispatcher gives each worker the tasks of its shards.
type dispatcher struct {
	x       *Extractor
	r       *pcap.Reader
	decoder layers.Decoder
	packet  layers.Packet
	batch   *pcap.Batch
	recs    []pcap.Record // of batch, not handed out yet
	spare   []*pcap.Batch

	halt    halt
	queues  []chan *round // by worker
	free    chan *round   // done by all workers
	working sync.WaitGroup
}

// A round holds tasks for all workers.
type round struct {
	work     [][]task // by worker
	batches  []*pcap.Batch
	left     atomic.Int32  // workers that are not done
	enforced chan struct{} // closed when all workers may continue; nil: they need not wait
}

// newDispatcher returns a dispatcher after starting the workers.
func newDispatcher(x *Extractor, r *pcap.Reader) *dispatcher {
	d := &dispatcher{x: x, r: r, free: make(chan *round, roundCount)}
	for range roundCount {
		d.free <- &round{work: make([][]task, len(x.workers))}
	}
	capture := len(x.report.Captures) - 1
	for _, w := range x.workers {
		rounds := make(chan *round, roundCount)
		d.queues = append(d.queues, rounds)
		d.working.Go(func() {
			for r := range rounds {
				w.work(x.shards, r.work[w.number], capture, &d.halt)
				d.done(r)
			}
		})
	}
	return d
}

// end waits until the workers have done all rounds.
func (d *dispatcher) end() {
	for _, rounds := range d.queues {
		close(rounds)
	}
	d.working.Wait()
}

// done ends a worker's part of a round.
func (d *dispatcher) done(r *round) {
	enforced := r.enforced // r is refilled as soon as the last worker is done
	switch last := r.left.Add(-1) == 0; {
	case last && enforced != nil:
		d.halt.stop(d.enforceLimits())
		close(enforced)
		d.free <- r
	case last:
		d.free <- r
	case enforced != nil:
		<-enforced
	}
}

// enforceLimits is called while all workers wait.
func (d *dispatcher) enforceLimits() (err error) {
	defer rescue(&err, d.x.workers...)
	d.x.enforceLimits()
	return nil
}

// next returns an empty round. Workers do rounds in order, so none refers to its
// previous contents any more, or to earlier rounds.
func (d *dispatcher) next() *round {
	r := <-d.free
	for i := range r.work {
		clear(r.work[i])
		r.work[i] = r.work[i][:0]
	}
	for _, b := range r.batches {
		b.Release()
	}
	d.spare = append(d.spare, r.batches...)
	r.batches, r.enforced = r.batches[:0], nil
	r.left.Store(int32(len(d.queues)))
	return r
}

// fill fills a round with the next packets. If the reader fails, the round holds
// the packets before the error.
func (d *dispatcher) fill(to *round) error {
	capture := len(d.x.report.Captures) - 1
	add := func(t task) { d.add(to, t) }
	for n, size := 0, 0; n < roundSize && size < roundBytes && to.enforced == nil; {
		if len(d.recs) == 0 {
			d.batch = d.empty()
			if err := d.r.Batch(d.batch); err != nil {
				return err
			}
			d.recs = d.batch.Records
		}
		packets := &d.x.report.Packets
		room := min(roundSize-n, int(enforceEvery-*packets%enforceEvery), len(d.recs))
		for i := range d.recs[:room] {
			rec := &d.recs[i]
			if d.x.skips(rec) {
				continue
			}
			d.decoder.Decode(&d.packet, rec)
			d.x.route(&d.packet, rec, stream.RefOf(capture, rec), add)
			size += len(rec.Data)
		}
		n += room
		if d.recs = d.recs[room:]; len(d.recs) == 0 {
			to.batches = append(to.batches, d.batch)
		}
		if *packets%enforceEvery == 0 {
			to.enforced = make(chan struct{})
		}
	}
	return nil
}

func (d *dispatcher) empty() *pcap.Batch {
	n := len(d.spare)
	if n == 0 {
		return new(pcap.Batch)
	}
	b := d.spare[n-1]
	d.spare = d.spare[:n-1]
	return b
}

func (d *dispatcher) add(to *round, t task) {
	i := d.x.shards[t.shard].worker.number
	to.work[i] = append(to.work[i], t.keep())
}

// work does tasks, and counts the packets of those that it skips.
func (w *worker) work(shards []*shard, tasks []task, capture int, h *halt) {
	done, err := w.doAll(shards, tasks, capture, h)
	h.stop(err)
	for i := range tasks[done:] {
		if tasks[done+i].packet() {
			w.report.Unseen.Skipped++
		}
	}
}

// doAll does tasks until it has to stop, and returns how many are done.
func (w *worker) doAll(shards []*shard, tasks []task, capture int, h *halt) (done int, err error) {
	defer rescue(&err, w)
	var d layers.Decoder
	var p layers.Packet
	for ; done < len(tasks); done++ {
		if err := h.err(); err != nil {
			return done, err
		}
		t := &tasks[done]
		if t.packet() {
			d.Decode(&p, t.rec)
		}
		w.do(shards[t.shard], t, &p, stream.RefOf(capture, t.rec))
	}
	return done, nil
}
