package extract

import (
	"slices"

	"github.com/sightline-go/sightline/layers/stream"
)

// A Topic is a kind of observation.
type Topic string

// The topics, in the order in which they reach an event.
const (
	HTTP Topic = "http"
	TLS  Topic = "tls"
	DNS  Topic = "dns"
	IP   Topic = "ip"
)

// topics is an optional list of Topics: an empty one stands for all.
type topics []Topic

func (t topics) has(topic Topic) bool { return len(t) == 0 || slices.Contains(t, topic) }

// Options bound what an Extractor keeps. A field that is 0 has its default.
type Options struct {
	// Only, if not empty, lists the topics that are looked at. The others cost
	// nothing, and are missing in the Report.
	Only []Topic

	// MaxValues bounds the distinct observations of each kind that are kept.
	// Further ones are left out and counted. 0: 50,000.
	MaxValues int

	// MaxValueLen bounds the length of a text that is kept, in bytes. A longer
	// one is left out, because half a value is a wrong one, and counted.
	// 0: 4096.
	MaxValueLen int

	// Stream bounds the TCP connections that are followed.
	Stream stream.Config
}

const (
	defaultMaxValues   = 50_000
	defaultMaxValueLen = 4096
)

func (o *Options) maxValues() int { return withDefault(o.MaxValues, defaultMaxValues) }

func (o *Options) maxValueLen() int { return withDefault(o.MaxValueLen, defaultMaxValueLen) }

func withDefault(v, def int) int {
	if v == 0 {
		return def
	}
	return v
}
