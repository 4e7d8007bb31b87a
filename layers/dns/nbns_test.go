package dns

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// encoded returns the label that encodes a NetBIOS name.
func encoded(s string, suffix byte) string {
	var b []byte
	for _, c := range append([]byte(s+strings.Repeat(" ", 15-len(s))), suffix) {
		b = append(b, 'A'+c>>4, 'A'+c&15)
	}
	return "20" + textOf(string(b))
}

func mustNBNS(t testing.TB, s string) NBNS {
	t.Helper()
	m, err := ParseNBNS(viewtest.Unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The encoding example of RFC 1001 section 14.1.
func TestNetBIOSName(t *testing.T) {
	const label = "EGFCEFEECACACACACACACACACACACACA"
	wire := "\x20" + label + "\x07NETBIOS\x03COM\x00"
	name, ok := (Name{[]byte(wire), 0}).NetBIOS()
	if !ok || name.String() != "FRED<20>" || name.Suffix() != ' ' {
		t.Errorf("%q %v", name, ok)
	}
	for wire, want := range map[string]string{
		"\x20" + label + "\x00":                              "FRED<20>",
		"\x20" + "CK" + strings.Repeat("A", 30) + "\x00":     "*<00>", // RFC 1002 section 4.2.17
		"\x20" + "ABACFPFPENFDECFCEPFHFDEFFPFPACAB" + "\x00": `\001\002__MSBROWSE__\002<01>`,
		"\x20" + strings.ToLower(label) + "\x00":             "",
		"\x1f" + label[1:] + "\x00":                          "",
		"\x20" + label[1:] + "Q\x00":                         "",
		"\x00":                                               "",
		"\x20" + label + "\xc0\x00":                          "", // a name that loops
	} {
		name, ok := (Name{[]byte(wire), 0}).NetBIOS()
		if ok != (want != "") || ok && name.String() != want {
			t.Errorf("%q: %q %v, want %q", wire, name, ok, want)
		}
	}
}

func TestNBNS(t *testing.T) {
	for _, tt := range []struct{ hex, want string }{
		// RFC 1002 section 4.2.12: name query request, broadcast
		{"0001 0110 0001 0000 0000 0000" + encoded("FRED", 0x20) + "00 0020 0001", "id 1 query NB FRED<20>"},
		// section 4.2.2: name registration request
		{"0002 2910 0001 0000 0000 0001" + encoded("WORKGROUP", 0) + "00 0020 0001 c00c 0020 0001 000493e0 0006 8000 c0000205",
			"id 2 registration NB WORKGROUP<00> 192.0.2.5"},
		// section 4.2.13: positive name query response
		{"0003 8500 0000 0001 0000 0000" + encoded("FRED", 0x20) + "00 0020 0001 000493e0 000c 6000 c0000205 6000 c0000206",
			"id 3 query response 0 NB FRED<20> 192.0.2.5 192.0.2.6"},
		// section 4.2.14: negative name query response
		{"0004 8583 0000 0001 0000 0000" + encoded("FRED", 0x20) + "00 000a 0001 00000000 0000", "id 4 query response 3 NULL FRED<20>"},
		// section 4.2.18: node status response
		{"0005 8400 0000 0001 0000 0000" + encoded("*", 0) + "00 0021 0001 00000000 002b 02" +
			textOf("FRED           ") + "20 0400" + textOf("OFFICE         ") + "00 8400 00005e005301",
			"id 5 query response 0 NBSTAT *<00> FRED<20> OFFICE<00>"},
		{"0006 7800 0000 0000 0000 0000", "id 6 multi-homed registration"},
		{"0007 1000 0001 0000 0000 0000 01 61 00 00ff 0001", "id 7 opcode 2 TYPE255 a"},
	} {
		m := mustNBNS(t, tt.hex)
		text, _ := m.AppendText(nil)
		if string(text) != tt.want {
			t.Errorf("%s\nwant %s", text, tt.want)
		}
	}
}

func TestNBNSRecord(t *testing.T) {
	m := mustNBNS(t, "0002 2910 0001 0000 0000 0001"+encoded("WORKGROUP", 0)+"00 0020 0001 c00c 0020 0001 000493e0 0006 8000 c0000205")
	if m.ID() != 2 || m.Response() || m.Opcode() != NBNSRegistration || !m.Broadcast() || m.RCode() != 0 {
		t.Errorf("%d %v %v", m.ID(), m.Opcode(), m.Broadcast())
	}
	for rr := range m.Records() {
		for addr, flags := range rr.Addrs() {
			if addr != netip.MustParseAddr("192.0.2.5") || flags != 0x8000 || rr.TTL != 300000 {
				t.Errorf("%v %#x %d", addr, flags, rr.TTL)
			}
		}
	}
	status := NBNSRecord{Type: NBNSTypeNBSTAT, Data: append(viewtest.Unhex(t, "01"+textOf("FRED           ")+"20 0400"), 0, 0, 0x5e, 0, 0x53, 1)}
	var got []string
	for name, flags := range status.Names() {
		got = append(got, name.String())
		if flags != 0x0400 {
			t.Errorf("flags %#x", flags)
		}
	}
	if diff := cmp.Diff([]string{"FRED<20>"}, got); diff != "" {
		t.Error(diff)
	}
	if mac, ok := status.UnitID(); !ok || mac.String() != "00:00:5e:00:53:01" {
		t.Errorf("%v %v", mac, ok)
	}
	status.Data = status.Data[:len(status.Data)-1]
	if _, ok := status.UnitID(); ok {
		t.Error("hardware address of five bytes")
	}
}

func TestNBNSValidate(t *testing.T) {
	const head = "0003 8500 0000 0001 0000 0000"
	for _, tt := range []struct {
		name, rest string
		reason     error
	}{
		{"NB", encoded("FRED", 0x20) + "00 0020 0001 000493e0 0006 6000 c0000205", nil},
		{"NBSTAT", encoded("*", 0) + "00 0021 0001 00000000 0001 00", nil},
		{"not a NetBIOS name", "01 61 00 0020 0001 000493e0 0006 6000 c0000205", wire.Malformed},
		{"half an address", encoded("FRED", 0x20) + "00 0020 0001 000493e0 0005 6000 c00002", wire.Malformed},
		{"names beyond the data", encoded("*", 0) + "00 0021 0001 00000000 0001 01", wire.Malformed},
		{"data cut", encoded("FRED", 0x20) + "00 0020 0001 000493e0 0006 6000", wire.Short},
	} {
		m := mustNBNS(t, head+tt.rest)
		viewtest.Invalid(t, tt.name, m.Validate(), "NBNS", tt.reason, headerLen, len(m.Bytes()))
	}
}

func touchNBNS(t testing.TB, b []byte) {
	m, err := ParseNBNS(b)
	if err != nil {
		return
	}
	line, _ := m.AppendText(nil)
	viewtest.Printable(t, "text", line)
	for rr := range m.Records() {
		rr.UnitID()
	}
	m.Validate()
	if m.RCode() > 15 || !bytes.HasPrefix(b, m.Bytes()) {
		t.Fatal("message")
	}
}

const nbnsStatus = "0005 8400 0001 0001 0000 0000 20 434b41414141414141414141414141414141414141414141414141414141414141 41 00 0021 0001" +
	"c00c 0021 0001 00000000 0019 01 465245442020202020202020202020 20 0400 00005e005301"

func TestNBNSTruncated(t *testing.T) {
	b := viewtest.Unhex(t, nbnsStatus)
	for n := range b {
		if _, err := ParseNBNS(b[:n]); (err == nil) != (n >= headerLen) {
			t.Errorf("%d bytes: %v", n, err)
		}
		touchNBNS(t, bytes.Clone(b[:n]))
	}
}

func TestNBNSAllocs(t *testing.T) {
	b := viewtest.Unhex(t, nbnsStatus)
	buf := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() {
		m, _ := ParseNBNS(b)
		buf, _ = m.AppendText(buf[:0])
		for rr := range m.Records() {
			rr.UnitID()
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzNBNS(f *testing.F) {
	f.Add(viewtest.Unhex(f, nbnsStatus))
	f.Fuzz(func(t *testing.T, b []byte) { touchNBNS(t, b) })
}
