package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// A Flow is a single connection, identified by its five-tuple. Count is greater
// than 1 if the five-tuple was reused.
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

// nameID sets the Community ID to the smaller of two: an ICMP flow may have
// several.
func (f *Flow) nameID(id string) {
	if f.CommunityID == "" || id != "" && id < f.CommunityID {
		f.CommunityID = id
	}
}

// identify computes the Community ID from the five-tuple, unless it is set.
func (f *Flow) identify() {
	if f.CommunityID == "" {
		f.CommunityID = f.fiveTuple().CommunityID(0)
	}
}

// ConnEvidence returns the evidence with Conn set. In Evidence, Conn is nil because
// it follows from the five-tuple of the Flow.
func (f *Flow) ConnEvidence() Trail { return f.Evidence.of(f.fiveTuple()) }

func (f *Flow) fiveTuple() layers.Flow {
	return layers.Flow{Src: f.Client, Dst: f.Server, Proto: f.Proto}
}

var flows = handleOf[Flow]()

// Flows returns the single connections, at most Options.MaxConns, in order of the
// clients' addresses.
func (r *Report) Flows() iter.Seq[*Flow] { return flows.all(r) }

// flow records a single connection from dir.Src, the client, to dir.Dst. community
// is its Community ID if that does not follow from dir.
func (w *worker) flow(dir layers.Flow, e Evidence, x *Exchange, community string) {
	row := Flow{Client: dir.Src, Server: dir.Dst, Proto: dir.Proto}
	if f := flows.observe(w, row, e); f != nil {
		f.Exchange.add(x)
		f.nameID(community)
	}
}
