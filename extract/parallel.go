package extract

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Packets are handed out in rounds. There are roundCount of them, twice what lies
// between two settles: so there is something to do for a lane while another one
// works, and for who hands out while all lanes do. roundBytes ends a round before
// roundSize packets where these are large, as all rounds are in memory.
const (
	roundCount = 8
	roundSize  = 1024
	roundBytes = 2 << 20
)

// readParallel reads r while the lanes work, each in a goroutine of its own.
// Every lane takes the rounds in their order, and waits for the others only
// where the bounds of all shards together are seen to: that is done at the same
// packets whatever the number of lanes.
func (x *Extractor) readParallel(ctx context.Context, r *pcap.Reader) error {
	h := newHandout(x, r)
	defer h.end()
	for {
		next := h.next()
		err := h.fill(next)
		for _, rounds := range h.lanes {
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

// A handout sorts packets by the lanes that are to work on them.
type handout struct {
	x     *Extractor
	r     *pcap.Reader
	d     layers.Decoder
	p     layers.Packet
	batch *pcap.Batch
	recs  []pcap.Record // of batch, not handed out yet
	spare []*pcap.Batch

	lanes   []chan *round // what each lane is to do
	free    chan *round   // done by all lanes
	working sync.WaitGroup
}

// A round is what the lanes work on at a time.
type round struct {
	work    [][]task // by lane
	batches []*pcap.Batch
	left    atomic.Int32  // lanes that are not done
	settled chan struct{} // closed when all lanes may go on; nil: they need not wait
}

// A task is a packet and its shard.
type task struct {
	shard *shard
	rec   *pcap.Record
	more  *more // nil for a packet that is no fragment
}

// more is what else is to be known of some tasks.
type more struct {
	fragment bool
	outer    layers.Flow    // of a tunnel
	first    stream.Ref     // of the fragments of datagram
	datagram *layers.Packet // put together
}

// newHandout starts the lanes.
func newHandout(x *Extractor, r *pcap.Reader) *handout {
	h := &handout{x: x, r: r, free: make(chan *round, roundCount)}
	for range roundCount {
		h.free <- &round{work: make([][]task, len(x.lanes))}
	}
	capture := len(x.report.Captures) - 1
	for _, l := range x.lanes {
		rounds := make(chan *round, roundCount)
		h.lanes = append(h.lanes, rounds)
		h.working.Go(func() {
			for r := range rounds {
				l.work(r.work[l.number], capture)
				h.done(r)
			}
		})
	}
	return h
}

// end waits until the lanes have done all rounds.
func (h *handout) end() {
	for _, rounds := range h.lanes {
		close(rounds)
	}
	h.working.Wait()
}

// done ends a lane's part of a round.
func (h *handout) done(r *round) {
	settled := r.settled // r is filled anew as soon as the last lane is done
	switch last := r.left.Add(-1) == 0; {
	case last && settled != nil:
		h.x.settle()
		close(settled)
		h.free <- r
	case last:
		h.free <- r
	case settled != nil:
		<-settled
	}
}

// next returns a round to be filled. What was in it is not used any more, nor is
// what was in the rounds before: lanes do them in order.
func (h *handout) next() *round {
	r := <-h.free
	for i := range r.work {
		clear(r.work[i])
		r.work[i] = r.work[i][:0]
	}
	for _, b := range r.batches {
		b.Release()
	}
	h.spare = append(h.spare, r.batches...)
	r.batches, r.settled = r.batches[:0], nil
	r.left.Store(int32(len(h.lanes)))
	return r
}

// fill fills a round with the next packets. At an error, of the reader, it holds
// what came before.
func (h *handout) fill(to *round) error {
	for n, size := 0, 0; n < roundSize && size < roundBytes && to.settled == nil; {
		if len(h.recs) == 0 {
			h.batch = h.empty()
			if err := h.r.Batch(h.batch); err != nil {
				return err
			}
			h.recs = h.batch.Records
		}
		packets := &h.x.report.Packets
		room := min(roundSize-n, int(settleEvery-*packets%settleEvery), len(h.recs))
		for i := range h.recs[:room] {
			h.packet(to, &h.recs[i])
			size += len(h.recs[i].Data)
		}
		n += room
		if h.recs = h.recs[room:]; len(h.recs) == 0 {
			to.batches = append(to.batches, h.batch)
		}
		if *packets%settleEvery == 0 {
			to.settled = make(chan struct{})
		}
	}
	return nil
}

// empty returns a batch to be filled.
func (h *handout) empty() *pcap.Batch {
	n := len(h.spare)
	if n == 0 {
		return new(pcap.Batch)
	}
	b := h.spare[n-1]
	h.spare = h.spare[:n-1]
	return b
}

// packet hands out a packet, and what else it brings.
func (h *handout) packet(to *round, rec *pcap.Record) {
	x, p := h.x, &h.p
	h.d.Decode(p, rec)
	x.count(p, rec)
	s := x.shardOf(p)
	if x.traffic() {
		for outer := range outerFlows(p) {
			to.add(task{x.shardOfPair(outer.Src.Addr(), outer.Dst.Addr()), rec, &more{outer: outer}})
		}
	}
	if !p.Fragment() {
		to.add(task{s, rec, nil})
		return
	}
	to.add(task{s, rec, &more{fragment: true}})
	if whole, first := x.defrag.Whole(p, rec); whole != nil {
		datagram := *whole
		to.add(task{x.shardOf(whole), rec, &more{first: first, datagram: &datagram}})
	}
}

func (r *round) add(t task) {
	i := t.shard.lane.number
	r.work[i] = append(r.work[i], t)
}

// work does tasks, in order.
func (l *lane) work(tasks []task, capture int) {
	var d layers.Decoder
	var p layers.Packet
	for i := range tasks {
		t := &tasks[i]
		ref := stream.RefOf(capture, t.rec)
		switch m := t.more; {
		case m == nil:
			d.Decode(&p, t.rec)
			l.packet(t.shard, &p, t.rec, ref)
		case m.fragment:
			d.Decode(&p, t.rec)
			l.fragment(&p, t.rec, ref)
		case m.datagram != nil:
			l.datagram(t.shard, m.datagram, t.rec, Evidence{First: m.first, Last: ref})
		default:
			l.tunnel(t.shard, m.outer, t.rec, ref)
		}
	}
}
