package main

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"

	"github.com/gopacket/gopacket"
	golayers "github.com/gopacket/gopacket/layers"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/layers"
)

const (
	responses = 1000 // of different names, so that no contestant is timed on what a processor learns by heart
	passes    = 20   // over them: one would be too short to time
)

// dnsRows parse DNS responses with four answers: an alias and its three
// addresses. The first row reads type, TTL and address of each answer, the
// second all names too. gopacket and dnsmessage decode names in any case.
func dnsRows() []*row {
	var names layers.NameAppender
	buf := make([]byte, 0, 256)
	return []*row{
		{"DNS response, answers without names", []contestant{
			repeat("sightline layers.DNS, Resources", parseDNS),
			repeat("gopacket layers.DNS, reused", gopacketDNS(false)),
			repeat("golang.org/x/net/dns/dnsmessage.Parser", func(b []byte) (result, error) { return parseDNSMessage(b, false) }),
			repeat("floor: written by hand", parseDNSByHand),
		}},
		{"DNS response, answers and all names", []contestant{
			repeat("sightline layers.DNS, Resources, NameAppender", func(b []byte) (result, error) { return parseDNSNames(b, buf, &names) }),
			repeat("gopacket layers.DNS, reused", gopacketDNS(true)),
			repeat("golang.org/x/net/dns/dnsmessage.Parser", func(b []byte) (result, error) { return parseDNSMessage(b, true) }),
		}},
	}
}

// repeat returns a contestant that parses many messages.
func repeat(name string, parse func(b []byte) (result, error)) contestant {
	r := rand.New(rand.NewPCG(1, 2))
	var messages [][]byte
	for range responses {
		messages = append(messages, response(r))
	}
	return contestant{name, func() (total result, err error) {
		for i := range passes * len(messages) {
			one, err := parse(messages[i%len(messages)])
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
	m, err := layers.ParseDNS(b)
	if err != nil {
		return res, err
	}
	for _, rr := range m.Resources() {
		res.sum += uint64(rr.Type) + uint64(rr.TTL)
		if addr, ok := rr.Addr(); ok {
			a := addr.As4()
			res.sum += uint64(binary.BigEndian.Uint32(a[:]))
		}
	}
	return res, nil
}

// parseDNSNames appends the names to buf, one at a time.
func parseDNSNames(b, buf []byte, names *layers.NameAppender) (res result, err error) {
	m, err := layers.ParseDNS(b)
	if err != nil {
		return res, err
	}
	names.Reset(m)
	for _, rr := range m.Resources() {
		res.sum += uint64(rr.Type) + uint64(rr.TTL)
		buf = names.AppendTo(buf[:0], rr.Name)
		res.bytes += len(buf)
		if addr, ok := rr.Addr(); ok {
			a := addr.As4()
			res.sum += uint64(binary.BigEndian.Uint32(a[:]))
		} else if target, ok := rr.Target(); ok {
			buf = names.AppendTo(buf[:0], target)
			res.bytes += len(buf)
		}
	}
	return res, nil
}

func gopacketDNS(names bool) func(b []byte) (result, error) {
	var m golayers.DNS
	return func(b []byte) (res result, err error) {
		if err := m.DecodeFromBytes(b, gopacket.NilDecodeFeedback); err != nil {
			return res, err
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

func parseDNSMessage(b []byte, names bool) (res result, err error) {
	var p dnsmessage.Parser
	if _, err := p.Start(b); err != nil {
		return res, err
	}
	if err := p.SkipAllQuestions(); err != nil {
		return res, err
	}
	name := func(n *dnsmessage.Name) {
		if names {
			res.bytes += int(n.Length) - 1 // without the dot at its end
		}
	}
	for {
		h, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		res.sum += uint64(h.Type) + uint64(h.TTL)
		name(&h.Name)
		switch h.Type {
		case dnsmessage.TypeA:
			r, err := p.AResource()
			if err != nil {
				return res, err
			}
			res.sum += uint64(binary.BigEndian.Uint32(r.A[:]))
		default:
			r, err := p.CNAMEResource()
			if err != nil {
				return res, err
			}
			name(&r.CNAME)
		}
	}
}

var errShort = errors.New("short message")

func parseDNSByHand(b []byte) (res result, err error) {
	if len(b) < 12 {
		return res, errShort
	}
	questions, answers := binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
	at := 12
	for range questions {
		at = skipName(b, at) + 4
	}
	for range answers {
		at = skipName(b, at)
		if at+10 > len(b) {
			return res, errShort
		}
		typ, size := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+8:]))
		res.sum += uint64(typ) + uint64(binary.BigEndian.Uint32(b[at+4:]))
		at += 10
		if at+size > len(b) {
			return res, errShort
		}
		if typ == 1 && size == 4 {
			res.sum += uint64(binary.BigEndian.Uint32(b[at:]))
		}
		at += size
	}
	return res, nil
}

// skipName returns where the name at at ends, at the least.
func skipName(b []byte, at int) int {
	for at < len(b) {
		switch n := b[at]; {
		case n == 0:
			return at + 1
		case n >= 0xc0:
			return at + 2
		default:
			at += 1 + int(n)
		}
	}
	return at
}
