package extract

import (
	"context"
	"sync"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// roundSize is how many packets are handed out at a time: enough that starting
// the lanes costs nothing.
const roundSize = 2048

// readParallel reads r while the lanes work, each in a goroutine of its own. A
// round of packets is handed out while the one before it is worked on; between
// rounds nobody works, so that what is done for all shards together is done at
// the same packets whatever the number of lanes.
func (x *Extractor) readParallel(ctx context.Context, r *pcap.Reader) error {
	h := handout{x: x, r: r}
	running := new(round)
	for {
		next, err := h.round()
		running.wait()
		running = x.start(next)
		if x.report.Packets-x.settled >= settleEvery {
			running.wait()
			x.settle()
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

// A handout sorts packets by the lanes that are to work on them.
type handout struct {
	x     *Extractor
	r     *pcap.Reader
	d     layers.Decoder
	p     layers.Packet
	batch *pcap.Batch
	recs  []pcap.Record // of batch, not handed out yet
}

// A round is what the lanes work on at a time.
type round struct {
	work    [][]task // by lane
	batches []*pcap.Batch
	done    sync.WaitGroup
}

// A task is a packet, or what is to be done for it in a shard.
type task struct {
	kind     taskKind
	shard    *shard
	rec      *pcap.Record
	ref      stream.Ref
	first    stream.Ref     // of the fragments of datagram
	datagram *layers.Packet // put together, of kind datagramTask
	outer    layers.Flow    // of kind tunnelTask
}

type taskKind uint8

const (
	packetTask taskKind = iota
	fragmentTask
	datagramTask
	tunnelTask
)

// round returns the next packets. With an error, of the reader, it returns what
// came before.
func (h *handout) round() (*round, error) {
	next := &round{work: make([][]task, len(h.x.lanes))}
	for n := 0; n < roundSize; {
		if len(h.recs) == 0 {
			h.batch = new(pcap.Batch)
			if err := h.r.Batch(h.batch); err != nil {
				return next, err
			}
			h.recs = h.batch.Records
		}
		room := min(roundSize-n, int(settleEvery-(h.x.report.Packets-h.x.settled)), len(h.recs))
		for i := range h.recs[:room] {
			h.packet(next, &h.recs[i])
		}
		n += room
		if h.recs = h.recs[room:]; len(h.recs) == 0 {
			next.batches = append(next.batches, h.batch)
		}
		if h.x.report.Packets-h.x.settled >= settleEvery {
			break
		}
	}
	return next, nil
}

// packet hands out a packet, and what else it brings.
func (h *handout) packet(next *round, rec *pcap.Record) {
	x, p := h.x, &h.p
	h.d.Decode(p, rec)
	x.count(p, rec)
	s, ref := x.shardOf(p), x.ref(rec)
	if x.lanes[0].want.connections {
		for outer := range outerFlows(p) {
			next.add(x, task{kind: tunnelTask, shard: x.shardOfPair(outer.Src.Addr(), outer.Dst.Addr()), rec: rec, ref: ref, outer: outer})
		}
	}
	if !p.Fragment() {
		next.add(x, task{shard: s, rec: rec, ref: ref})
		return
	}
	next.add(x, task{kind: fragmentTask, shard: s, rec: rec, ref: ref})
	if whole, first := x.defrag.Whole(p, rec); whole != nil {
		datagram := *whole
		next.add(x, task{kind: datagramTask, shard: x.shardOf(whole), rec: rec, ref: ref, first: first, datagram: &datagram})
	}
}

func (r *round) add(x *Extractor, t task) {
	i := t.shard.lane.number
	if r.work[i] == nil {
		r.work[i] = make([]task, 0, roundSize/len(x.lanes)+roundSize/8)
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
	for _, b := range r.batches {
		b.Release()
	}
	r.batches = nil
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
		case tunnelTask:
			l.tunnel(t.shard, t.outer, t.rec, t.ref)
		case datagramTask:
			l.datagram(t.shard, t.datagram, t.rec, Evidence{First: t.first, Last: t.ref})
		}
	}
}
