package dns

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// dnsReply answers "MX example.com" with a record of each type that Resource
// has methods for (RFC 1035 section 4.1). Pointers lead to example.com at 12
// and mail.example.com at 43.
const reply = `
	1234 8580 0001 0005 0001 0004
	07 6578616d706c65 03 636f6d 00 000f 0001
	c00c 000f 0001 0000012c 0009 000a 04 6d61696c c00c
	c02b 0001 0001 0000003c 0004 c0000201
	c02b 001c 8001 0000003c 0010 20010db8000000000000000000000001
	03 777777 c00c 0005 0001 ffffffff 0002 c02b
	c00c 0010 0001 00000000 000c 05 68656c6c6f 00 04 77317e21
	c00c 0006 0001 00000e10 0027
		03 6e7331 c00c 0a 686f73746d6173746572 c00c
		00000001 00000002 00000003 00000004 00000005
	04 5f736970 c00c 0021 0001 00000001 0008 0001 0002 13c4 c02b
	c00c 0002 0001 00000001 0005 02 6e73 c00c
	c00c ff00 0001 00000001 0001 aa
	00 0029 04d0 00008000 0000`

func mustDNS(t testing.TB, b []byte) Message {
	t.Helper()
	m, err := ParseMessage(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// record is a Resource as text.
type record struct {
	Section, Name, Type, Value string
	TTL                        uint32
}

func records(m Message) []record {
	var all []record
	for s, rr := range m.Resources() {
		all = append(all, record{s.String(), rr.Name.String(), rr.Type.String(), value(rr), rr.TTL})
	}
	return all
}

// value describes a record's data with the method for its type.
func value(rr Resource) string {
	if a, ok := rr.Addr(); ok {
		return a.String()
	}
	if n, ok := rr.Target(); ok {
		return n.String()
	}
	if pref, n, ok := rr.MX(); ok {
		return string(binary.BigEndian.AppendUint16(nil, pref)) + n.String()
	}
	if s, ok := rr.SRV(); ok {
		return string([]byte{byte(s.Priority), byte(s.Weight), byte(s.Port >> 8), byte(s.Port)}) + s.Target.String()
	}
	if s, ok := rr.SOA(); ok {
		return strings.Join([]string{s.MName.String(), s.RName.String()}, " ")
	}
	var texts []string
	for text := range rr.Texts() {
		texts = append(texts, string(text))
	}
	return strings.Join(texts, "|")
}

func TestDNS(t *testing.T) {
	m := mustDNS(t, viewtest.Unhex(t, reply))
	if m.ID() != 0x1234 || !m.Response() || m.Opcode() != OpcodeQuery || m.RCode() != RCodeNoError {
		t.Errorf("header: %#x %v %v %v", m.ID(), m.Response(), m.Opcode(), m.RCode())
	}
	if !m.Authoritative() || m.Truncation() || !m.RecursionDesired() || !m.RecursionAvailable() ||
		m.AuthenticData() || m.CheckingDisabled() {
		t.Error("flags 0x8580 are QR, AA, RD, RA")
	}
	counts := []int{m.QDCount(), m.ANCount(), m.NSCount(), m.ARCount()}
	if diff := cmp.Diff([]int{1, 5, 1, 4}, counts); diff != "" {
		t.Error(diff)
	}
	for q := range m.Questions() {
		if q.Name.String() != "example.com" || q.Type != TypeMX || q.Class != ClassIN || q.UnicastResponse() {
			t.Errorf("question %v %v %v", q.Name, q.Type, q.Class)
		}
	}
	want := []record{
		{"answer", "example.com", "MX", "\x00\x0amail.example.com", 300},
		{"answer", "mail.example.com", "A", "192.0.2.1", 60},
		{"answer", "mail.example.com", "AAAA", "2001:db8::1", 60},
		{"answer", "www.example.com", "CNAME", "mail.example.com", 1<<32 - 1},
		{"answer", "example.com", "TXT", "hello||w1~!", 0},
		{"authority", "example.com", "SOA", "ns1.example.com hostmaster.example.com", 3600},
		{"additional", "_sip.example.com", "SRV", "\x01\x02\x13\xc4mail.example.com", 1},
		{"additional", "example.com", "NS", "ns.example.com", 1},
		{"additional", "example.com", "TYPE65280", "", 1},
		{"additional", ".", "OPT", "", 0x8000},
	}
	if diff := cmp.Diff(want, records(m)); diff != "" {
		t.Error(diff)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	text, _ := m.AppendText(nil)
	if string(text) != "id 4660 response NOERROR MX example.com 5/1/4" {
		t.Errorf("text %q", text)
	}
}

func TestDNSSections(t *testing.T) {
	m := mustDNS(t, viewtest.Unhex(t, reply))
	n := map[Section]int{}
	flush := 0
	for rr := range m.Answers() {
		n[Answer]++
		if rr.CacheFlush() {
			flush++
		}
	}
	for rr := range m.Authorities() {
		n[Authority]++
		soa, _ := rr.SOA()
		want := []uint32{1, 2, 3, 4, 5}
		if got := []uint32{soa.Serial, soa.Refresh, soa.Retry, soa.Expire, soa.Minimum}; !slices.Equal(got, want) {
			t.Errorf("SOA numbers %v", got)
		}
	}
	for range m.Additionals() {
		n[Additional]++
	}
	if diff := cmp.Diff(map[Section]int{Answer: 5, Authority: 1, Additional: 4}, n); diff != "" {
		t.Error(diff)
	}
	if flush != 1 {
		t.Errorf("%d records with the cache-flush bit, want 1", flush)
	}
}

func TestDNSTypeString(t *testing.T) {
	for typ, want := range map[Type]string{
		1: "A", 28: "AAAA", 65: "HTTPS", 99: "SPF", 257: "CAA", 0: "TYPE0", 3: "TYPE3", 731: "TYPE731", 65535: "TYPE65535",
	} {
		if typ.String() != want {
			t.Errorf("%d: %s, want %s", uint16(typ), typ, want)
		}
	}
	if RCode(3).String() != "NXDOMAIN" || RCode(11).String() != "DSOTYPENI" || RCode(12).String() != "RCODE12" {
		t.Error("response codes")
	}
	if Opcode(5).String() != "UPDATE" || Opcode(3).String() != "OPCODE3" || Section(3).String() != "Section(3)" {
		t.Error("opcodes, sections")
	}
}

// Damaged messages: the parts that are read, and the error of Validate.
func TestDNSDamaged(t *testing.T) {
	const query = "0046 8180 0001 0001 0000 0000  01 61 00 0001 0001 "
	a := func(name string) record { return record{"answer", name, "A", "10.0.0.1", 9} }
	for _, tt := range []struct {
		name, hex string
		questions int
		want      []record
		offset    int
		reason    error
	}{
		{"sound", query + "c00c 0001 0001 00000009 0004 0a000001", 1, []record{a("a")}, 0, nil},
		{"trailing bytes", query + "c00c 0001 0001 00000009 0004 0a000001 7472", 1, []record{a("a")}, 0, nil},
		{"owner loops", query + "c013 0001 0001 00000009 0004 0a000001", 1, []record{a("")}, 19, wire.Malformed},
		{"owner points out", query + "ffff 0001 0001 00000009 0004 0a000001", 1, []record{a("")}, 19, wire.Short},
		{"A of 2 bytes", query + "c00c 0001 0001 00000009 0002 0102", 1, []record{{"answer", "a", "A", "", 9}}, 19, wire.Malformed},
		{"AAAA of 4 bytes", query + "c00c 001c 0001 00000009 0004 0a000001", 1, []record{{"answer", "a", "AAAA", "", 9}}, 19, wire.Malformed},
		{"data cut", query + "c00c 0001 0001 00000009 0004 0a00", 1, nil, 19, wire.Short},
		{"header cut", query + "c00c 0001 0001 0000", 1, nil, 19, wire.Short},
		{"no record", query, 1, nil, 19, wire.Short},
		{"string too long", query + "c00c 0010 0001 00000009 0006 20 73686f7274", 1, []record{{"answer", "a", "TXT", "", 9}}, 19, wire.Malformed},
		{"name runs out of its data", query + "c00c 0005 0001 00000009 0001 01 6200", 1, []record{{"answer", "a", "CNAME", "", 9}}, 19, wire.Malformed},
		{"SOA without numbers", query + "c00c 0006 0001 00000009 0004 c00c c00c", 1, []record{{"answer", "a", "SOA", "", 9}}, 19, wire.Malformed},
		{"MX without name", query + "c00c 000f 0001 00000009 0002 000a", 1, []record{{"answer", "a", "MX", "", 9}}, 19, wire.Malformed},
		{"SRV without name", query + "c00c 0021 0001 00000009 0006 000100020003", 1, []record{{"answer", "a", "SRV", "", 9}}, 19, wire.Malformed},
		{"update deletes all of a type", query + "c00c 0001 00ff 00000000 0000", 1, []record{{"answer", "a", "A", "", 0}}, 0, nil},
		{"address of class CH", query + "c00c 0001 0003 00000009 0004 c00c 0102", 1, []record{{"answer", "a", "A", "", 9}}, 0, nil},
		{"extended label", "0048 0100 0001 0000 0000 0000 45 616263", 0, nil, 12, wire.Malformed},
		{"QDCOUNT 65535", "0049 0100 ffff 0000 0000 0000 01 61 00 0001 0001", 1, nil, 19, wire.Short},
		{"all counts 65535", "0049 0100 ffff ffff ffff ffff", 0, nil, 12, wire.Short},
		{"question without class", "0049 0100 0001 0001 0000 0000 01 61 00 0001 00", 0, nil, 12, wire.Short},
	} {
		m := mustDNS(t, viewtest.Unhex(t, tt.hex))
		n := 0
		for range m.Questions() {
			n++
		}
		if n != tt.questions {
			t.Errorf("%s: %d questions, want %d", tt.name, n, tt.questions)
		}
		if diff := cmp.Diff(tt.want, records(m)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		viewtest.Invalid(t, tt.name, m.Validate(), "DNS", tt.reason, tt.offset, len(m.Bytes()))
	}
}

func TestParseDNS(t *testing.T) {
	if _, err := ParseMessage(make([]byte, 11)); !errors.Is(err, wire.Short) {
		t.Errorf("11 bytes: %v", err)
	}
	if m, err := ParseMessage(make([]byte, 70000)); err != nil || len(m.Bytes()) != 65535 {
		t.Errorf("70000 bytes: %d, %v", len(m.Bytes()), err)
	}
}

// touchDNS calls every method on everything in m, and returns the length of the
// text they append.
func touchDNS(m Message) (size int) {
	var names NameAppender
	names.Reset(m)
	touch := func(n Name) {
		n.EqualFold("example.com")
		text := n.AppendTo(nil)
		size += len(text)
		if !bytes.Equal(n.appendEscaped(nil), text) || !bytes.Equal(names.AppendTo(nil, n), text) {
			panic("the ways to append a name differ")
		}
		octets := 0
		for label := range n.Labels() {
			octets += 1 + len(label)
		}
		if octets > maxName || n.Err() != nil && n.String() != "" {
			panic("a name that cannot be decoded has a text, or too many octets")
		}
	}
	resource := func(rr Resource) {
		rr.Addr()
		rr.CacheFlush()
		touch(rr.Name)
		target, _ := rr.Target()
		_, exchange, _ := rr.MX()
		srv, _ := rr.SRV()
		soa, _ := rr.SOA()
		for _, n := range []Name{target, exchange, srv.Target, soa.MName, soa.RName} {
			touch(n)
		}
		for text := range rr.Texts() {
			size += len(text)
		}
		touchData(rr)
		line, _ := rr.AppendText(nil)
		for _, c := range line {
			if c < ' ' || c > '~' {
				panic("text is not printable ASCII")
			}
		}
	}
	for q := range m.Questions() {
		q.UnicastResponse()
		touch(q.Name)
	}
	n := 0
	for _, rr := range m.Resources() {
		resource(rr)
		n++
	}
	for rr := range m.Answers() {
		resource(rr)
		n--
	}
	for rr := range m.Authorities() {
		resource(rr)
		n--
	}
	for rr := range m.Additionals() {
		resource(rr)
		n--
	}
	if n != 0 {
		panic("the sections do not add up")
	}
	m.Validate()
	m.AppendText(nil)
	m.ExtendedRCode()
	return size
}

// touchData calls the methods that AppendText does not call.
func touchData(rr Resource) {
	svcb, _ := rr.SVCB()
	svcb.Port()
	for name := range svcb.ALPN() {
		if len(name) > 255 {
			panic("protocol name")
		}
	}
	for range svcb.Hints() {
	}
	key, _ := rr.DNSKEY()
	key.KeyTag()
	nsec, ok := rr.NSEC()
	last := -1
	for typ := range nsec.Types.All() {
		if ok && int(typ) <= last {
			panic("types of a bitmap that is valid do not ascend")
		}
		last = int(typ)
	}
}

func TestDNSTruncated(t *testing.T) {
	b := viewtest.Unhex(t, reply)
	last := 0
	for n := range len(b) {
		m, err := ParseMessage(bytes.Clone(b[:n]))
		if n < 12 {
			if !errors.Is(err, wire.Short) {
				t.Fatalf("%d bytes: %v", n, err)
			}
			continue
		}
		touchDNS(m)
		if err := m.Validate(); err == nil {
			t.Errorf("%d of %d bytes are valid", n, len(b))
		}
		got := records(m)
		if len(got) < last {
			t.Errorf("%d bytes give %d records, %d bytes %d", n, len(got), n-1, last)
		}
		last = len(got)
	}
	if last != 9 {
		t.Errorf("%d records without the last byte, want 9", last)
	}
}

// A message of pointers: all its names are long, and so is the text, but work
// and text stay proportional to the message.
func TestDNSAmplification(t *testing.T) {
	b := make([]byte, headerLen, maxLen)
	for range 3 {
		b = append(append(b, 63), bytes.Repeat([]byte{0xff}, 63)...)
	}
	b = append(append(b, 61), bytes.Repeat([]byte{0xff}, 61)...)
	b = append(b, 0, 0, 1, 0, 1)
	questions := 1
	for ; len(b)+6 <= maxLen; questions++ {
		b = append(b, 0xc0, 12, 0, 1, 0, 1)
	}
	binary.BigEndian.PutUint16(b[4:], uint16(questions))
	m := mustDNS(t, b)
	const text = 4*(255-5) + 3 // all octets escaped but five that are lengths; three dots
	if got := touchDNS(m); got != questions*text {
		t.Errorf("%d bytes of text, want %d", got, questions*text)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDNSAllocs(t *testing.T) {
	b := viewtest.Unhex(t, reply)
	buf := make([]byte, 0, 512)
	n := testing.AllocsPerRun(100, func() {
		m, _ := ParseMessage(b)
		for q := range m.Questions() {
			buf = q.Name.AppendTo(buf[:0])
		}
		for range m.Answers() {
		}
		for range m.Authorities() {
		}
		for range m.Additionals() {
		}
		for _, rr := range m.Resources() {
			rr.Addr()
			rr.Target()
			rr.MX()
			rr.SRV()
			rr.SOA()
			rr.Name.EqualFold("example.com")
			for range rr.Name.Labels() {
			}
			for range rr.Texts() {
			}
		}
		buf, _ = m.AppendText(buf[:0])
		if m.Validate() != nil {
			t.Error("not valid")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
