package extract

import (
	"fmt"
	"iter"
	"maps"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A Report holds what was observed in one or more captures, and what could not
// be seen. It is the caller's own: it refers to no packet bytes.
//
// Everything in it is a sum, a union, a first and last time or the first few by
// time, so Reports that were made apart can be put together with Merge, in any
// order. What follows from the whole, such as which name an address has, is
// worked out when it is asked for.
type Report struct {
	// Captures lists what was read, in the order of their times.
	Captures []Capture

	// Packets and Bytes count the packets read and the bytes captured of them.
	Packets, Bytes int64

	// Unseen counts what could not be looked at.
	Unseen Unseen

	maxValues, maxConns int

	hosts        table[Host, *Host]
	links        table[Link, *Link]
	connections  table[Connection, *Connection]
	flows        table[Flow, *Flow]
	queries      table[Query, *Query]
	resolutions  table[Resolution, *Resolution]
	requests     table[Request, *Request]
	redirects    table[Redirect, *Redirect]
	sessions     table[Session, *Session]
	certificates table[Certificate, *Certificate]
	presented    table[Presented, *Presented]
	ssh          table[SSHPeer, *SSHPeer]
	files        table[File, *File]
	emails       table[Email, *Email]
	envelopes    table[Envelope, *Envelope]
	logins       table[Login, *Login]
	leases       table[Lease, *Lease]
}

// Unseen counts what a Report could not take into account.
type Unseen struct {
	Cut       int64                   `json:"cut,omitempty"`        // packets shorter in the capture than on the wire
	Untimed   int64                   `json:"untimed,omitempty"`    // packets without a time from 1970 to 9999
	Backwards int64                   `json:"backwards,omitempty"`  // packets more than 100 ms earlier than the one before; any makes all times doubtful
	LinkTypes map[pcap.LinkType]int64 `json:"link_types,omitempty"` // packets of link types that are not decoded
	Damaged   map[string]int64        `json:"damaged,omitempty"`    // packets whose decoding stopped, by the name of the layer it stopped at
	TooLong   int64                   `json:"too_long,omitempty"`   // values longer than Options.MaxValueLen
	Parted    int64                   `json:"parted,omitempty"`     // connections taken for ended at Options.MaxLive
	Unpaired  int64                   `json:"unpaired,omitempty"`   // hellos whose answer was not waited for, as too many waited
	Stream    stream.Stats            `json:"stream"`               // what package stream gave up, and which protocols it recognised
}

// A tabled is a table of whatever kind.
type tabled interface {
	facts() iter.Seq[*Fact]
	left() int64
	len() int
	ids(dst []rowID) []rowID
	prune(above rowID)
	appendJSON(dst []byte, bare bool) ([]byte, error)
	readJSON(b []byte, leftOut int64) error
}

// tables returns all tables by the name that they have in JSON.
func (r *Report) tables() map[string]tabled {
	return map[string]tabled{
		"hosts": &r.hosts, "links": &r.links, "connections": &r.connections, "flows": &r.flows,
		"queries": &r.queries, "resolutions": &r.resolutions,
		"requests": &r.requests, "redirects": &r.redirects,
		"sessions": &r.sessions, "certificates": &r.certificates, "presented": &r.presented,
		"ssh": &r.ssh, "files": &r.files, "emails": &r.emails, "envelopes": &r.envelopes,
		"logins": &r.logins, "leases": &r.leases,
	}
}

// Hosts returns the addresses of packets, in order.
func (r *Report) Hosts() iter.Seq[*Host] { return r.hosts.all() }

// Links returns the hardware addresses behind IP addresses, in order of the
// latter.
func (r *Report) Links() iter.Seq[*Link] { return r.links.all() }

// Connections returns who spoke to whom: all connections of one client to one
// port of one server together.
func (r *Report) Connections() iter.Seq[*Connection] { return r.connections.all() }

// Flows returns the single connections, at most Options.MaxConns.
func (r *Report) Flows() iter.Seq[*Flow] { return r.flows.all() }

// Queries returns the names that were asked for in DNS, in order.
func (r *Report) Queries() iter.Seq[*Query] { return r.queries.all() }

// Resolutions returns what DNS responses gave for names, in order of the names.
func (r *Report) Resolutions() iter.Seq[*Resolution] { return r.resolutions.all() }

// Requests returns the HTTP requests, in order of URL.
func (r *Report) Requests() iter.Seq[*Request] { return r.requests.all() }

// Redirects returns the URLs to which HTTP responses send the client.
func (r *Report) Redirects() iter.Seq[*Redirect] { return r.redirects.all() }

// Sessions returns what was agreed on in TLS, QUIC and DTLS, in order of the
// server names.
func (r *Report) Sessions() iter.Seq[*Session] { return r.sessions.all() }

// Certificates returns the certificates, in order of their SHA-256.
func (r *Report) Certificates() iter.Seq[*Certificate] { return r.certificates.all() }

// Presented returns which server, or which client, showed which certificate.
func (r *Report) Presented() iter.Seq[*Presented] { return r.presented.all() }

// SSHPeers returns what SSH clients and servers said before they encrypted.
func (r *Report) SSHPeers() iter.Seq[*SSHPeer] { return r.ssh.all() }

// Files returns what HTTP, mail and FTP carried, in order of their SHA-256.
func (r *Report) Files() iter.Seq[*File] { return r.files.all() }

// Emails returns the mails by their header fields, in order of Message-ID.
func (r *Report) Emails() iter.Seq[*Email] { return r.emails.all() }

// Envelopes returns the addresses that SMTP clients named for the transport of
// mails.
func (r *Report) Envelopes() iter.Seq[*Envelope] { return r.envelopes.all() }

// Logins returns the user names that clients of FTP and POP3 gave.
func (r *Report) Logins() iter.Seq[*Login] { return r.logins.all() }

// Leases returns what hosts said of themselves in DHCP.
func (r *Report) Leases() iter.Seq[*Lease] { return r.leases.all() }

// LeftOut returns how many observations of each kind were left out at
// Options.MaxValues or MaxConns.
func (r *Report) LeftOut() map[string]int64 {
	left := map[string]int64{}
	for name, t := range r.tables() {
		if n := t.left(); n > 0 {
			left[name] = n
		}
	}
	return left
}

// Merge adds what o holds. It is for Reports of different captures, or of
// different parts of one; the order of merging makes no difference. It is an
// error, and changes nothing, when both hold the same packets. o must not be
// used afterwards.
func (r *Report) Merge(o *Report) error {
	for i := range r.Captures {
		for j := range o.Captures {
			if r.Captures[i].overlaps(&o.Captures[j]) {
				return fmt.Errorf("extract: both reports hold the same packets of %q", r.Captures[i].Name)
			}
		}
	}
	place := make([]int, len(o.Captures))
	for i := range place {
		place[i] = len(r.Captures) + i
	}
	o.moveCaptures(place)
	r.Captures = append(r.Captures, o.Captures...)
	r.Packets += o.Packets
	r.Bytes += o.Bytes
	r.Unseen.add(&o.Unseen)
	r.absorb(o)
	r.sortCaptures()
	return nil
}

// absorb adds the tables of o, whose captures are r's.
func (r *Report) absorb(o *Report) {
	r.maxValues, r.maxConns = tighter(r.maxValues, o.maxValues), tighter(r.maxConns, o.maxConns)
	n := withDefault(r.maxValues, defaultMaxValues)
	r.hosts.merge(&o.hosts, n)
	r.links.merge(&o.links, n)
	r.connections.merge(&o.connections, n)
	r.flows.merge(&o.flows, withDefault(r.maxConns, defaultMaxConns))
	r.queries.merge(&o.queries, n)
	r.resolutions.merge(&o.resolutions, n)
	r.requests.merge(&o.requests, n)
	r.redirects.merge(&o.redirects, n)
	r.sessions.merge(&o.sessions, n)
	r.certificates.merge(&o.certificates, n)
	r.presented.merge(&o.presented, n)
	r.ssh.merge(&o.ssh, n)
	r.files.merge(&o.files, n)
	r.emails.merge(&o.emails, n)
	r.envelopes.merge(&o.envelopes, n)
	r.logins.merge(&o.logins, n)
	r.leases.merge(&o.leases, n)
}

// tighter returns the smaller bound; 0 is none of its own.
func tighter(a, b int) int {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

func (u *Unseen) add(o *Unseen) {
	u.Cut += o.Cut
	u.Untimed += o.Untimed
	u.Backwards += o.Backwards
	u.TooLong += o.TooLong
	u.Parted += o.Parted
	u.Unpaired += o.Unpaired
	u.LinkTypes = sum(u.LinkTypes, o.LinkTypes)
	u.Damaged = sum(u.Damaged, o.Damaged)
	u.Stream.Add(o.Stream)
}

// sum adds the counts of b to those of a.
func sum[K comparable](a, b map[K]int64) map[K]int64 {
	if a == nil {
		return maps.Clone(b)
	}
	for k, n := range b {
		a[k] += n
	}
	return a
}
