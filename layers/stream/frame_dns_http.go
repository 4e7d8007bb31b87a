package stream

import (
	"math"

	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/http1"
)

// A dnsBody collects a body that is a DNS message (RFC 8484 section 6).
type dnsBody struct{ b []byte }

// maxDNSBody limits its length (RFC 8484 section 6).
const maxDNSBody = math.MaxUint16

// isDNSMessage reports whether a media type is that of a DNS message, or its name
// before RFC 8484.
func isDNSMessage(typ string) bool {
	return typ == "application/dns-message" || typ == "application/dns-udpwireformat"
}

// write adds content, of which it keeps one byte too many at most.
func (d *dnsBody) write(s sink, data []byte, _ Ref) {
	before := cap(d.b)
	d.b = append(d.b, data[:min(len(data), maxDNSBody+1-len(d.b))]...)
	s.a.hold(cap(d.b) - before)
}

// lose does nothing: the body's state says that bytes are missing.
func (d *dnsBody) lose(sink, int) {}

// holds returns DNSMessage if the body is a valid message and nothing else.
func (d *dnsBody) holds(state Completeness) Kind {
	if m, err := dns.ParseMessage(d.b); state.Hashed() && err == nil && m.Len() == len(d.b) && m.Validate() == nil {
		return DNSMessage
	}
	return 0
}

// end emits the message of a body that ended in a state.
func (d *dnsBody) end(s sink, from Message, state Completeness) {
	if from.FromClient {
		from.Request = nil
	}
	switch {
	case !state.Hashed() && state != Oversized:
		s.a.stats.Incomplete++
	case state == Oversized, len(d.b) > min(maxDNSBody, withDefault(s.a.MaxMessage, defaultMaxMessage)):
		s.a.stats.TooLong++
	default:
		s.emitDNS(from, d.b)
	}
}

func (d *dnsBody) drop(s sink) {
	s.a.hold(-cap(d.b))
	d.b = nil
}

// emitDNS emits the DNS message b inside from, a message of HTTP, and counts it if it
// is damaged.
func (s sink) emitDNS(from Message, b []byte) {
	msg, err := dns.ParseMessage(b)
	if err != nil || msg.Validate() != nil {
		s.a.stats.Malformed++
	}
	if err == nil {
		s.via = s.via.with(from.Proto)
		from.Proto, from.Kind, from.Data, from.File = DNS, DNSMessage, b, nil
		s.emit(from)
	}
}

// dnsQuery emits the DNS query in the target of a GET request (RFC 8484 section
// 4.1.1), of which m is the Message. Without a matching Accept, the query must be
// valid.
func (s sink) dnsQuery(m Message, req http1.Request) {
	b, ok := dns.FromTarget(req.Target())
	switch {
	case !ok:
	case dns.IsQuery(b):
		s.emitDNS(m, b)
	case !isDNSMessage(mediaType(req.Get("Accept"))):
	case len(b) > maxDNSBody:
		s.a.stats.TooLong++
	default:
		s.emitDNS(m, b)
	}
}
