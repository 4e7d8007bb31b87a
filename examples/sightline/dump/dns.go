package dump

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/dns"
)

const portDNS = 53

// dnsOverTCP adds the messages in a segment that starts with a message. A length
// precedes each (RFC 1035 section 4.2.2).
func (f *fields) dnsOverTCP(b []byte) {
	for len(b) > 2 {
		size := int(binary.BigEndian.Uint16(b))
		b = b[2:]
		m, err := dns.ParseMessage(b[:min(size, len(b))])
		if err != nil {
			f.dnsHeader(b[:min(size, len(b))])
			return
		}
		f.dns(m)
		b = b[min(size, len(b)):]
	}
}

// dnsHeader adds the header fields of a message that b holds completely.
func (f *fields) dnsHeader(b []byte) {
	f.object.put([]field{{key: dnsID, at: 0, size: 2, mask: all}}, b)
	if len(b) < 4 {
		return
	}
	opcode, response := b[2]>>3&0x0f, b[2]&0x80 != 0
	f.object.boolean(dnsResponse, response)
	f.object.number(dnsOpcode, uint64(opcode))
	if response {
		f.object.number(dnsRCode, uint64(b[3]&0x0f))
	}
	counts := dnsCounts
	if dns.Opcode(opcode) == dns.OpcodeUpdate {
		counts = counts[3:] // the other sections differ (RFC 2136 section 2.2)
	}
	f.object.put(counts, b)
}

var dnsCounts = []field{
	{key: dnsQueries, at: 4, size: 2, mask: all},
	{key: dnsAnswers, at: 6, size: 2, mask: all},
	{key: dnsAuthorities, at: 8, size: 2, mask: all},
	{key: dnsAdditionals, at: 10, size: 2, mask: all},
}

func (f *fields) dns(m dns.Message) {
	o := &f.object
	f.dnsHeader(m.Bytes())
	for q := range m.Questions() {
		f.name(dnsQryName, q.Name)
		o.number(dnsQryType, uint64(q.Type))
	}
	for _, rr := range m.Resources() {
		f.resource(rr)
	}
}

func (f *fields) resource(rr dns.Resource) {
	o := &f.object
	f.name(dnsRespName, rr.Name)
	o.number(dnsRespType, uint64(rr.Type))
	if rr.Type != dns.TypeOPT {
		o.number(dnsRespTTL, uint64(rr.TTL))
	}
	switch rr.Type {
	case dns.TypeA:
		f.address(dnsA, rr)
	case dns.TypeAAAA:
		f.address(dnsAAAA, rr)
	case dns.TypeCNAME:
		f.target(dnsCNAME, rr)
	case dns.TypeNS:
		f.target(dnsNS, rr)
	case dns.TypePTR:
		f.target(dnsPTR, rr)
	case dns.TypeMX:
		if _, exchange, ok := rr.MX(); ok {
			f.name(dnsMX, exchange)
		}
	case dns.TypeSRV:
		if srv, ok := rr.SRV(); ok {
			f.name(dnsSRV, srv.Target)
		}
	case dns.TypeSOA:
		if soa, ok := rr.SOA(); ok {
			f.name(dnsSOA, soa.MName)
		}
	case dns.TypeTXT:
		for text := range rr.Texts() {
			o.text(dnsTXT, string(text))
		}
	}
}

func (f *fields) address(k key, rr dns.Resource) {
	if a, ok := rr.Addr(); ok {
		f.object.addr(k, a)
	}
}

func (f *fields) target(k key, rr dns.Resource) {
	if n, ok := rr.Target(); ok {
		f.name(k, n)
	}
}

// name adds a name as it is in the packet. An error takes the place of a malformed
// name, so that lists of names and of types stay parallel.
func (f *fields) name(k key, n dns.Name) {
	f.object.text(k, rawName(n))
}

// rawName returns the labels of a name, separated by dots.
func rawName(n dns.Name) string {
	if n.Err() != nil {
		return "<" + n.Err().Error() + ">"
	}
	var b []byte
	for label := range n.Labels() {
		if len(b) > 0 {
			b = append(b, '.')
		}
		b = append(b, label...)
	}
	return string(b)
}
