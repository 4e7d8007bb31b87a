package extract

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Packets are handed out in rounds. There are twice as many as lie between two
// calls of enforceLimits, so that neither the workers nor the dispatcher starve. A
// round ends at roundBytes, before it has roundSize packets, where packets are
// large: all rounds are in memory.
const (
	roundCount = 8
	roundSize  = 1024
	roundBytes = 2 << 20
)

// readParallel reads r while the workers work, each in a goroutine of its own.
// Each worker does the rounds in order. It waits for the others only where limits
// are enforced on all shards together, which happens at the same packets for any
// number of workers.
func (x *Extractor) readParallel(ctx context.Context, r *pcap.Reader) error {
	d := newDispatcher(x, r)
	defer d.end()
	for {
		next := d.next()
		err := d.fill(next)
		for _, rounds := range d.queues {
			rounds <- next
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
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

	queues  []chan *round // what each worker is to do
	free    chan *round   // done by all workers
	working sync.WaitGroup
}

// A round is what the workers work on at a time.
type round struct {
	work     [][]task // by worker
	batches  []*pcap.Batch
	left     atomic.Int32  // workers that are not done
	enforced chan struct{} // closed when all workers may continue; nil: they need not wait
}

// newDispatcher starts the workers.
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
				w.work(r.work[w.number], capture)
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
		d.x.enforceLimits()
		close(enforced)
		d.free <- r
	case last:
		d.free <- r
	case enforced != nil:
		<-enforced
	}
}

// next returns a round to be filled. Nothing refers to what was in it, nor to the
// rounds before it, as workers do them in order.
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

// fill fills a round with the next packets. At an error, of the reader, it holds
// what came before.
func (d *dispatcher) fill(to *round) error {
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
			d.decoder.Decode(&d.packet, rec)
			d.x.route(&d.packet, rec, to.add)
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

// empty returns a batch to be filled.
func (d *dispatcher) empty() *pcap.Batch {
	n := len(d.spare)
	if n == 0 {
		return new(pcap.Batch)
	}
	b := d.spare[n-1]
	d.spare = d.spare[:n-1]
	return b
}

func (r *round) add(t task) {
	i := t.shard.worker.number
	r.work[i] = append(r.work[i], t.keep())
}

// work does tasks, in order.
func (w *worker) work(tasks []task, capture int) {
	var d layers.Decoder
	var p layers.Packet
	for i := range tasks {
		t := &tasks[i]
		if t.packet() {
			d.Decode(&p, t.rec)
		}
		w.do(t, &p, stream.RefOf(capture, t.rec))
	}
}
