package extract

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// A resource is a resource record whose data is a name, an address, or else text.
type resource struct {
	section int // 0: answer, 1: authority, 2: additional
	name    string
	kind    uint16
	data    string
}

// The types that the tests use.
const (
	typeA, typeNS, typeCNAME, typeNULL, typeTXT, typeDNAME = 1, 2, 5, 10, 16, 39
)

// A reply is a DNS response.
type reply struct {
	flags   uint16 // 0: 0x8180, a response of a resolver
	name    string
	kind    uint16 // 0: A
	records []resource
}

func (r reply) bytes() []byte {
	if r.flags == 0 {
		r.flags = 0x8180
	}
	if r.kind == 0 {
		r.kind = typeA
	}
	var counts [3]uint16
	var body []byte
	for _, rr := range r.records {
		counts[rr.section]++
		data := wireName(rr.data)
		if a, err := netip.ParseAddr(rr.data); err == nil {
			data = a.AsSlice()
		} else if rr.kind == typeTXT {
			data = nil
			for piece := range slices.Chunk([]byte(rr.data), 255) {
				data = append(append(data, byte(len(piece))), piece...)
			}
		}
		body = binary.BigEndian.AppendUint16(append(body, wireName(rr.name)...), rr.kind)
		body = append(body, 0, 1, 0, 0, 0, 60)
		body = append(binary.BigEndian.AppendUint16(body, uint16(len(data))), data...)
	}
	b := []byte{0, 1}
	for _, n := range []uint16{r.flags, 1, counts[0], counts[1], counts[2]} {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	b = binary.BigEndian.AppendUint16(append(b, wireName(r.name)...), r.kind)
	return append(append(b, 0, 1), body...)
}

func wireName(name string) (b []byte) {
	for label := range strings.SplitSeq(name, ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0)
}

func (c *capture) reply(server string, port uint16, r reply) *capture {
	return c.add(build.UDP(server, port, "10.0.0.5", 40000, r.bytes()))
}

// An answer counts for the name in the question, in whatever order its aliases are
// (RFC 1034 section 3.6.2). Records of other sections are glue (RFC 9471).
func TestAsked(t *testing.T) {
	for _, test := range []struct {
		name string
		reply
		want []string
	}{
		{"direct", reply{name: "a.example", records: []resource{{0, "A.example", typeA, "192.0.2.1"}}}, []string{
			"a.example 192.0.2.1 for a.example",
		}},
		{"aliases", reply{name: "a.example", records: []resource{
			{0, "a.example", typeCNAME, "b.example"}, {0, "b.example", typeCNAME, "c.example"}, {0, "c.example", typeA, "192.0.2.1"},
		}}, []string{
			"a.example b.example for a.example", "b.example c.example for a.example", "c.example 192.0.2.1 for a.example",
		}},
		{"aliases in reverse order", reply{name: "a.example", records: []resource{
			{0, "c.example", typeA, "192.0.2.1"}, {0, "b.example", typeCNAME, "c.example"}, {0, "a.example", typeCNAME, "b.example"},
		}}, []string{
			"a.example b.example for a.example", "b.example c.example for a.example", "c.example 192.0.2.1 for a.example",
		}},
		{"a loop of aliases", reply{name: "a.example", records: []resource{
			{0, "a.example", typeCNAME, "b.example"}, {0, "b.example", typeCNAME, "a.example"}, {0, "c.example", typeA, "192.0.2.1"},
		}}, []string{
			"a.example b.example for a.example", "b.example a.example for a.example", "c.example 192.0.2.1 for ",
		}},
		{"a zone with another name", reply{name: "www.a.example", records: []resource{ // RFC 6672 section 5.3.1
			{0, "a.example", typeDNAME, "b.example"}, {0, "www.a.example", typeCNAME, "www.b.example"}, {0, "www.b.example", typeA, "192.0.2.1"},
		}}, []string{
			"a.example b.example for www.a.example", "www.a.example www.b.example for www.a.example", "www.b.example 192.0.2.1 for www.a.example",
		}},
		{"glue", reply{name: "a.example", records: []resource{
			{0, "a.example", typeA, "192.0.2.1"}, {1, "example", typeNS, "ns.example"}, {2, "ns.example", typeA, "192.0.2.53"},
			{0, "bank.example", typeA, "192.0.2.66"},
		}}, []string{
			"a.example 192.0.2.1 for a.example", "bank.example 192.0.2.66 for ", "example ns.example for ", "ns.example 192.0.2.53 for ",
		}},
	} {
		var c capture
		rep := c.reply("192.0.2.2", 53, test.reply).report(t, Options{})
		var got []string
		for r := range rep.Resolutions() {
			got = append(got, fmt.Sprintf("%s %s for %s", r.Name, r.Value, r.Asked()))
			if r.Glue != (r.Asked() == "") || r.For == r.Name {
				t.Errorf("%s: %+v", test.name, r)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// An answer with more aliases than are followed has no glue.
func TestMaxAliases(t *testing.T) {
	var r reply
	r.name = "0.example"
	for i := range maxAliases + 1 {
		r.records = append(r.records, resource{0, fmt.Sprintf("%d.example", i), typeCNAME, fmt.Sprintf("%d.example", i+1)})
	}
	r.records = append(r.records, resource{0, "last.example", typeA, "192.0.2.1"})
	var c capture
	for row := range c.reply("192.0.2.2", 53, r).report(t, Options{}).Resolutions() {
		if row.Asked() != "0.example" {
			t.Errorf("%s %s is for %q", row.Name, row.Value, row.Asked())
		}
	}
}

// The row of a resolver counts responses by their RD and RA bits (RFC 1035 section
// 4.1.1), and lists the domains of those that answer.
func TestResolvers(t *testing.T) {
	const refused, nxdomain, authority = 0x8185, 0x8183, 0x8580 &^ 0x80
	var c capture
	c.reply("192.0.2.2", 53, reply{name: "www.a.example"})
	c.reply("192.0.2.2", 53, reply{name: "www.b.co.uk"})
	c.reply("192.0.2.2", 53, reply{name: "www.c.example", flags: nxdomain})
	c.reply("192.0.2.2", 53, reply{name: "www.d.example", flags: refused})
	c.reply("192.0.2.2", 53, reply{name: "www.e.example", flags: authority})
	c.reply("192.0.2.2", 53, reply{name: "1.2.0.192.in-addr.arpa", kind: 12})
	c.reply("192.0.2.2", 53, reply{name: "printer"})
	c.reply("224.0.0.251", 5353, reply{name: "www.f.example"})
	c.add(build.UDP("10.0.0.5", 40000, "192.0.2.3", 53, build.DNSQuery(1, "www", "a", "example")))
	var rows []*Resolver
	for r := range c.report(t, Options{}).Resolvers() {
		rows = append(rows, r)
	}
	if len(rows) != 1 {
		t.Fatalf("%d resolvers", len(rows))
	}
	r := rows[0]
	if diff := cmp.Diff([]string{"a.example", "b.co.uk", "c.example"}, r.Domains); diff != "" {
		t.Error(diff)
	}
	if r.Addr.String() != "192.0.2.2" || r.Count != 7 || r.Recursive != 6 || r.Other != 1 || r.Odd != 0 {
		t.Errorf("%+v", r)
	}
}

// Data of tunnels is odd: the types and encodings of iodine and dnscat2. What
// ordinary hosts ask for is not.
func TestOddResponses(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyz"
	for _, test := range []struct {
		name string
		reply
		odd int64
	}{
		{"NULL", reply{name: "t.example", kind: typeNULL}, 1},
		{"private type", reply{name: "t.example", kind: 65399}, 1}, // iodine
		{"NULL in the answer", reply{name: "t.example", records: []resource{{0, "t.example", typeNULL, "data"}}}, 1},
		{"long TXT", reply{name: "t.example", kind: typeTXT, records: []resource{{0, "t.example", typeTXT, strings.Repeat("x", 201)}}}, 1},
		{"several TXT", reply{name: "t.example", kind: typeTXT, records: []resource{
			{0, "t.example", typeTXT, strings.Repeat("x", 101)}, {0, "t.example", typeTXT, strings.Repeat("y", 101)},
		}}, 1},
		{"hexadecimal", reply{name: "a302da3294ef556ab933c9b09a7fdebf7ca7bb51868dee1cc2.t.example"}, 1},
		{"long labels", reply{name: alphabet + "." + alphabet + "." + alphabet + ".t.example"}, 1},
		{"other octets", reply{name: "\xbd\xbe\xbf.t.example"}, 1},
		{"a sender policy", reply{name: "a.example", kind: typeTXT, records: []resource{{0, "a.example", typeTXT, "v=spf1 mx -all"}}}, 0},
		{"a host of a provider", reply{name: "ec2-203-0-113-25.compute-1.example.com"}, 0},
		{"a service", reply{name: "_ldap._tcp.default-first-site-name._sites.dc._msdcs.corp.example"}, 0},
		{"an address", reply{name: strings.Repeat("b.a.9.8.", 8) + "ip6.arpa", kind: 12}, 0},
	} {
		var c capture
		for r := range c.reply("192.0.2.2", 53, test.reply).report(t, Options{}).Resolvers() {
			if r.Odd != test.odd {
				t.Errorf("%s: %d odd", test.name, r.Odd)
			}
		}
	}
}

// The domains kept are the first in order, whatever the order of the responses.
func TestMaxDomains(t *testing.T) {
	for _, order := range []int{1, -1} {
		var c capture
		for i := range 2 * maxDomains {
			if order < 0 {
				i = 2*maxDomains - 1 - i
			}
			c.reply("192.0.2.2", 53, reply{name: fmt.Sprintf("www.%c.example", 'a'+i)})
		}
		for r := range c.report(t, Options{}).Resolvers() {
			if len(r.Domains) != maxDomains || r.Domains[0] != "a.example" || r.Domains[maxDomains-1] != "h.example" {
				t.Errorf("%q", r.Domains)
			}
		}
	}
}

// A dot inside a label forges no domain.
func TestForgedDomain(t *testing.T) {
	b := reply{name: "x"}.bytes()
	b = slices.Replace(b, 12, 15, wireName("www.bank")...)
	b = slices.Replace(b, 12, 21, append([]byte("\x08www.bank\x07example"), 0)...)
	var c capture
	for r := range c.add(build.UDP("192.0.2.2", 53, "10.0.0.5", 40000, b)).report(t, Options{}).Resolvers() {
		if len(r.Domains) != 0 || r.Odd != 1 {
			t.Errorf("%+v", r)
		}
	}
}
