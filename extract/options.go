package extract

import (
	"slices"

	"github.com/sightline-go/sightline/layers/stream"
)

// A Topic is a kind of observation.
type Topic string

// The topics, in the order in which they reach an event.
const (
	HTTP        Topic = "http"        // requests and redirects
	Files       Topic = "files"       // what HTTP, mail and FTP carry
	TLS         Topic = "tls"         // hellos and certificates, of QUIC and DTLS too
	DNS         Topic = "dns"         // questions and answers
	Mail        Topic = "mail"        // header fields and envelopes
	SSH         Topic = "ssh"         // software, algorithms, host keys
	Logins      Topic = "logins"      // user names of FTP and POP3
	DHCP        Topic = "dhcp"        // names and classes that hosts give themselves
	IP          Topic = "ip"          // addresses
	Connections Topic = "connections" // who spoke to whom
)

// Topics returns all of them, in order.
func Topics() []Topic {
	return []Topic{HTTP, Files, TLS, DNS, Mail, SSH, Logins, DHCP, IP, Connections}
}

// topics is an optional list of Topics: an empty one stands for all.
type topics []Topic

func (t topics) has(topic Topic) bool { return len(t) == 0 || slices.Contains(t, topic) }

// Options bound what an Extractor keeps. A field that is 0 has its default.
type Options struct {
	// Only, if not empty, lists the topics that are looked at. The others cost
	// nothing, and are missing in the Report.
	Only []Topic

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
