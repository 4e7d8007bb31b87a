package dns

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// oneRecord returns a message with one record of the root in the additional
// section, and the record.
func oneRecord(t testing.TB, typ Type, data []byte) (Message, Resource) {
	t.Helper()
	b := append(make([]byte, headerLen), 0)
	b[11] = 1
	b = binary.BigEndian.AppendUint16(b, uint16(typ))
	b = append(b, 0, ClassIN, 0, 0, 0, 60)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
	m := mustDNS(t, b)
	for rr := range m.Additionals() {
		return m, rr
	}
	t.Fatal("no record")
	return Message{}, Resource{}
}

// wireName returns a name in wire format.
func wireName(name string) string {
	var b []byte
	for label := range strings.SplitSeq(name, ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	return hex.EncodeToString(append(b, 0))
}

func mustBase64(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func textOf(s string) string { return hex.EncodeToString([]byte(s)) }

// Data in wire format, and as text in the RFCs, without final dots.
var recordTexts = []struct {
	typ       Type
	hex, want string
}{
	{TypeHINFO, "07" + textOf("RFC8482") + "00", `"RFC8482" ""`}, // RFC 8482 section 4.2
	{TypeTXT, "05" + textOf(`a"b\c`) + "02 00ff", `"a\"b\\c" "\000\255"`},
	// RFC 2782
	{TypeSRV, "0000 0001 0009" + wireName("old-slow-box.example.com"), "0 1 9 old-slow-box.example.com"},
	// RFC 3403 section 6.1
	{TypeNAPTR, "0064 000a 00 00 23" + textOf(`!^urn:cid:.+@([^\.]+\.)(.*)$!\2!i`+"  ") + "00",
		`100 10 "" "" "!^urn:cid:.+@([^\\.]+\\.)(.*)$!\\2!i  " .`},
	{TypeNAPTR, "0064 0032 01 61 10" + textOf("z3950+N2L+N2C+xx") + "00" + wireName("cidserver.example.com"),
		`100 50 "a" "z3950+N2L+N2C+xx" "" cidserver.example.com`},
	// RFC 7553 section 4.6
	{TypeURI, "000a 0001" + textOf("ftp://ftp1.example.com/public"), `10 1 "ftp://ftp1.example.com/public"`},
	// RFC 8659 sections 4.1, 4.3
	{TypeCAA, "00 05" + textOf("issue") + textOf("ca1.example.net; policy=ev"), `0 issue "ca1.example.net; policy=ev"`},
	{TypeCAA, "80 03" + textOf("tbs") + textOf("Unknown"), `128 tbs "Unknown"`},
	// RFC 6698 section 2.3
	{TypeTLSA, "000001 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971",
		"0 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971"},
	// RFC 4255 section 3.2
	{TypeSSHFP, "02 01 123456789abcdef67890123456789abcdef67890", "2 1 123456789ABCDEF67890123456789ABCDEF67890"},
	// RFC 4034 section 5.4
	{TypeDS, "ec45 05 01 2bb183af5f22588179a53b0a98631fad1a292118", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
	// RFC 4034 section 4.3
	{TypeNSEC, "04 686f7374 07 6578616d706c65 03 636f6d 00 0006 400100000003 041b" + strings.Repeat("00", 26) + "20",
		"host.example.com A MX RRSIG NSEC TYPE1234"},
	// RFC 5155 appendix A
	{TypeNSEC3, "01 01 000c 04 aabbccdd 14 174eb2409fe28bcb4887a1836f957f0a8425e27b 0007 22010000000290",
		"1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM"},
	{TypeNSEC3PARAM, "01 00 000c 04 aabbccdd", "1 0 12 AABBCCDD"},
	{TypeNSEC3PARAM, "01 00 0000 00", "1 0 0 -"},
	// RFC 4034 section 3.3, with a signature of three bytes
	{TypeRRSIG, "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52" + wireName("example.com") + "010203",
		"A 5 3 86400 20030322173103 20030220173103 2642 example.com AQID"},
	// RFC 1876 section 4
	{TypeLOC, "00 33 16 13 89172dd0 70be15f0 00988d20", "42 21 54.000 N 71 6 18.000 W -24.00m 30.00m 10000.00m 10.00m"},
	// RFC 9460 appendix D
	{TypeHTTPS, "0000" + wireName("foo.example.com"), "0 foo.example.com"},
	{TypeSVCB, "0001 00", "1 ."},
	{TypeSVCB, "0010" + wireName("foo.example.com") + "0003 0002 0035", `16 foo.example.com port="53"`},
	{TypeSVCB, "0001" + wireName("foo.example.com") + "029b 0005 68656c6c6f", `1 foo.example.com key667="hello"`},
	{TypeSVCB, "0001" + wireName("foo.example.com") + "029b 0009 68656c6c6fd2716f6f", `1 foo.example.com key667="hello\210qoo"`},
	{TypeSVCB, "0001" + wireName("foo.example.com") + "0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001",
		`1 foo.example.com ipv6hint="2001:db8::1,2001:db8::53:1"`},
	{TypeSVCB, "0010" + wireName("foo.example.org") + "0000 0004 0001 0004 0001 0009 02 6832 05 68332d3139 0004 0004 c0000201",
		`16 foo.example.org mandatory="alpn,ipv4hint" alpn="h2,h3-19" ipv4hint="192.0.2.1"`},
	{TypeSVCB, "0010" + wireName("foo.example.org") + "0001 000c 08 665c6f6f2c626172 02 6832",
		`16 foo.example.org alpn="f\\\\oo\\,bar,h2"`},
	{TypeHTTPS, "0001 00 0002 0000 0005 0003 010203", `1 . no-default-alpn ech="AQID"`},
	// RFC 6891; options of RFC 7871 section 11.1 (source 24, scope 0), RFC 7873, RFC 8914
	{TypeOPT, "0008 0007 0001 18 00 c00002 000a 0008 0102030405060708 000f 0003 0012 41 000c 0000",
		`version 0 udp 1 ecs 192.0.2.0/24/0 cookie 0102030405060708 ede 18 "A" option 12`},
	// RFC 3597 section 5
	{731, "abcdef012345", `\# 6 ABCDEF012345`},
	{62347, "", `\# 0`},
	{TypeA, "0a000001", "10.0.0.1"},
	{TypeA, "0a0000", `\# 3 0A0000`},
}

func TestResourceText(t *testing.T) {
	for _, tt := range recordTexts {
		m, rr := oneRecord(t, tt.typ, viewtest.Unhex(t, tt.hex))
		if got := string(rr.AppendData([]byte("="))); got != "="+tt.want {
			t.Errorf("%v\n got %s\nwant =%s", tt.typ, got, tt.want)
		}
		if err := m.Validate(); (err == nil) != (tt.want[0] != '\\' || tt.typ > 257) {
			t.Errorf("%v %s: %v", tt.typ, tt.want, err)
		}
	}
	m := mustDNS(t, viewtest.Unhex(t, reply))
	var got []string
	for q := range m.Questions() {
		b, _ := q.AppendText(nil)
		got = append(got, string(b))
	}
	for _, rr := range m.Resources() {
		b, _ := rr.AppendText(nil)
		got = append(got, string(b))
	}
	want := []string{
		"example.com IN MX",
		"example.com 300 IN MX 10 mail.example.com",
		"mail.example.com 60 IN A 192.0.2.1",
		"mail.example.com 60 IN+ AAAA 2001:db8::1",
		"www.example.com 4294967295 IN CNAME mail.example.com",
		`example.com 0 IN TXT "hello" "" "w1~!"`,
		"example.com 3600 IN SOA ns1.example.com hostmaster.example.com 1 2 3 4 5",
		"_sip.example.com 1 IN SRV 1 2 5060 mail.example.com",
		"example.com 1 IN NS ns.example.com",
		`example.com 1 IN TYPE65280 \# 1 AA`,
		". OPT version 0 do udp 1232",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Every record truncated at every length: no method may panic, and no text may
// leave ASCII.
func TestResourceDataTruncated(t *testing.T) {
	for _, tt := range recordTexts {
		data := viewtest.Unhex(t, tt.hex)
		for n := range data {
			m, rr := oneRecord(t, tt.typ, bytes.Clone(data[:n]))
			touchDNS(m)
			line, _ := rr.AppendText(nil)
			if typed := !bytes.Contains(line, []byte(` \# `)); typed && n > 0 && m.Validate() != nil {
				t.Errorf("%v of %d bytes: %s, but not valid", tt.typ, n, line)
			}
		}
	}
}

// Data that is malformed according to the RFCs.
func TestResourceMalformed(t *testing.T) {
	for _, tt := range []struct {
		name string
		typ  Type
		hex  string
	}{
		{"SVCB keys out of order", TypeSVCB, "0001 00 0003 0002 0035 0001 0003 026832"},
		{"SVCB key twice", TypeSVCB, "0001 00 0003 0002 0035 0003 0002 0035"},
		{"SVCB port of 3 bytes", TypeSVCB, "0001 00 0003 0003 003500"},
		{"SVCB empty ALPN", TypeHTTPS, "0001 00 0001 0001 00"},
		{"SVCB ALPN beyond its value", TypeHTTPS, "0001 00 0001 0003 036832"},
		{"SVCB hint of 5 bytes", TypeHTTPS, "0001 00 0004 0005 c000020101"},
		{"SVCB value beyond the data", TypeHTTPS, "0001 00 029b 0005 01"},
		{"NSEC without window", TypeNSEC, "00 00"},
		{"NSEC window of no bytes", TypeNSEC, "00 0000"},
		{"NSEC window of 33 bytes", TypeNSEC, "00 0021" + strings.Repeat("ff", 33)},
		{"NSEC windows out of order", TypeNSEC, "00 0101ff 0001ff"},
		{"OPT option beyond the data", TypeOPT, "0008 0007 0001"},
		{"CAA without tag", TypeCAA, "00 00 61"},
		{"LOC of version 1", TypeLOC, "01 23 16 13 891727c8 70bef278 00988d20"},
		{"LOC beyond the pole", TypeLOC, "00 23 16 13 c0000000 70bef278 00988d20"},
		{"LOC size of digit 10", TypeLOC, "00 a3 16 13 891727c8 70bef278 00988d20"},
	} {
		m, rr := oneRecord(t, tt.typ, viewtest.Unhex(t, tt.hex))
		viewtest.Invalid(t, tt.name, m.Validate(), "DNS", wire.Malformed, headerLen, len(m.Bytes()))
		if line := string(rr.AppendData(nil)); !strings.HasPrefix(line, `\# `) {
			t.Errorf("%s: %s", tt.name, line)
		}
	}
}

// RFC 4034 section 5.4: the key, its tag, and its digest over name and data.
func TestDNSKEY(t *testing.T) {
	data := append(viewtest.Unhex(t, "0100 03 05"), mustBase64(t,
		"AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZ"+
			"DRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9Xzc"+
			"nOf+EPbtG9DMBmADjFDc2w/rljwvFw==")...)
	_, rr := oneRecord(t, TypeDNSKEY, data)
	k, ok := rr.DNSKEY()
	if !ok || k.Flags != 256 || k.Protocol != 3 || k.Algorithm != 5 || k.KeyTag() != 60485 {
		t.Errorf("%+v, tag %d, want 60485", k, k.KeyTag())
	}
	digest := sha1.Sum(append(viewtest.Unhex(t, wireName("dskey.example.com")), data...))
	if got := hex.EncodeToString(digest[:]); got != "2bb183af5f22588179a53b0a98631fad1a292118" {
		t.Fatalf("not the RFC's key: digest %s", got)
	}
}

func TestEDNSOptions(t *testing.T) {
	m, _ := oneRecord(t, TypeOPT, viewtest.Unhex(t, `0008 000b 0002 38 20 20010db8fd1342
		000a 0010 2464c4abcf10c957 010000005cf79f11 000f 0007 000f 626c6f636b 0003 0000`))
	m.b[headerLen+5] = 1 // extended code 1: BADVERS with NOERROR
	o, ok := m.OPT()
	if !ok || o.UDPSize != 1 || o.ExtendedRCode != 1 || m.ExtendedRCode() != RCodeBadVers || o.DO() || o.Version != 0 {
		t.Errorf("%+v %v", o, m.ExtendedRCode())
	}
	var got []uint16
	for opt := range o.Options() {
		got = append(got, opt.Code)
		source, scope, isECS := opt.ClientSubnet()
		if want := netip.MustParsePrefix("2001:db8:fd13:4200::/56"); isECS && (source != want || scope != 32) {
			t.Errorf("client subnet %v, scope %d", source, scope)
		}
		client, server, isCookie := opt.Cookie()
		if isCookie && (!bytes.Equal(client, viewtest.Unhex(t, "2464c4abcf10c957")) || !bytes.Equal(server, viewtest.Unhex(t, "010000005cf79f11"))) {
			t.Errorf("cookie %x %x", client, server)
		}
		code, text, isError := opt.ExtendedError()
		if isError && (code != 15 || string(text) != "block") {
			t.Errorf("extended error %d %q", code, text)
		}
		if n := btoi(isECS) + btoi(isCookie) + btoi(isError); n != btoi(opt.Code != EDNSNSID) {
			t.Errorf("option %d decodes in %d ways", opt.Code, n)
		}
	}
	if diff := cmp.Diff([]uint16{EDNSClientSubnet, EDNSCookie, EDNSError, EDNSNSID}, got); diff != "" {
		t.Error(diff)
	}
	for _, o := range []EDNSOption{
		{EDNSClientSubnet, viewtest.Unhex(t, "0001 21 00 c0000201")},   // 33 bits
		{EDNSClientSubnet, viewtest.Unhex(t, "0001 18 00 c000")},       // 24 bits in 2 bytes
		{EDNSClientSubnet, viewtest.Unhex(t, "0001 18 00 c000020102")}, // 5 bytes
		{EDNSClientSubnet, viewtest.Unhex(t, "0003 18 00 c00002")},     // no IP
		{EDNSCookie, make([]byte, 7)}, {EDNSCookie, make([]byte, 15)}, {EDNSCookie, make([]byte, 41)},
		{EDNSError, []byte{0}},
	} {
		_, _, isECS := o.ClientSubnet()
		_, _, isCookie := o.Cookie()
		if _, _, isError := o.ExtendedError(); isECS || isCookie || isError {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSVCB(t *testing.T) {
	_, rr := oneRecord(t, TypeHTTPS, viewtest.Unhex(t, "0001 00 0001 0006 02 6832 02 6833 0003 0002 20fb"+
		"0004 0008 c0000201 c0000202 0006 0010 20010db8000000000000000000000001"))
	s, ok := rr.SVCB()
	if port, okPort := s.Port(); !ok || !okPort || s.Priority != 1 || port != 8443 {
		t.Errorf("%+v, port %d", s, port)
	}
	var got []string
	for name := range s.ALPN() {
		got = append(got, string(name))
	}
	for addr := range s.Hints() {
		got = append(got, addr.String())
	}
	if diff := cmp.Diff([]string{"h2", "h3", "192.0.2.1", "192.0.2.2", "2001:db8::1"}, got); diff != "" {
		t.Error(diff)
	}
	if _, ok := s.Param(SVCBECH); ok {
		t.Error("an absent parameter is found")
	}
	for key, want := range map[SVCBKey]string{0: "mandatory", 8: "ohttp", 9: "key9", 65535: "key65535"} {
		if key.String() != want {
			t.Errorf("%v, want %s", key, want)
		}
	}
}

func TestResourceAllocs(t *testing.T) {
	var messages []Message
	for _, tt := range recordTexts {
		m, _ := oneRecord(t, tt.typ, viewtest.Unhex(t, tt.hex))
		messages = append(messages, m)
	}
	buf := make([]byte, 0, 4096)
	n := testing.AllocsPerRun(100, func() {
		for _, m := range messages {
			for _, rr := range m.Resources() {
				buf, _ = rr.AppendText(buf[:0])
			}
			m.ExtendedRCode()
			m.Validate()
		}
	})
	// Validate allocates one error, for the malformed record.
	if n > 1 {
		t.Errorf("%v allocations", n)
	}
}
