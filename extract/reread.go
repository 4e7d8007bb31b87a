package extract

import (
	"context"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Reread reads the packets of evidence again and returns a Report of them: of all
// packets between the addresses of those that the evidence names, because a message
// may need earlier packets of its connection, and a transfer those of another one;
// and of all fragments, because they may belong to a tunnel. Capture i of the Report
// is the one that the evidence calls i. open opens a capture by that index; Reread
// opens one at a time and closes it.
//
// If an observation is found again, the Report has it, and its evidence has the same
// places ([Trail.Shows]).
func Reread(ctx context.Context, o Options, evidence []Evidence, open func(capture int) (*pcap.Reader, error)) (*Report, error) {
	rr := rereading{places: map[place]bool{}, pairs: map[[2]netip.Addr]bool{}}
	captures := 0
	for i := range evidence {
		e := &evidence[i]
		captures = max(captures, e.Last.Capture+1)
		rr.places[placeOf(e.First)], rr.places[placeOf(e.Last)] = true, true
		if e.Conn != nil {
			rr.add(e.Conn.Flow.Src.Addr(), e.Conn.Flow.Dst.Addr())
		}
	}
	if err := rr.each(ctx, captures, open, rr.find); err != nil {
		return nil, err
	}
	o.Only, o.Workers = 0, 0
	x := Extractor{Options: o}
	err := rr.each(ctx, captures, open, func(at place, p *layers.Packet, rec *pcap.Record) {
		for len(x.report.Captures) <= at.capture {
			x.Begin(strconv.Itoa(len(x.report.Captures)))
		}
		if rr.wants(at, p) {
			x.Add(p, rec)
		}
	})
	if err != nil {
		return nil, err
	}
	r := x.Finish()
	r.numberCaptures()
	return r, nil
}

// A rereading selects packets.
type rereading struct {
	places map[place]bool         // of packets that the evidence names
	pairs  map[[2]netip.Addr]bool // of their addresses, in order
}

// A place is the position of a packet in the captures.
type place struct {
	capture int
	offset  int64
}

func placeOf(r stream.Ref) place { return place{r.Capture, r.Offset} }

func pairOf(a, b netip.Addr) [2]netip.Addr {
	if b.Less(a) {
		a, b = b, a
	}
	return [2]netip.Addr{a, b}
}

func flowPair(f layers.Flow) [2]netip.Addr { return pairOf(f.Src.Addr(), f.Dst.Addr()) }

func (rr *rereading) add(a, b netip.Addr) { rr.pairs[pairOf(a, b)] = true }

// each calls do for the packets of each capture, up to its end or to damage: no
// evidence is after that.
func (rr *rereading) each(ctx context.Context, captures int, open func(int) (*pcap.Reader, error), do func(place, *layers.Packet, *pcap.Record)) error {
	for i := range captures {
		r, err := open(i)
		if err != nil {
			return err
		}
		err = eachPacket(ctx, r, func(p *layers.Packet, rec *pcap.Record) { do(place{i, rec.Offset}, p, rec) })
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func eachPacket(ctx context.Context, r *pcap.Reader, do func(*layers.Packet, *pcap.Record)) error {
	var d layers.Decoder
	var p layers.Packet
	for n := 1; ; n++ {
		rec, err := r.Next()
		if err != nil || rec == nil {
			return nil
		}
		d.Decode(&p, rec)
		do(&p, rec)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// find notes the addresses of a packet that the evidence names.
func (rr *rereading) find(at place, p *layers.Packet, _ *pcap.Record) {
	if !rr.places[at] {
		return
	}
	if src, dst, ok := p.Addrs(); ok {
		rr.add(src, dst)
	}
	for f := range outerFlows(p) {
		rr.add(f.Src.Addr(), f.Dst.Addr())
	}
}

func (rr *rereading) wants(at place, p *layers.Packet) bool {
	if p.IsFragment() || rr.places[at] {
		return true
	}
	if src, dst, ok := p.Addrs(); ok && rr.pairs[pairOf(src, dst)] {
		return true
	}
	for f := range outerFlows(p) {
		if rr.pairs[flowPair(f)] {
			return true
		}
	}
	return false
}

// numberCaptures orders the captures by the numbers that are their names.
func (r *Report) numberCaptures() {
	sorted, place := make([]Capture, len(r.Captures)), make([]int, len(r.Captures))
	for from, c := range r.Captures {
		to, _ := strconv.Atoi(c.Name)
		sorted[to], place[from] = c, to
	}
	r.Captures = sorted
	r.moveCaptures(place)
}
