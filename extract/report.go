package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A Report holds what was observed in one or more captures, and what could not
// be seen. It is the caller's own: it refers to no packet bytes.
type Report struct {
	// Captures lists what was read, in order.
	Captures []Capture

	// Packets and Bytes count the packets read and the bytes captured of them.
	Packets, Bytes int64

	// Unseen counts what could not be looked at.
	Unseen Unseen

	hosts    table[Host, *Host]
	queries  table[Query, *Query]
	answers  table[Answer, *Answer]
	aliases  table[Alias, *Alias]
	requests table[Request, *Request]
	servers  table[ServerName, *ServerName]
}

// Unseen counts what a Report could not take into account.
type Unseen struct {
	Cut       int64                   // packets shorter in the capture than on the wire
	Untimed   int64                   // packets without a time from 1970 to 9999
	Backwards int64                   // packets more than 100 ms earlier than the one before; any makes all times doubtful
	LinkTypes map[pcap.LinkType]int64 // packets of link types that are not decoded
	Damaged   map[layers.Kind]int64   // packets whose decoding stopped, by the layer it stopped at
	TooLong   int64                   // values longer than Options.MaxValueLen
	LeftOut   int64                   // observations left out at Options.MaxValues
	Stream    stream.Stats            // what package stream gave up
}

// A Host is an address that sent or was sent packets.
type Host struct {
	Fact
	Addr netip.Addr

	// Server and Client count the packets that show on which side of a
	// conversation the address is: by a SYN, by the direction of a DNS
	// message, or by an ICMP echo.
	Server, Client int64

	// LikelyServer and LikelyClient count the packets that suggest it only by
	// their ports.
	LikelyServer, LikelyClient int64
}

// Contacted reports whether the address was on the server's side of a
// conversation.
func (h *Host) Contacted() bool {
	if h.Server > 0 || h.Client > 0 {
		return h.Server > 0
	}
	return h.LikelyServer > 0 || h.LikelyClient == 0
}

// A Query is a name that was asked for in DNS.
type Query struct {
	Fact
	Name string // in lower case, without final dot
}

// An Answer is an address that a DNS response gave for a name.
type Answer struct {
	Fact
	Name string // in lower case, without final dot
	Addr netip.Addr
}

// An Alias is a name that a DNS response gave for another (CNAME).
type Alias struct {
	Fact
	Name, Target string // in lower case, without final dot
}

// A Request is an HTTP request.
type Request struct {
	Fact
	Method    string
	URL       string // absolute
	Host      string // in lower case, without port
	UserAgent string
}

// A ServerName is a name that a TLS client asked for (RFC 6066 section 3).
type ServerName struct {
	Fact
	Name string // in lower case
	ALPN string // the protocols that the client offers, separated by commas
}

// Hosts returns the addresses of packets, in order.
func (r *Report) Hosts() iter.Seq[*Host] { return r.hosts.all() }

// Queries returns the names that were asked for in DNS, in order.
func (r *Report) Queries() iter.Seq[*Query] { return r.queries.all() }

// Answers returns the addresses that DNS gave for names, in order of the names.
func (r *Report) Answers() iter.Seq[*Answer] { return r.answers.all() }

// Aliases returns the names that DNS gave for names, in order.
func (r *Report) Aliases() iter.Seq[*Alias] { return r.aliases.all() }

// Requests returns the HTTP requests, in order of method and URL.
func (r *Report) Requests() iter.Seq[*Request] { return r.requests.all() }

// ServerNames returns the names that TLS clients asked for, in order.
func (r *Report) ServerNames() iter.Seq[*ServerName] { return r.servers.all() }

// leftOut returns how many observations the tables had no room for.
func (r *Report) leftOut() int64 {
	return r.hosts.leftOut + r.queries.leftOut + r.answers.leftOut +
		r.aliases.leftOut + r.requests.leftOut + r.servers.leftOut
}

// distrustTimes marks all observations as without time.
func (r *Report) distrustTimes() {
	r.hosts.distrustTimes()
	r.queries.distrustTimes()
	r.answers.distrustTimes()
	r.aliases.distrustTimes()
	r.requests.distrustTimes()
	r.servers.distrustTimes()
}
