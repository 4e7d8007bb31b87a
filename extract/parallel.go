package extract

import (
	"context"
	"sync"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// readParallel reads r while the lanes work, each in a goroutine of its own. A
// round of packets is handed out while the one before it is worked on; between
// rounds nobody works, so that what is done for all shards together is done at
// the same packets whatever the number of lanes.
func (x *Extractor) readParallel(ctx context.Context, r *pcap.Reader) error {
	var d layers.Decoder
	var p layers.Packet
	running := new(round)
	for {
		var b pcap.Batch
		err := r.Batch(&b)
		for recs := b.Records; len(recs) > 0; {
			n := min(len(recs), int(settleEvery-(x.report.Packets-x.settled)))
			next := x.handOut(&d, &p, recs[:n])
			running.wait()
			if recs = recs[n:]; len(recs) == 0 {
				next.batch = b
			}
			running = x.start(next)
			if x.report.Packets-x.settled >= settleEvery {
				running.wait()
				x.settle()
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			running.wait()
			return err
		}
	}
}

// A round is what the lanes work on at a time.
type round struct {
	work  [][]task // by lane
	batch pcap.Batch
	done  sync.WaitGroup
}

// A task is a packet, or what is to be done for it in a shard.
type task struct {
	kind     taskKind
	shard    *shard
	rec      *pcap.Record
	ref      stream.Ref
	first    stream.Ref     // of the fragments of datagram
	datagram *layers.Packet // put together, of kind datagramTask
}

type taskKind uint8

const (
	packetTask taskKind = iota
	fragmentTask
	datagramTask
)

// handOut sorts packets by the lanes that are to work on them.
func (x *Extractor) handOut(d *layers.Decoder, p *layers.Packet, recs []pcap.Record) *round {
	next := &round{work: make([][]task, len(x.lanes))}
	for i := range recs {
		rec := &recs[i]
		d.Decode(p, rec)
		x.count(p, rec)
		s, ref := x.shardOf(p), x.ref(rec)
		if !p.Fragment() {
			next.add(x, task{shard: s, rec: rec, ref: ref})
			continue
		}
		next.add(x, task{kind: fragmentTask, shard: s, rec: rec, ref: ref})
		if whole, first := x.defrag.Whole(p, rec); whole != nil {
			datagram := *whole
			next.add(x, task{datagramTask, x.shardOf(whole), rec, ref, first, &datagram})
		}
	}
	return next
}

func (r *round) add(x *Extractor, t task) {
	i := t.shard.lane.number
	if r.work[i] == nil {
		r.work[i] = make([]task, 0, settleEvery/len(x.lanes)+settleEvery/8)
	}
	r.work[i] = append(r.work[i], t)
}

// start lets the lanes work on r.
func (x *Extractor) start(r *round) *round {
	for i, l := range x.lanes {
		if len(r.work[i]) > 0 {
			r.done.Go(func() { l.work(r.work[i]) })
		}
	}
	return r
}

// wait waits until all of r is done, and gives its records back.
func (r *round) wait() {
	r.done.Wait()
	r.batch.Release()
	r.batch = pcap.Batch{}
}

// work does tasks, in order.
func (l *lane) work(tasks []task) {
	var d layers.Decoder
	var p layers.Packet
	for i := range tasks {
		t := &tasks[i]
		switch t.kind {
		case packetTask:
			d.Decode(&p, t.rec)
			l.packet(t.shard, &p, t.rec, t.ref)
		case fragmentTask:
			d.Decode(&p, t.rec)
			l.fragment(&p, t.rec, t.ref)
		case datagramTask:
			l.datagram(t.shard, t.datagram, t.rec, Evidence{First: t.first, Last: t.ref})
		}
	}
}
