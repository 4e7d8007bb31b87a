package extract

import (
	"context"
	"sync"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// roundSize is how many packets are handed out at a time: enough that starting
// the lanes costs nothing. roundBytes ends a round before that where packets are
// large, as those of two rounds are in memory.
const (
	roundSize  = 2048
	roundBytes = 8 << 20
)

// readParallel reads r while the lanes work, each in a goroutine of its own. A
// round of packets is handed out while the one before it is worked on; between
// rounds nobody works, so that what is done for all shards together is done at
// the same packets whatever the number of lanes.
func (x *Extractor) readParallel(ctx context.Context, r *pcap.Reader) error {
	h := handout{x: x, r: r, capture: len(x.report.Captures) - 1}
	running, next := x.newRound(), x.newRound()
	for {
		err := h.fill(next)
		h.take(running.wait())
		running, next = next, running
		x.start(running, h.capture)
		if x.report.Packets-x.settled >= settleEvery {
			h.take(running.wait())
			x.settle()
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			h.take(running.wait())
			return err
		}
	}
}

// A handout sorts packets by the lanes that are to work on them.
type handout struct {
	x       *Extractor
	r       *pcap.Reader
	capture int
	d       layers.Decoder
	p       layers.Packet
	batch   *pcap.Batch
	recs    []pcap.Record // of batch, not handed out yet
	spare   []*pcap.Batch
}

// A round is what the lanes work on at a time.
type round struct {
	work    [][]task // by lane
	batches []*pcap.Batch
	done    sync.WaitGroup
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

func (x *Extractor) newRound() *round { return &round{work: make([][]task, len(x.lanes))} }

// take takes back the batches of a round that is done.
func (h *handout) take(batches []*pcap.Batch) {
	for _, b := range batches {
		b.Release()
	}
	h.spare = append(h.spare, batches...)
}

// next returns a batch to be filled.
func (h *handout) next() *pcap.Batch {
	n := len(h.spare)
	if n == 0 {
		return new(pcap.Batch)
	}
	b := h.spare[n-1]
	h.spare = h.spare[:n-1]
	return b
}

// fill fills a round with the next packets. At an error, of the reader, it holds
// what came before.
func (h *handout) fill(to *round) error {
	for n, size := 0, 0; n < roundSize && size < roundBytes; {
		if len(h.recs) == 0 {
			h.batch = h.next()
			if err := h.r.Batch(h.batch); err != nil {
				return err
			}
			h.recs = h.batch.Records
		}
		room := min(roundSize-n, int(settleEvery-(h.x.report.Packets-h.x.settled)), len(h.recs))
		for i := range h.recs[:room] {
			h.packet(to, &h.recs[i])
			size += len(h.recs[i].Data)
		}
		n += room
		if h.recs = h.recs[room:]; len(h.recs) == 0 {
			to.batches = append(to.batches, h.batch)
		}
		if h.x.report.Packets-h.x.settled >= settleEvery {
			break
		}
	}
	return nil
}

// packet hands out a packet, and what else it brings.
func (h *handout) packet(to *round, rec *pcap.Record) {
	x, p := h.x, &h.p
	h.d.Decode(p, rec)
	x.count(p, rec)
	s := x.shardOf(p)
	if x.lanes[0].want.traffic() {
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

// start lets the lanes work on r.
func (x *Extractor) start(r *round, capture int) {
	for i, l := range x.lanes {
		if len(r.work[i]) > 0 {
			r.done.Go(func() { l.work(r.work[i], capture) })
		}
	}
}

// wait waits until all of r is done, and returns the batches that are not used
// any more.
func (r *round) wait() []*pcap.Batch {
	r.done.Wait()
	for i := range r.work {
		clear(r.work[i])
		r.work[i] = r.work[i][:0]
	}
	batches := r.batches
	r.batches = nil
	return batches
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
