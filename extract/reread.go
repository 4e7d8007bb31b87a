package extract

import (
	"context"
	"io"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Reread reads the packets that evidence names again, those of each piece
// separately, and calls accept with the index of the piece and the Report of
// its packets. Pieces that name the same packets share a Report, in consecutive
// calls. open opens the captures of the Report that the evidence is from, one
// at a time; Reread closes them.
//
// The evidence of what a packet shows is that packet; of what a connection
// carries, the packets of the connection up to the message's last. If accept
// returns false, or is not called because the packets are not there, Reread
// tries once more with all packets between the two addresses: a transfer of FTP
// is recognized by its control connection only, and the last part of a message
// may have waited for a packet that came later. Fragments, which may be a
// tunnel's, belong to all pieces then.
func Reread(ctx context.Context, o Options, evidence []Evidence, open func(capture int) (*pcap.Reader, error), accept func(piece int, r *Report) bool) error {
	pieces := make([]int, len(evidence))
	for i := range pieces {
		pieces[i] = i
	}
	for _, wide := range []bool{false, true} {
		if len(pieces) == 0 {
			break
		}
		p := newRereading(o, evidence, pieces, wide)
		p.accept = accept
		if err := p.run(ctx, open); err != nil {
			return err
		}
		pieces = p.refused
	}
	return nil
}

// A rereading is one pass over the captures.
type rereading struct {
	wide     bool                       // all packets between two addresses count
	waiting  map[place][]*probe         // by the packet that they begin with
	active   map[[2]netip.Addr][]*probe // by their addresses, in order
	captures int
	accept   func(piece int, r *Report) bool
	refused  []int // pieces that were not accepted
}

// A place is where a packet stands.
type place struct {
	capture int
	offset  int64
}

func placeOf(r stream.Ref) place { return place{r.Capture, r.Offset} }

// A probe extracts what the packets of a piece of evidence show.
type probe struct {
	flow   layers.Flow // canonical; zero for what a packet shows
	last   place
	x      Extractor
	pieces []int // that name these packets
}

func newRereading(o Options, evidence []Evidence, pieces []int, wide bool) *rereading {
	o.Only, o.Workers = 0, 0
	rr := &rereading{wide: wide, waiting: map[place][]*probe{}, active: map[[2]netip.Addr][]*probe{}}
	type packets struct {
		first, last place
		flow        layers.Flow
	}
	probes := map[packets]*probe{}
	for _, i := range pieces {
		e := &evidence[i]
		key := packets{first: placeOf(e.First), last: placeOf(e.Last)}
		if e.Conn != nil {
			key.flow, key.first = e.Conn.Flow.Canonical(), placeOf(e.Conn.Start)
			if wide {
				key.first = place{}
			}
		}
		p := probes[key]
		if p == nil {
			p = &probe{flow: key.flow, last: key.last, x: Extractor{Options: o}}
			probes[key] = p
			rr.waiting[key.first] = append(rr.waiting[key.first], p)
		}
		p.pieces = append(p.pieces, i)
		rr.captures = max(rr.captures, e.Last.Capture+1)
	}
	return rr
}

func (rr *rereading) run(ctx context.Context, open func(int) (*pcap.Reader, error)) error {
	for i := range rr.captures {
		r, err := open(i)
		if err != nil {
			return err
		}
		err = rr.read(ctx, i, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	for _, probes := range rr.waiting { // whose packets did not come
		for _, p := range probes {
			rr.refused = append(rr.refused, p.pieces...)
		}
	}
	for _, probes := range rr.active {
		for _, p := range probes {
			rr.finish(p)
		}
	}
	return nil
}

// read takes a capture up to its end, or to its damage, before which all
// evidence lies.
func (rr *rereading) read(ctx context.Context, capture int, r *pcap.Reader) error {
	var d layers.Decoder
	var p layers.Packet
	rr.begin(place{}) // in a wide pass, from the first packet on
	for n := 1; ; n++ {
		rec, err := r.Next()
		if err == io.EOF || rec == nil {
			return nil
		}
		d.Decode(&p, rec)
		rr.packet(place{capture, rec.Offset}, &p, rec)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// begin makes the probes active that begin at a packet.
func (rr *rereading) begin(at place) []*probe {
	var alone []*probe
	for _, p := range rr.waiting[at] {
		if p.flow == (layers.Flow{}) {
			alone = append(alone, p)
		} else {
			pair := pairOf(p.flow)
			rr.active[pair] = append(rr.active[pair], p)
		}
	}
	delete(rr.waiting, at)
	return alone
}

func pairOf(f layers.Flow) [2]netip.Addr {
	f = f.Canonical()
	return [2]netip.Addr{f.Src.Addr(), f.Dst.Addr()}
}

func (rr *rereading) packet(at place, p *layers.Packet, rec *pcap.Record) {
	for _, alone := range rr.begin(at) {
		alone.x.Add(p, rec)
		rr.finish(alone)
	}
	if rr.wide && p.IsFragment() { // of a tunnel, perhaps
		for _, probes := range rr.active {
			for _, probe := range probes {
				probe.x.Add(p, rec)
			}
		}
		return
	}
	f, _ := p.Flow()
	rr.deliver(f, at, p, rec)
	for outer := range outerFlows(p) {
		if outer != f {
			rr.deliver(outer, at, p, rec)
		}
	}
}

// deliver gives a packet to the probes of a flow, or, in a wide pass, of a pair
// of addresses.
func (rr *rereading) deliver(f layers.Flow, at place, p *layers.Packet, rec *pcap.Record) {
	pair, f := pairOf(f), f.Canonical()
	probes := rr.active[pair]
	rest := probes[:0]
	for _, probe := range probes {
		if rr.wide || p.IsFragment() || probe.flow == f {
			probe.x.Add(p, rec)
		}
		if at == probe.last && !rr.wide {
			rr.finish(probe)
		} else {
			rest = append(rest, probe)
		}
	}
	if len(rest) > 0 {
		rr.active[pair] = rest
	} else if probes != nil {
		delete(rr.active, pair)
	}
}

// finish ends a probe and hands out its report.
func (rr *rereading) finish(p *probe) {
	r := p.x.Finish()
	for _, i := range p.pieces {
		if !rr.accept(i, r) {
			rr.refused = append(rr.refused, i)
		}
	}
}
