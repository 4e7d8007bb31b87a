package extract

import "github.com/sightline-go/sightline/layers/stream"

// Options select what an Extractor collects, and limit it. A field that is 0 has
// its default.
type Options struct {
	// Only selects the topics to collect. Other topics cost no time and are missing
	// from the Report.
	Only TopicSet

	// MaxValues limits the distinct observations kept of each kind. Those beyond it
	// are counted in Report.LeftOut. 0: 10,000.
	MaxValues int

	// MaxConns limits the single connections kept, the rows of Report.Flows. Those
	// beyond it are part of Report.Connections only. 0: 50,000.
	MaxConns int

	// MaxReport limits the memory of the observations of all kinds together, in
	// bytes: each counts as 1 KiB and the values that distinguish it. Those beyond
	// it are counted in Report.LeftOut. 0: limited only by MaxValues and MaxConns.
	MaxReport int

	// MaxLive limits the open conversations between two addresses, of UDP, ICMP and
	// other protocols than TCP. At the limit, an eighth of them is closed early,
	// those that were idle longest; later packets start new ones. All addresses
	// together have at most twice as many, which is enforced every 4096
	// packets. 0: 8,192.
	MaxLive int

	// MaxValueLen limits the length of a text, in bytes. Longer texts are not cut,
	// which would change the value, but left out and counted in Unseen.TooLong.
	// 0: 4096.
	MaxValueLen int

	// Passwords records the passwords of logins. Without it, a Report has no
	// passwords at all.
	Passwords bool

	// Stream limits the TCP connections, and its Hash selects the hashes of files;
	// files without hashes yield no attributes. MaxBytes and MaxFragments apply to
	// all connections together, and so does twice MaxSilent; MaxBytes and
	// MaxSilent are enforced on them every 4096 packets. Of MaxWork, a quarter goes
	// to the connections of some pairs of addresses together, and as much again for
	// every 64 KiB captured. MaxSilent 0: 8,192. Charset nil: the charsets of
	// the WHATWG's Encoding Standard, which those of mail subjects and names are
	// converted from too. Keys are used together with the secrets in captures: see
	// Extractor.OnBlock.
	Stream stream.Config

	// Workers is the number of goroutines that process the packets of Read and
	// ReadInput. The Report does not depend on it. 0: 1.
	Workers int
}

// traffic reports whether conversations are followed. IP needs them for the roles
// of hosts.
func (o *Options) traffic() bool { return o.Only.Has(IP) || o.Only.Has(Connections) }

const (
	defaultMaxValues   = 10_000
	defaultMaxConns    = 50_000
	defaultMaxLive     = 8_192
	defaultMaxValueLen = 4096
	defaultMaxSilent   = 8_192
	defaultMaxBytes    = 64 << 20 // as stream.Config.MaxBytes
)

// pairShares is how many times more conversations all addresses together may have than
// MaxLive and MaxSilent allow to two addresses.
const pairShares = 2

func (o *Options) maxLive() int { return withDefault(o.MaxLive, defaultMaxLive) }

func (o *Options) maxSilent() int { return withDefault(o.Stream.MaxSilent, defaultMaxSilent) }

func withDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}

// limits are the most rows kept; 0 is the default.
type limits struct{ values, conns, bytes int }

func (o *Options) limits() limits { return limits{o.MaxValues, o.MaxConns, o.MaxReport} }

func (l limits) maxValues() int { return withDefault(l.values, defaultMaxValues) }

func (l limits) maxConns() int { return withDefault(l.conns, defaultMaxConns) }

func (l limits) tighter(o limits) limits {
	return limits{tighter(l.values, o.values), tighter(l.conns, o.conns), tighter(l.bytes, o.bytes)}
}

// tighter returns the smaller limit, where 0 is an unset one.
func tighter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}
