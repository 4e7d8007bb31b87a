package extract

import (
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// The names of the messages below, encoded.
const (
	wireZone   = "\x03dyn\x07example\x00"
	wireHost   = "\x04evil\xc0\x0c"
	wireTarget = "\x03svc\x03cdn\x07example\x00"
)

// A dnsRecord is a resource record with an encoded name.
type dnsRecord struct {
	name       string
	typ, class uint16
	data       string
}

// dnsMessage returns a message (RFC 1035 section 4.1) with a question for dyn.example of
// a type.
func dnsMessage(flags, question uint16, sections ...[]dnsRecord) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0, 9}, flags)
	b = append(b, 0, 1, 0, 0, 0, 0, 0, 0)
	b = append(b, wireZone...)
	b = append(binary.BigEndian.AppendUint16(b, question), 0, 1)
	for i, records := range sections {
		binary.BigEndian.PutUint16(b[6+2*i:], uint16(len(records)))
		for _, r := range records {
			b = append(b, r.name...)
			b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, r.typ), r.class)
			b = append(b, 0, 0, 0, 60)
			b = append(binary.BigEndian.AppendUint16(b, uint16(len(r.data))), r.data...)
		}
	}
	return b
}

// dnsRows returns the rows of the topic for messages between a client and a server.
func dnsRows(t *testing.T, messages ...[]byte) (rows []string) {
	t.Helper()
	var c capture
	for _, m := range messages {
		if m[2]&0x80 == 0 {
			c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, m))
		} else {
			c.add(build.UDP("192.0.2.53", 53, "10.0.0.5", 5000, m))
		}
	}
	rep := c.report(t, Options{})
	for q := range rep.Queries() {
		rows = append(rows, fmt.Sprintf("query %s %d", q.Name, q.Count))
	}
	for r := range rep.Resolutions() {
		row := fmt.Sprintf("%s %s %s %d", r.Name, r.Type, r.Value, r.Count)
		if r.Update {
			row += " update"
		}
		if r.Asked() != "" {
			row += " for " + r.Asked()
		}
		rows = append(rows, row)
	}
	for r := range rep.Resolvers() {
		rows = append(rows, fmt.Sprintf("resolver %v %d", r.Addr, r.Count))
	}
	return rows
}

// The opcode decides what the sections hold.
func TestOpcodes(t *testing.T) {
	const (
		in, none, all = 1, 254, 255
		typeSOA       = 6
	)
	address := "\xcb\x00\x71\x07" // 203.0.113.7
	// RFC 2136 section 2.5: add to an RRset, delete an RRset, delete an RR.
	update := []dnsRecord{
		{wireHost, 1, in, address}, {"\x04gone\xc0\x0c", 1, all, ""}, {"\x03old\xc0\x0c", 1, none, address},
	}
	// Section 2.4.2: RRset exists (value dependent).
	prerequisite := []dnsRecord{{"\x03pre\xc0\x0c", 1, in, address}}
	soa := []dnsRecord{{"\xc0\x0c", typeSOA, in, "\x02ns\xc0\x0c\x02hm\xc0\x0c" + "\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00\x05"}}
	for _, test := range []struct {
		name     string
		messages [][]byte
		want     []string
	}{
		{"query", [][]byte{dnsMessage(0x0100, 1)}, []string{"query dyn.example 1"}},
		{"status", [][]byte{dnsMessage(0x1000, 1)}, []string{"query dyn.example 1"}},
		{"update", [][]byte{dnsMessage(0x2800, typeSOA, prerequisite, update), dnsMessage(0xa800, typeSOA)}, []string{
			"evil.dyn.example A 203.0.113.7 1 update",
		}},
		{"response with all sections", [][]byte{dnsMessage(0xa800, typeSOA, prerequisite, update)}, []string{
			"evil.dyn.example A 203.0.113.7 1 update",
		}},
		{"refused", [][]byte{dnsMessage(0xa805, typeSOA, prerequisite, update)}, nil},
		{"notify", [][]byte{dnsMessage(0x2400, typeSOA, soa), dnsMessage(0xa400, typeSOA)}, nil},
	} {
		if diff := cmp.Diff(test.want, dnsRows(t, test.messages...)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// The target and the address hints of an SVCB or HTTPS record lead to its service, in
// both modes (RFC 9460 sections 2.4 and 7.3).
func TestServiceBindings(t *testing.T) {
	const in = 1
	hints := "\x00\x04\x00\x08\xcb\x00\x71\x07\xcb\x00\x71\x08" +
		"\x00\x06\x00\x10\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07"
	for typ, name := range map[uint16]string{64: "SVCB", 65: "HTTPS"} {
		row := func(value string) string { return "dyn.example " + name + " " + value + " 1 for dyn.example" }
		for _, test := range []struct {
			mode, data string
			want       []string
		}{
			{"alias", "\x00\x00" + wireTarget, []string{row("svc.cdn.example")}},
			{"no service", "\x00\x00\x00", nil},
			{"service", "\x00\x01" + wireTarget + hints, []string{row("2001:db8::7"), row("203.0.113.7"), row("203.0.113.8"), row("svc.cdn.example")}},
			{"service of the owner", "\x00\x01\x00" + hints, []string{row("2001:db8::7"), row("203.0.113.7"), row("203.0.113.8")}},
			{"damaged", "\x00\x01" + wireTarget + hints[:len(hints)-1], nil},
		} {
			got := dnsRows(t, dnsMessage(0x8180, typ, []dnsRecord{{"\xc0\x0c", typ, in, test.data}}))
			want := slices.Concat([]string{"query dyn.example 1"}, test.want, []string{"resolver 192.0.2.53 1"})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %s: %s", name, test.mode, diff)
			}
		}
	}
	// The target's own records answer the question, too (section 3).
	chain := []dnsRecord{{"\xc0\x0c", 65, in, "\x00\x00" + wireTarget}, {wireTarget, 65, in, "\x00\x01\x00\x00\x04\x00\x04\xcb\x00\x71\x07"}, {wireTarget, 1, in, "\xcb\x00\x71\x08"}}
	alias := dnsRows(t, dnsMessage(0x8180, 65, chain))
	if diff := cmp.Diff([]string{
		"query dyn.example 1", "dyn.example HTTPS svc.cdn.example 1 for dyn.example",
		"svc.cdn.example A 203.0.113.8 1 for dyn.example", "svc.cdn.example HTTPS 203.0.113.7 1 for dyn.example",
		"resolver 192.0.2.53 1",
	}, alias); diff != "" {
		t.Error(diff)
	}
	glue := []dnsRecord{{wireTarget, 65, in, "\x00\x01\x00" + hints[:12]}}
	got := dnsRows(t, dnsMessage(0x8180, 65, nil, nil, glue))
	want := []string{"query dyn.example 1", "svc.cdn.example HTTPS 203.0.113.7 1", "svc.cdn.example HTTPS 203.0.113.8 1", "resolver 192.0.2.53 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
