package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// A TimeServer is an address to or from whose UDP port 123 datagrams were sent.
// Count is their number.
type TimeServer struct {
	Fact
	Addr netip.Addr `json:"addr"`

	// Requests counts the messages of mode 3 (client) that it received, and Replies
	// those of mode 4 (server) that it sent (RFC 5905 section 3).
	Requests int64 `json:"requests,omitempty"`
	Replies  int64 `json:"replies,omitempty"`

	// Other counts the datagrams of other modes, and those that are not valid NTP:
	// of a version other than 1 to 4 or a stratum above 16 (section 7.3), without
	// the whole header, or with more after it than extension fields (RFC 7822
	// section 3) and a digest.
	Other int64 `json:"other,omitempty"`
}

func (s *TimeServer) appendKey(dst []byte) []byte { return appendAddr(dst, s.Addr) }

func (s *TimeServer) merge(o *TimeServer) {
	s.Fact.merge(&o.Fact)
	s.Requests += o.Requests
	s.Replies += o.Replies
	s.Other += o.Other
}

var timeServers = handleOf[TimeServer]()

// TimeServers returns the addresses with NTP on their port, in order.
func (r *Report) TimeServers() iter.Seq[*TimeServer] { return timeServers.all(r) }

const ntpPort = 123

// ntp records a datagram to or from the port of NTP. If both sides use that port, the
// server is the receiver of a request and the sender of a reply.
func (w *worker) ntp(p *layers.Packet) {
	u, ok := p.UDP()
	if !ok || u.SrcPort() != ntpPort && u.DstPort() != ntpPort {
		return
	}
	src, dst, ok := p.Addrs()
	if !ok {
		return
	}
	m, ok := p.NTP()
	valid := ok && isNTP(m)
	sends, receives := u.SrcPort() == ntpPort, u.DstPort() == ntpPort
	switch {
	case valid && m.Mode() == layers.NTPClient && receives:
		w.timeServer(dst, func(s *TimeServer) { s.Requests++ })
		return
	case valid && m.Mode() == layers.NTPServer && sends:
		w.timeServer(src, func(s *TimeServer) { s.Replies++ })
		return
	}
	if sends {
		w.timeServer(src, func(s *TimeServer) { s.Other++ })
	}
	if receives {
		w.timeServer(dst, func(s *TimeServer) { s.Other++ })
	}
}

func (w *worker) timeServer(a netip.Addr, count func(*TimeServer)) {
	if s := timeServers.observe(w, TimeServer{Addr: a}, w.byPacket()); s != nil {
		count(s)
	}
}

// The lengths of the NTP header, of the shortest extension field (RFC 7822 section
// 3), and of what may end a message: a crypto-NAK, or a key and a digest of 16, 20 or
// 32 bytes (RFC 5905 section 7.3, RFC 8573).
const (
	ntpHeaderLen    = 48
	ntpExtensionLen = 16
)

// isNTP reports whether m has the form of NTP.
func isNTP(m layers.NTP) bool {
	b := m.Bytes()
	if len(b) < ntpHeaderLen || m.Version() < 1 || m.Version() > 4 || m.Stratum() > 16 {
		return false
	}
	for b = b[ntpHeaderLen:]; ; {
		switch len(b) {
		case 0, 4, 20, 24, 36:
			return true
		case 1, 2, 3:
			return false
		}
		size := int(b[2])<<8 | int(b[3])
		if size < ntpExtensionLen || size%4 != 0 || size > len(b) {
			return false
		}
		b = b[size:]
	}
}
