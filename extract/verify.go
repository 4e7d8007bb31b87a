package extract

import (
	"context"
	"io"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Verify reads the evidence of attributes again, each through an Extractor of
// its own, and returns the attributes that are not found there. open opens the
// captures of their Report, one after the other; Verify closes them.
//
// The evidence of what a packet shows is that packet; of what a connection
// carries, the packets of the connection up to the message's last. What is not
// found there is looked for once more in all packets between the two addresses: a
// transfer of FTP is known for one by the control connection alone, and what
// comes last may have waited for a packet that came later. Fragments, which may
// be a tunnel's, count for all.
func Verify(ctx context.Context, o Options, attributes []Attribute, open func(capture int) (*pcap.Reader, error)) ([]Attribute, error) {
	missing, err := newVerifier(o, attributes, false).run(ctx, open)
	if err != nil || len(missing) == 0 {
		return missing, err
	}
	return newVerifier(o, missing, true).run(ctx, open)
}

// A verifier is one pass over the captures.
type verifier struct {
	options  Options
	wide     bool                       // all packets between two addresses count
	waiting  map[place][]*probe         // by the packet that they begin with
	active   map[[2]netip.Addr][]*probe // by their addresses, in order
	captures int
	missing  []Attribute
}

// A place is where a packet stands.
type place struct {
	capture int
	offset  int64
}

func placeOf(r stream.Ref) place { return place{r.Capture, r.Offset} }

// A probe looks for attributes in the packets of their evidence.
type probe struct {
	flow layers.Flow // canonical; zero for what a packet shows
	last place
	x    Extractor
	want []Attribute
}

func newVerifier(o Options, attributes []Attribute, wide bool) *verifier {
	o.Only, o.Workers = 0, 0
	v := &verifier{options: o, wide: wide, waiting: map[place][]*probe{}, active: map[[2]netip.Addr][]*probe{}}
	type evidence struct {
		first, last place
		flow        layers.Flow
	}
	probes := map[evidence]*probe{}
	for _, a := range attributes {
		e, ok := a.Evidence.First()
		if !ok {
			v.missing = append(v.missing, a)
			continue
		}
		key := evidence{first: placeOf(e.First), last: placeOf(e.Last)}
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
			v.waiting[key.first] = append(v.waiting[key.first], p)
		}
		p.want = append(p.want, a)
		v.captures = max(v.captures, e.Last.Capture+1)
	}
	return v
}

func (v *verifier) run(ctx context.Context, open func(int) (*pcap.Reader, error)) ([]Attribute, error) {
	for i := range v.captures {
		r, err := open(i)
		if err != nil {
			return nil, err
		}
		err = v.read(ctx, i, r)
		r.Close()
		if err != nil {
			return nil, err
		}
	}
	for _, probes := range v.waiting { // whose packets did not come
		for _, p := range probes {
			v.missing = append(v.missing, p.want...)
		}
	}
	for _, probes := range v.active {
		for _, p := range probes {
			v.check(p)
		}
	}
	return v.missing, nil
}

// read takes a capture up to its end, or to its damage, before which all
// evidence lies.
func (v *verifier) read(ctx context.Context, capture int, r *pcap.Reader) error {
	var d layers.Decoder
	var p layers.Packet
	v.begin(place{}) // in a wide pass, from the first packet on
	for n := 1; ; n++ {
		rec, err := r.Next()
		if err == io.EOF || rec == nil {
			return nil
		}
		d.Decode(&p, rec)
		v.packet(place{capture, rec.Offset}, &p, rec)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// begin makes the probes active that begin at a packet.
func (v *verifier) begin(at place) []*probe {
	var alone []*probe
	for _, p := range v.waiting[at] {
		if p.flow == (layers.Flow{}) {
			alone = append(alone, p)
		} else {
			pair := pairOf(p.flow)
			v.active[pair] = append(v.active[pair], p)
		}
	}
	delete(v.waiting, at)
	return alone
}

func pairOf(f layers.Flow) [2]netip.Addr {
	f = f.Canonical()
	return [2]netip.Addr{f.Src.Addr(), f.Dst.Addr()}
}

func (v *verifier) packet(at place, p *layers.Packet, rec *pcap.Record) {
	for _, alone := range v.begin(at) {
		alone.x.Add(p, rec)
		v.check(alone)
	}
	if v.wide && p.IsFragment() { // of a tunnel, perhaps
		for _, probes := range v.active {
			for _, probe := range probes {
				probe.x.Add(p, rec)
			}
		}
		return
	}
	f, _ := p.Flow()
	v.deliver(f, at, p, rec)
	for outer := range outerFlows(p) {
		if outer != f {
			v.deliver(outer, at, p, rec)
		}
	}
}

// deliver gives a packet to the probes of a flow, or, in a wide pass, of a pair
// of addresses.
func (v *verifier) deliver(f layers.Flow, at place, p *layers.Packet, rec *pcap.Record) {
	pair, f := pairOf(f), f.Canonical()
	probes := v.active[pair]
	rest := probes[:0]
	for _, probe := range probes {
		if v.wide || p.IsFragment() || probe.flow == f {
			probe.x.Add(p, rec)
		}
		if at == probe.last && !v.wide {
			v.check(probe)
		} else {
			rest = append(rest, probe)
		}
	}
	if len(rest) > 0 {
		v.active[pair] = rest
	} else if probes != nil {
		delete(v.active, pair)
	}
}

// check ends a probe, and notes what it did not find.
func (v *verifier) check(p *probe) {
	found := map[string]bool{}
	for _, a := range p.x.Finish().Select(EventOptions{All: true, Detail: Indicators}).Attributes {
		found[a.Value] = true
	}
	for _, a := range p.want {
		if !found[a.Value] {
			v.missing = append(v.missing, a)
		}
	}
}
