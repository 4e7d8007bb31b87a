package dns

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// plain returns a name as dnsmessage writes it: nothing escaped, a dot at the end.
func plain(n Name) string {
	var b []byte
	for label := range n.Labels() {
		b = append(append(b, label...), '.')
	}
	if len(b) == 0 {
		return "."
	}
	return string(b)
}

// peerText describes a record that dnsmessage parsed, as own describes ours.
func peerText(r dnsmessage.Resource) string {
	head := r.Header.Name.String() + r.Header.Type.GoString() + string(binary.BigEndian.AppendUint32(nil, r.Header.TTL))
	switch b := r.Body.(type) {
	case *dnsmessage.AResource:
		return head + netip.AddrFrom4(b.A).String()
	case *dnsmessage.AAAAResource:
		return head + netip.AddrFrom16(b.AAAA).String()
	case *dnsmessage.CNAMEResource:
		return head + b.CNAME.String()
	case *dnsmessage.NSResource:
		return head + b.NS.String()
	case *dnsmessage.PTRResource:
		return head + b.PTR.String()
	case *dnsmessage.MXResource:
		return head + string(binary.BigEndian.AppendUint16(nil, b.Pref)) + b.MX.String()
	case *dnsmessage.SRVResource:
		return head + string([]byte{byte(b.Priority), byte(b.Weight), byte(b.Port >> 8), byte(b.Port)}) + b.Target.String()
	case *dnsmessage.SOAResource:
		return head + b.NS.String() + b.MBox.String() + string(binary.BigEndian.AppendUint32(nil, b.Serial))
	case *dnsmessage.TXTResource:
		return head + strings.Join(b.TXT, "|")
	case *dnsmessage.SVCBResource:
		return head + svcbPeer(b)
	case *dnsmessage.HTTPSResource:
		return head + svcbPeer(&b.SVCBResource)
	case *dnsmessage.OPTResource:
		for _, o := range b.Options {
			head += fmt.Sprintf(" %d=%x", o.Code, o.Data)
		}
	case *dnsmessage.UnknownResource:
		return head + string(b.Data)
	}
	return head
}

func svcbPeer(b *dnsmessage.SVCBResource) string {
	s := fmt.Sprintf("%d %s", b.Priority, b.Target)
	for _, p := range b.Params {
		s += fmt.Sprintf(" %d=%x", p.Key, p.Value)
	}
	return s
}

func own(rr Resource) string {
	head := plain(rr.Name) + dnsmessage.Type(rr.Type).GoString() + string(binary.BigEndian.AppendUint32(nil, rr.TTL))
	if n, ok := rr.Target(); ok && rr.Type != TypeDNAME {
		return head + plain(n)
	}
	if pref, n, ok := rr.MX(); ok {
		return head + string(binary.BigEndian.AppendUint16(nil, pref)) + plain(n)
	}
	if s, ok := rr.SRV(); ok {
		return head + string([]byte{byte(s.Priority), byte(s.Weight), byte(s.Port >> 8), byte(s.Port)}) + plain(s.Target)
	}
	if s, ok := rr.SOA(); ok {
		return head + plain(s.MName) + plain(s.RName) + string(binary.BigEndian.AppendUint32(nil, s.Serial))
	}
	if s, ok := rr.SVCB(); ok {
		head += fmt.Sprintf("%d %s", s.Priority, plain(s.Target))
		for key, value := range s.Params() {
			head += fmt.Sprintf(" %d=%x", key, value)
		}
		return head
	}
	if o, ok := rr.OPT(); ok {
		for opt := range o.Options() {
			head += fmt.Sprintf(" %d=%x", opt.Code, opt.Data)
		}
		return head
	}
	if _, ok := rr.Addr(); ok || rr.Type == TypeTXT {
		return head + value(rr)
	}
	return head + string(rr.Data)
}

// compareDNS checks that we and dnsmessage read the same from a message that
// both accept.
func compareDNS(t *testing.T, b []byte) (compared bool) {
	m, err := ParseMessage(b)
	var peer dnsmessage.Message
	if err != nil || m.Validate() != nil || peer.Unpack(b) != nil {
		return false
	}
	var want, got []string
	for _, q := range peer.Questions {
		want = append(want, q.Name.String()+q.Type.GoString())
	}
	for _, section := range [][]dnsmessage.Resource{peer.Answers, peer.Authorities, peer.Additionals} {
		for _, r := range section {
			if r.Header.Class&^topBit == ClassCH || r.Header.Length == 0 {
				return false // it accepts addresses of any class, and empty data
			}
			want = append(want, peerText(r))
		}
	}
	for q := range m.Questions() {
		got = append(got, plain(q.Name)+dnsmessage.Type(q.Type).GoString())
	}
	for _, rr := range m.Resources() {
		got = append(got, own(rr))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("message %x:\n%s", b, diff)
	}
	h := peer.Header
	if h.ID != m.ID() || h.Response != m.Response() || byte(h.OpCode) != byte(m.Opcode()) ||
		h.Authoritative != m.Authoritative() || h.Truncated != m.Truncation() ||
		h.RecursionDesired != m.RecursionDesired() || h.RecursionAvailable != m.RecursionAvailable() ||
		h.AuthenticData != m.AuthenticData() || h.CheckingDisabled != m.CheckingDisabled() ||
		byte(h.RCode) != byte(m.RCode()) {
		t.Errorf("message %x: header %+v", b, h)
	}
	return true
}

func TestDNSAgainstDNSMessage(t *testing.T) {
	name := dnsmessage.MustNewName
	head := func(n string) dnsmessage.ResourceHeader {
		return dnsmessage.ResourceHeader{Name: name(n), Class: dnsmessage.ClassINET, TTL: 77}
	}
	msg := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: 7, Response: true, RCode: dnsmessage.RCodeNameError, AuthenticData: true},
		Questions: []dnsmessage.Question{{Name: name("a.b.example.org."), Type: dnsmessage.TypeALL, Class: dnsmessage.ClassINET}},
		Answers: []dnsmessage.Resource{
			{Header: head("a.b.example.org."), Body: &dnsmessage.AResource{A: [4]byte{198, 51, 100, 7}}},
			{Header: head("b.example.org."), Body: &dnsmessage.AAAAResource{AAAA: netip.MustParseAddr("2001:db8::9").As16()}},
			{Header: head("."), Body: &dnsmessage.NSResource{NS: name("ns.example.org.")}},
			{Header: head("x.example.org."), Body: &dnsmessage.TXTResource{TXT: []string{"v=spf1", ""}}},
		},
		Authorities: []dnsmessage.Resource{
			{Header: head("example.org."), Body: &dnsmessage.SOAResource{NS: name("ns.example.org."), MBox: name("h.example.org."), Serial: 9}},
		},
		Additionals: []dnsmessage.Resource{
			{Header: head("h.example.org."), Body: &dnsmessage.HTTPSResource{SVCBResource: dnsmessage.SVCBResource{
				Priority: 1, Target: name("."), Params: []dnsmessage.SVCParam{{Key: 1, Value: []byte("\x02h2")}, {Key: 3, Value: []byte{1, 187}}},
			}}},
			{Header: dnsmessage.ResourceHeader{Name: name("."), Class: 1232}, Body: &dnsmessage.OPTResource{
				Options: []dnsmessage.Option{{Code: 10, Data: []byte("12345678")}, {Code: 12}},
			}},
			{Header: head("u.example.org."), Body: &dnsmessage.UnknownResource{Type: 731, Data: []byte{1, 2}}},
			{Header: head("_x._tcp.example.org."), Body: &dnsmessage.SRVResource{Priority: 1, Weight: 2, Port: 443, Target: name("a.example.org.")}},
			{Header: head("example.org."), Body: &dnsmessage.MXResource{Pref: 5, MX: name("mx.example.org.")}},
			{Header: head("7.in-addr.arpa."), Body: &dnsmessage.PTRResource{PTR: name("a.b.example.org.")}},
			{Header: head("c.example.org."), Body: &dnsmessage.CNAMEResource{CNAME: name("b.example.org.")}},
		},
	}
	b, err := msg.Pack()
	if err != nil {
		t.Fatal(err)
	}
	if !compareDNS(t, b) {
		t.Error("not accepted")
	}
}

func FuzzDNS(f *testing.F) {
	f.Add(viewtest.Unhex(f, reply))
	f.Add(viewtest.Unhex(f, "0046 8180 0001 0001 0000 0000 01 61 00 0001 0001 c013 0001 0001 00000009 0004 0a000001"))
	f.Add(viewtest.Unhex(f, "0049 0100 ffff ffff ffff ffff c0 0e c0 0c"))
	for _, tt := range recordTexts {
		m, _ := oneRecord(f, tt.typ, viewtest.Unhex(f, tt.hex))
		f.Add(m.Bytes())
	}
	for _, b := range viewtest.CapturedPayloads(f, "dns.pcap") {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMessage(b)
		if err != nil {
			return
		}
		touchDNS(m)
		compareDNS(t, b)
	})
}
