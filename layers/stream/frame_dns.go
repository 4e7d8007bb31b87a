package stream

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
)

// A dnsFramer cuts DNS over TCP: each message behind two bytes of its length
// (RFC 1035 section 4.2.2, RFC 7766 section 8).
type dnsFramer struct {
	buf   [2]buffer
	state [2]dnsState
}

// A dnsState says whether the length prefixes of a side are known to be found.
type dnsState uint8

const (
	dnsInStep dnsState = iota
	dnsResync          // the next piece may begin with one
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

// looksLikeDNS reports whether b can be the beginning of a DNS message behind
// its length: a header (RFC 1035 section 4.1.1) of a known opcode, the reserved
// bit 0, one question, and room for it.
func looksLikeDNS(b []byte) bool {
	if len(b) < 14 {
		return false
	}
	size, flags := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[4:])
	opcode := flags >> 11 & 0xf
	return size >= 17 && opcode <= 6 && opcode != 3 && flags&0x0040 == 0 &&
		binary.BigEndian.Uint16(b[6:]) == 1 && binary.BigEndian.Uint16(b[8:]) < 256
}

// The ports of DNS, multicast DNS and LLMNR (IANA registry
// "service-names-port-numbers").
func dnsPort(port uint16) bool { return port == 53 || port == 5353 || port == 5355 }

// recogniseDNS wants a plausible header, and on ports that are not DNS's own a
// whole message without fault.
func recogniseDNS(b []byte, f layers.Flow) (role, verdict) {
	own := dnsPort(f.Src.Port()) || dnsPort(f.Dst.Port())
	if len(b) < 14 && own {
		return either, undecided
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
	if len(b) < size {
		return either, refused
	}
	m, err := dns.ParseMessage(b[2:size])
	if err != nil || m.Validate() != nil {
		return either, refused
	}
	return r, decided
}
