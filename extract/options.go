package extract

import "github.com/sightline-go/sightline/layers/stream"

// Options bound what an Extractor keeps. A field that is 0 has its default.
type Options struct {
	// Only says which topics are looked at. The others cost nothing, and are
	// missing in the Report.
	Only TopicSet

	// MaxValues bounds the distinct observations of each kind that are kept.
	// Further ones are left out and counted. 0: 10,000.
	MaxValues int

	// MaxConns bounds the single connections that are kept; beyond, they are
	// only part of the rows of Report.Connections. 0: 50,000.
	MaxConns int

	// MaxLive bounds the connections that are followed at once to count their
	// packets. At the bound the one that was idle longest is taken for ended,
	// and what comes of it later for another. 0: 4,096.
	MaxLive int

	// MaxValueLen bounds the length of a text that is kept, in bytes. A longer
	// one is left out, because half a value is a wrong one, and counted.
	// 0: 4096.
	MaxValueLen int

	// Stream bounds the TCP connections that are followed, and its Hash says
	// which hashes of files are made; without, files give no attributes. Its
	// MaxBytes and MaxSilent are for all of them together; MaxBytes is seen to
	// every 4096 packets. MaxSilent 0: 16,384.
	Stream stream.Config

	// Workers is how many goroutines work on the packets that Read and ReadInput
	// read. The Report is the same for any number. 0: 1.
	Workers int
}

// traffic reports whether connections are followed: hosts have their roles from
// them.
func (o *Options) traffic() bool { return o.Only.Has(IP) || o.Only.Has(Connections) }

const (
	defaultMaxValues   = 10_000
	defaultMaxConns    = 50_000
	defaultMaxLive     = 4_096
	defaultMaxValueLen = 4096
	defaultMaxSilent   = 16_384
	defaultMaxBytes    = 64 << 20 // as stream.Config.MaxBytes
)

func withDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

// limits are how many rows are kept. 0 is the default.
type limits struct{ values, conns int }

func (o *Options) limits() limits { return limits{o.MaxValues, o.MaxConns} }

func (l limits) maxValues() int { return withDefault(l.values, defaultMaxValues) }

func (l limits) maxConns() int { return withDefault(l.conns, defaultMaxConns) }

// tighter returns the smaller limits.
func (l limits) tighter(o limits) limits {
	return limits{tighter(l.values, o.values), tighter(l.conns, o.conns)}
}

// tighter returns the smaller of two limits that are set.
func tighter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
