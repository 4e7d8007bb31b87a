package extract

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A lane does the work of its shards, one packet after the other, and notes what
// it observes in a report of its own. Which shards are whose makes no
// difference to the sum of the reports.
type lane struct {
	number  int
	options *Options
	want    wanted
	report  Report
	ref     stream.Ref // of the packet in work

	names       layers.NameAppender // of the message of DNS in work
	lastName    string
	lastMAC     layers.MAC
	lastMACText string
	scratch     []byte
	recent      recentRequests
}

// A shard follows the connections between its pairs of addresses.
type shard struct {
	lane    *lane
	streams stream.Assembler
	flows   flowTable
	hellos  fifo[hello]  // of TLS, that wait for their answer
	mails   fifo[string] // the mail that a connection carries last
}

// wanted says which topics are looked at.
type wanted struct {
	http, files, tls, dns, mail, ssh, logins, dhcp, ip, connections bool
}

// traffic reports whether connections are followed: hosts have their roles from
// them.
func (w *wanted) traffic() bool { return w.ip || w.connections }

func newLane(number int, o *Options) *lane {
	only := topics(o.Only)
	l := &lane{number: number, options: o, want: wanted{
		http: only.has(HTTP), files: only.has(Files), tls: only.has(TLS), dns: only.has(DNS), mail: only.has(Mail),
		ssh: only.has(SSH), logins: only.has(Logins), dhcp: only.has(DHCP), ip: only.has(IP),
		connections: only.has(Connections),
	}}
	l.report.maxValues, l.report.maxConns = o.MaxValues, o.MaxConns
	return l
}

func newShard(o *Options, l *lane) *shard {
	s := &shard{lane: l}
	s.streams.Config = o.Stream
	s.streams.NoFiles = o.Stream.NoFiles || !l.want.files
	s.streams.MaxSilent = max(withDefault(o.Stream.MaxSilent, defaultMaxSilent)/shardCount, 1)
	s.flows.max = max(withDefault(o.MaxLive, defaultMaxLive)/shardCount, 1)
	return s
}

func (l *lane) maxValues() int { return withDefault(l.options.MaxValues, defaultMaxValues) }

func (l *lane) maxConns() int { return withDefault(l.options.MaxConns, defaultMaxConns) }

// packet takes a packet that is no fragment.
func (l *lane) packet(s *shard, p *layers.Packet, rec *pcap.Record, ref stream.Ref) {
	l.ref = ref
	if l.want.traffic() {
		l.traffic(s, p, rec)
	}
	if l.want.dhcp {
		l.dhcp(p)
	}
	s.streams.Capture = ref.Capture
	l.messages(s, s.streams.PushWhole(p, ref, rec))
}

// fragment takes a fragment of a datagram: what can be told by it alone.
func (l *lane) fragment(p *layers.Packet, rec *pcap.Record, ref stream.Ref) {
	l.ref = ref
	if l.want.traffic() {
		l.addresses(p, rec.WireLen, false)
	}
}

// datagram takes a packet that was put together of fragments, from the first to
// the last of e.
func (l *lane) datagram(s *shard, p *layers.Packet, rec *pcap.Record, e Evidence) {
	l.ref = e.Last
	if l.want.traffic() {
		l.datagramTraffic(s, p, rec)
	}
	if l.want.dhcp {
		l.dhcp(p)
	}
	s.streams.Capture = e.Last.Capture
	l.messages(s, s.streams.PushWhole(p, e.First, rec))
}

// end takes what is still open in a shard.
func (l *lane) end(s *shard) {
	for f := s.flows.oldest; f != nil; f = s.flows.oldest {
		l.close(s, f)
	}
	for h := range s.hellos.drain() {
		l.session(h)
	}
}

func (l *lane) messages(s *shard, ms []stream.Message) {
	for i := range ms {
		m := &ms[i]
		if l.want.traffic() {
			s.flows.speaks(m)
		}
		switch m.Kind {
		case stream.FileBegin, stream.FileData:
		case stream.FileEnd:
			if l.want.files {
				l.file(s, m)
			}
		default:
			l.message(s, m)
		}
	}
}

func (l *lane) message(s *shard, m *stream.Message) {
	switch m.Proto {
	case stream.DNS:
		if l.want.dns {
			l.dns(m)
		}
	case stream.HTTP1:
		if l.want.http {
			l.http(m)
		}
	case stream.TLS, stream.DTLS:
		if l.want.tls {
			l.tls(s, m)
		}
	case stream.SSH:
		if l.want.ssh {
			l.sshMessage(m)
		}
	case stream.Mail:
		if l.want.mail || l.want.files {
			l.email(s, m)
		}
	case stream.SMTP:
		if l.want.mail {
			l.smtp(m)
		}
	case stream.FTP, stream.POP3:
		if l.want.logins {
			l.login(m)
		}
	}
}

// byPacket returns the evidence that the packet in work is.
func (l *lane) byPacket() Evidence { return Evidence{First: l.ref, Last: l.ref} }

// byMessage returns the evidence that m is.
func byMessage(m *stream.Message) Evidence {
	e := Evidence{First: m.First, Last: m.Last}
	if m.Via.Innermost() != stream.UDP || m.First != m.Last {
		conn := *m.Conn
		e.Conn = &conn
	}
	return e
}

// fits reports whether texts are short enough to be kept, and counts those that
// are not.
func (l *lane) fits(texts ...string) bool {
	for _, t := range texts {
		if len(t) > withDefault(l.options.MaxValueLen, defaultMaxValueLen) {
			l.report.Unseen.TooLong++
			return false
		}
	}
	return true
}
