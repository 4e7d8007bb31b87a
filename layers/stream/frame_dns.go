package stream

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
)

// A dnsFramer splits DNS over TCP, where each message follows its length in two
// bytes (RFC 1035 section 4.2.2, RFC 7766 section 8).
type dnsFramer struct {
	buf   [2]buffer
	state [2]dnsState
}

// A dnsState says whether a side is in step with the length prefixes.
type dnsState uint8

const (
	dnsInStep dnsState = iota
	dnsResync          // the next piece may begin with a prefix
	dnsLost
)

func newDNS(Path, int) framer { return &dnsFramer{} }

func (f *dnsFramer) lost(s sink, side, _ int) {
	f.buf[side].abandon(s)
	f.state[side] = dnsResync
}

func (f *dnsFramer) push(s sink, p piece) {
	b, state := &f.buf[p.side], &f.state[p.side]
	if *state == dnsResync {
		*state = dnsInStep
		if !looksLikeDNS(p.data) {
			*state = dnsLost
		}
	}
	for len(p.data) > 0 && *state == dnsInStep {
		head, ok := b.fill(s, &p, 2)
		if !ok {
			return
		}
		size := 2 + int(binary.BigEndian.Uint16(head))
		if size-2 > withDefault(s.a.MaxMessage, defaultMaxMessage) {
			s.a.stats.TooLong++
			*state = dnsLost
			return
		}
		m, ok := b.fill(s, &p, size)
		if !ok {
			return
		}
		if size > 2 {
			s.emit(Message{
				Proto: DNS, Kind: DNSMessage, FromClient: p.side == s.c.client,
				First: b.first, Last: p.ref, Gap: b.gap, Data: m[2:size:size],
			})
		}
		b.done(s, &p, size)
	}
}

func (f *dnsFramer) end(s sink, side int) { f.buf[side].abandon(s) }

func (f *dnsFramer) free(s sink) {
	f.buf[0].drop(s)
	f.buf[1].drop(s)
}

// looksLikeDNS reports whether b may be the beginning of a DNS message with its
// length prefix: a plausible header, and a length with room for it.
func looksLikeDNS(b []byte) bool {
	return len(b) >= 14 && binary.BigEndian.Uint16(b) >= 17 && plausibleDNS(b[2:])
}

// plausibleDNS reports whether b begins with a header (RFC 1035 section 4.1.1) with a
// known opcode, the reserved bit 0 and one question.
func plausibleDNS(b []byte) bool {
	if len(b) < 12 {
		return false
	}
	flags := binary.BigEndian.Uint16(b[2:])
	opcode := flags >> 11 & 0xf
	return opcode <= 6 && opcode != 3 && flags&0x0040 == 0 &&
		binary.BigEndian.Uint16(b[4:]) == 1 && binary.BigEndian.Uint16(b[6:]) < 256
}

// The ports of DNS, also over TLS, multicast DNS and LLMNR (IANA registry
// "service-names-port-numbers").
func dnsPort(port uint16) bool { return port == 53 || port == 853 || port == 5353 || port == 5355 }

// recogniseDNS accepts a plausible header, and on ports other than DNS's only
// with a valid message, or as much of it as probeLen bytes hold.
func recogniseDNS(b []byte, f layers.Flow) (role, verdict) {
	const header = "\x00\x11\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" // that looksLikeDNS accepts
	own := dnsPort(f.Src.Port()) || dnsPort(f.Dst.Port())
	if n := len(b); n < len(header) {
		return either, undecidedIf(own || looksLikeDNS(append(b[:n:n], header[n:]...)))
	}
	if !looksLikeDNS(b) {
		return either, refused
	}
	r := fromClient
	if b[4]&0x80 != 0 {
		r = fromServer
	}
	if own {
		return r, decided
	}
	size := 2 + int(binary.BigEndian.Uint16(b))
	if len(b) < min(size, probeLen) {
		return either, undecided
	}
	m, err := dns.ParseMessage(b[2:min(size, len(b))])
	if err != nil {
		return either, refused
	}
	if size > len(b) {
		return r, decidedIf(asksInternet(m))
	}
	return r, decidedIf(m.Validate() == nil)
}

// asksInternet reports whether a message, perhaps cut short, has a question of
// class IN or ANY.
func asksInternet(m dns.Message) bool {
	for q := range m.Questions() {
		return q.Class == dns.ClassIN || q.Class == dns.ClassANY
	}
	return false
}
