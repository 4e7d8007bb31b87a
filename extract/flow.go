package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// A Flow is a single connection, by its five-tuple. Count is more than 1 when
// the same ports were used again.
type Flow struct {
	Fact
	Client      netip.AddrPort `json:"client"`
	Server      netip.AddrPort `json:"server"`
	Proto       layers.IPProto `json:"proto"`
	CommunityID string         `json:"community_id,omitempty"` // version 1, seed 0
	Exchange
}

func (f *Flow) appendKey(dst []byte) []byte {
	return append(appendAddrPort(appendAddrPort(dst, f.Client), f.Server), byte(f.Proto))
}

func (f *Flow) merge(o *Flow) {
	f.Fact.merge(&o.Fact)
	f.Exchange.add(&o.Exchange)
	f.nameID(o.CommunityID)
}

// nameID takes another Community ID, of which ICMP may have several.
func (f *Flow) nameID(id string) {
	if f.CommunityID == "" || id != "" && id < f.CommunityID {
		f.CommunityID = id
	}
}

// identify sets the Community ID, as far as it follows from the addresses and
// ports alone.
func (f *Flow) identify() {
	if f.CommunityID == "" {
		f.CommunityID = f.fiveTuple().CommunityID(0)
	}
}

// ConnEvidence returns the evidence with its Conn set. Evidence leaves Conn nil,
// as it follows from the addresses and ports of the Flow.
func (f *Flow) ConnEvidence() Trail { return f.Evidence.of(f.fiveTuple()) }

func (f *Flow) fiveTuple() layers.Flow {
	return layers.Flow{Src: f.Client, Dst: f.Server, Proto: f.Proto}
}

var flows = handleOf[Flow]()

// Flows returns the single connections, at most Options.MaxConns.
func (r *Report) Flows() iter.Seq[*Flow] { return flows.all(r) }

// flow notes a single connection from dir.Src, the client, to dir.Dst. community
// is its Community ID where that does not follow from dir.
func (w *worker) flow(dir layers.Flow, e Evidence, x *Exchange, community string) {
	row := Flow{Client: dir.Src, Server: dir.Dst, Proto: dir.Proto}
	if f := flows.observe(w, row, e); f != nil {
		f.Exchange.add(x)
		f.nameID(community)
	}
}
