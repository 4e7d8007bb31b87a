package main

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"

	"github.com/gopacket/gopacket"
	golayers "github.com/gopacket/gopacket/layers"
	miekg "github.com/miekg/dns"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/layers/dns"
)

const (
	distinct = 1000 // messages with different names, so that branch prediction cannot learn them
	passes   = 20   // over the messages: one would be too short to time
)

// dnsRows returns the rows that parse DNS messages: queries, and responses with
// four answers, a CNAME and three addresses. They read type and name of the
// question, and type, TTL and address of each answer. One row skips the names;
// gopacket, dnsmessage and miekg decode them anyway.
func dnsRows() []measurer {
	const perMessage = "ns/message"
	return []measurer{
		&row{title: title{"messages", queryNames, perMessage}, contestants: []contestant{
			repeat("sightline dns.Message, NameAppender", query, parseDNSNames()),
			repeat("gopacket layers.DNS, reused", query, gopacketDNS(true)),
			repeat("dnsmessage.Parser", query, dnsMessage(true)),
			repeat("miekg/dns", query, miekgDNS(true)),
			repeat("floor: written by hand", query, queryByHand),
		}},
		&row{title: title{"messages", responseData, perMessage}, contestants: []contestant{
			repeat("sightline dns.Message, Resources", response, parseDNS),
			repeat("gopacket layers.DNS, reused", response, gopacketDNS(false)),
			repeat("dnsmessage.Parser", response, dnsMessage(false)),
			repeat("miekg/dns", response, miekgDNS(false)),
			repeat("floor: written by hand", response, parseDNSByHand),
		}},
		&row{title: title{"messages", responseNames, perMessage}, contestants: []contestant{
			repeat("sightline dns.Message, Resources, NameAppender", response, parseDNSNames()),
			repeat("gopacket layers.DNS, reused", response, gopacketDNS(true)),
			repeat("dnsmessage.Parser", response, dnsMessage(true)),
			repeat("miekg/dns", response, miekgDNS(true)),
		}},
	}
}

func query(r *rand.Rand) []byte { return dnsQuery(uint16(r.Uint32()), domain(r), dnsmessage.TypeA) }

func response(r *rand.Rand) []byte {
	addrs := []dnsmessage.ResourceBody{
		&dnsmessage.AResource{A: [4]byte{203, 0, 113, 1}}, &dnsmessage.AResource{A: [4]byte{203, 0, 113, 2}}, &dnsmessage.AResource{A: [4]byte{203, 0, 113, 3}},
	}
	return dnsResponse(uint16(r.Uint32()), domain(r), dnsmessage.TypeA, domain(r), addrs)
}

// repeat returns a contestant that parses the same messages passes times.
func repeat(name string, message func(*rand.Rand) []byte, parse func(b []byte) (result, error)) contestant {
	r := rand.New(rand.NewPCG(1, 2))
	var all [][]byte
	for range distinct {
		all = append(all, message(r))
	}
	return contestant{name, func() (total result, err error) {
		for i := range passes * len(all) {
			one, err := parse(all[i%len(all)])
			if err != nil {
				return total, err
			}
			total.items++
			total.bytes += one.bytes
			total.sum += one.sum
		}
		return total, nil
	}}
}

func parseDNS(b []byte) (res result, err error) {
	m, err := dns.ParseMessage(b)
	if err != nil {
		return res, err
	}
	for q := range m.Questions() {
		res.sum += uint64(q.Type)
	}
	for rr := range m.Answers() {
		res.sum += uint64(rr.Type) + uint64(rr.TTL)
		if addr, ok := rr.Addr(); ok {
			a := addr.As4()
			res.sum += uint64(binary.BigEndian.Uint32(a[:]))
		}
	}
	return res, nil
}

// A namesReader reads names into a reused buffer.
type namesReader struct {
	names dns.NameAppender
	buf   []byte
}

func parseDNSNames() func(b []byte) (result, error) {
	r := &namesReader{buf: make([]byte, 0, 256)}
	return r.parse
}

func (r *namesReader) parse(b []byte) (res result, err error) {
	m, err := dns.ParseMessage(b)
	if err != nil {
		return res, err
	}
	r.message(m, &res)
	return res, nil
}

func (r *namesReader) length(n dns.Name) int {
	r.buf = r.names.AppendTo(r.buf[:0], n)
	return len(r.buf)
}

func gopacketDNS(names bool) func(b []byte) (result, error) {
	var m golayers.DNS
	return func(b []byte) (res result, err error) {
		if err := m.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return res, err
		}
		for i := range m.Questions {
			q := &m.Questions[i]
			res.sum += uint64(q.Type)
			if names {
				res.bytes += len(q.Name)
			}
		}
		for i := range m.Answers {
			rr := &m.Answers[i]
			res.sum += uint64(rr.Type) + uint64(rr.TTL)
			if rr.Type == golayers.DNSTypeA {
				res.sum += uint64(binary.BigEndian.Uint32(rr.IP))
			}
			if names {
				res.bytes += len(rr.Name) + len(rr.CNAME)
			}
		}
		return res, nil
	}
}

// miekgDNS reuses its message. miekg's names end with a dot.
func miekgDNS(names bool) func(b []byte) (result, error) {
	var m miekg.Msg
	return func(b []byte) (res result, err error) {
		if err := m.Unpack(b); err != nil {
			return res, err
		}
		name := func(s string) {
			if names {
				res.bytes += len(s) - 1
			}
		}
		for i := range m.Question {
			res.sum += uint64(m.Question[i].Qtype)
			name(m.Question[i].Name)
		}
		for _, rr := range m.Answer {
			h := rr.Header()
			res.sum += uint64(h.Rrtype) + uint64(h.Ttl)
			name(h.Name)
			switch rr := rr.(type) {
			case *miekg.A:
				res.sum += uint64(binary.BigEndian.Uint32(rr.A.To4()))
			case *miekg.CNAME:
				name(rr.Target)
			}
		}
		return res, nil
	}
}

type dnsReader struct {
	dnsmessage.Parser
	names bool
	res   result
}

func dnsMessage(names bool) func(b []byte) (result, error) {
	return func(b []byte) (result, error) {
		r := dnsReader{names: names}
		if _, err := r.Start(b); err != nil {
			return r.res, err
		}
		err := r.read()
		return r.res, err
	}
}

func (r *dnsReader) read() error {
	for {
		q, err := r.Question()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			break
		}
		if err != nil {
			return err
		}
		r.res.sum += uint64(q.Type)
		r.name(&q.Name)
	}
	for {
		err := r.answer()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// name counts a name without its final dot.
func (r *dnsReader) name(n *dnsmessage.Name) {
	if r.names {
		r.res.bytes += int(n.Length) - 1
	}
}

func (r *dnsReader) answer() error {
	h, err := r.AnswerHeader()
	if err != nil {
		return err
	}
	r.res.sum += uint64(h.Type) + uint64(h.TTL)
	r.name(&h.Name)
	if h.Type == dnsmessage.TypeA {
		a, err := r.AResource()
		r.res.sum += uint64(binary.BigEndian.Uint32(a.A[:]))
		return err
	}
	c, err := r.CNAMEResource()
	r.name(&c.CNAME)
	return err
}
