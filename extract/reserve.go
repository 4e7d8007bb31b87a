package extract

import "github.com/sightline-go/sightline/layers"

// Each shard has work of its own for what its connections do not pay for
// (stream.Config.MaxWork), because a common account would depend on the order in
// which the workers do their tasks. Only some shards get a reserve: a quarter of
// MaxWork goes to each of the first four with TCP data, and to one more for every
// reserveEvery bytes captured.
const (
	reserves       = 4
	reserveEvery   = 64 << 10
	defaultMaxWork = 4 << 20 // as stream.Config.MaxWork
)

// reserve returns the work that a shard gets.
func (o *Options) reserve() int { return withDefault(o.Stream.MaxWork, defaultMaxWork) / reserves }

// A granter decides which shards get their reserves.
type granter struct {
	granted int // shards
	has     [shardCount]bool
}

// grants reports whether a shard gets its reserve with packet p, after so many
// captured bytes.
func (g *granter) grants(shard int, p *layers.Packet, captured int64) bool {
	if g.has[shard] || int64(g.granted) >= reserves+captured/reserveEvery || !hasTCPData(p) {
		return false
	}
	g.grant(shard)
	return true
}

func (g *granter) grant(shard int) {
	g.granted++
	g.has[shard] = true
}

func hasTCPData(p *layers.Packet) bool {
	tcp, ok := p.TCP()
	return ok && len(tcp.Payload()) > 0
}
