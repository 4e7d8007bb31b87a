package tls

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// The ClientHello of RFC 8448 section 3, record included.
const rfcClientHello = `16030100c4
	010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef
	6283024dece7000006130113031302010000910000000b000900000673657276
	6572ff01000100000a00140012001d0017001800190100010101020103010400
	230000003300260024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e
	51c13cae4d5413691e529aaf2c002b0003020304000d0020001e040305030603
	020308040805080604010501060102010402050206020202002d00020101001c
	00024001`

// hello holds the fields of a ClientHello.
type hello struct {
	ServerName         string
	Suites, Extensions []uint16
	Versions           []uint16
	Groups, Schemes    []uint16
	Formats            string
	ALPN               []string
}

func helloOf(h ClientHello) hello {
	v := hello{
		ServerName: string(h.ServerName()),
		Suites:     slices.Collect(h.CipherSuites()),
		Versions:   slices.Collect(h.SupportedVersions()),
		Groups:     slices.Collect(h.SupportedGroups()),
		Schemes:    slices.Collect(h.SignatureAlgorithms()),
		Formats:    string(h.PointFormats()),
	}
	for typ := range h.Extensions() {
		v.Extensions = append(v.Extensions, typ)
	}
	for name := range h.ALPN() {
		v.ALPN = append(v.ALPN, string(name))
	}
	return v
}

func mustHello(t testing.TB, b []byte) ClientHello {
	t.Helper()
	h, err := ParseClientHello(b)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTLSRecord(t *testing.T) {
	b := viewtest.Unhex(t, rfcClientHello)
	r, err := ParseRecord(append(bytes.Clone(b), 0x17))
	if err != nil {
		t.Fatal(err)
	}
	if r.Type() != ContentHandshake || r.Version() != 0x0301 || !bytes.Equal(r.Bytes(), b) || !bytes.Equal(r.Payload(), b[5:]) {
		t.Errorf("%v %#x, %d bytes", r.Type(), r.Version(), len(r.Bytes()))
	}
	m, err := ParseHandshake(append(bytes.Clone(r.Payload()), 1, 2))
	if err != nil || m.Type() != TypeClientHello || !bytes.Equal(m.Bytes(), b[5:]) || !bytes.Equal(m.Body(), b[9:]) {
		t.Errorf("%v %v, %d bytes", err, m.Type(), len(m.Bytes()))
	}
}

func TestParseTLSRecord(t *testing.T) {
	record := func(hex string, payload int) []byte { return append(viewtest.Unhex(t, hex), make([]byte, payload)...) }
	for _, tt := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, wire.Short},
		{"type alone", record("16", 0), wire.Short},
		{"header", record("1603010001", 0), wire.Short},
		{"no payload", record("1703030000", 0), nil},
		{"one byte missing", record("1703030005", 4), wire.Short},
		{"2^14+2048 bytes", record("1703034800", 0x4800), nil},
		{"2^14+2049 bytes", record("1703034801", 0x4801), wire.Malformed},
		{"2^16-1 bytes", record("160301ffff", 0), wire.Malformed},
		{"type 19", record("13", 0), wire.Malformed},
		{"type 25", record("1903030000", 0), wire.Malformed},
		{"heartbeat of SSL 3", record("1803000000", 0), nil},
	} {
		if _, err := ParseRecord(tt.b); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

func TestTLSNames(t *testing.T) {
	for got, want := range map[string]string{
		ContentHandshake.String():  "handshake",
		ContentType(99).String():   "99",
		TypeClientHello.String():   "client_hello",
		TypeHelloRequest.String():  "hello_request",
		HandshakeType(3).String():  "3",
		HandshakeType(99).String(): "99",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestClientHelloRFC8448(t *testing.T) {
	b := viewtest.Unhex(t, rfcClientHello)[5:]
	h := mustHello(t, b)
	want := hello{
		ServerName: "server",
		Suites:     []uint16{0x1301, 0x1303, 0x1302},
		Extensions: []uint16{0, 0xff01, 10, 35, 51, 43, 13, 45, 28},
		Versions:   []uint16{0x0304},
		Groups:     []uint16{0x1d, 0x17, 0x18, 0x19, 0x100, 0x101, 0x102, 0x103, 0x104},
		Schemes: []uint16{0x0403, 0x0503, 0x0603, 0x0203, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201,
			0x0402, 0x0502, 0x0602, 0x0202},
	}
	if diff := cmp.Diff(want, helloOf(h)); diff != "" {
		t.Error(diff)
	}
	if h.Version() != 0x0303 || len(h.SessionID()) != 0 || !bytes.Equal(h.CompressionMethods(), []byte{0}) {
		t.Errorf("%#x, session %x, compression %x", h.Version(), h.SessionID(), h.CompressionMethods())
	}
	if !bytes.Equal(h.Random(), b[6:38]) || !bytes.Equal(h.Bytes(), b) {
		t.Errorf("random %x", h.Random())
	}
	if err := h.Validate(); err != nil {
		t.Error(err)
	}
}

// clientRecord returns the first record that crypto/tls sends as a client.
func clientRecord(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer server.Close()
	go func() {
		tls.Client(client, config).Handshake()
		client.Close()
	}()
	server.SetDeadline(time.Now().Add(time.Minute))
	b := make([]byte, recordHeaderLen)
	if _, err := io.ReadFull(server, b); err != nil {
		t.Fatal(err)
	}
	b = append(b, make([]byte, binary.BigEndian.Uint16(b[3:]))...)
	if _, err := io.ReadFull(server, b[recordHeaderLen:]); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestClientHelloCryptoTLS(t *testing.T) {
	for _, tt := range []struct {
		config *tls.Config
		want   hello
	}{
		{
			&tls.Config{ServerName: "www.example.com", NextProtos: []string{"h2", "http/1.1"}},
			hello{ServerName: "www.example.com", Versions: []uint16{0x0304, 0x0303}, ALPN: []string{"h2", "http/1.1"}},
		},
		{
			&tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{0xc02f, 0x009c}},
			hello{Versions: []uint16{0x0303}, Suites: []uint16{0xc02f, 0x009c}},
		},
	} {
		r, err := ParseRecord(clientRecord(t, tt.config))
		if err != nil {
			t.Fatal(err)
		}
		h := mustHello(t, r.Payload())
		got := helloOf(h)
		got.Extensions, got.Groups, got.Schemes, got.Formats = nil, nil, nil, ""
		if tt.want.Suites == nil {
			got.Suites = nil
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Error(diff)
		}
		if err := h.Validate(); err != nil {
			t.Error(err)
		}
		if !compareHello(t, r.Payload()) {
			t.Error("crypto/tls rejects its own ClientHello")
		}
	}
}

// handshakeOf returns a ClientHello with the given hex after its random bytes.
func handshakeOf(t testing.TB, rest string) []byte {
	body := append(append([]byte{3, 1}, make([]byte, 32)...), viewtest.Unhex(t, rest)...)
	return append([]byte{1, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}

// The session ID is at 38, the cipher suites at 39, the compression methods at
// 43, the extensions at 45, and the first of them at 47.
func TestClientHelloDamaged(t *testing.T) {
	const head = "00 0002 0035 01 00 "
	const sni = "0000 000e 000c 00 0009 612e6578616d706c65 "
	name := hello{ServerName: "a.example", Suites: []uint16{0x35}, Extensions: []uint16{0}}
	bare := hello{Suites: []uint16{0x35}}
	with := func(ext ...uint16) hello { return hello{Suites: []uint16{0x35}, Extensions: ext} }
	for _, tt := range []struct {
		name, rest string
		want       hello
		offset     int
		reason     error
	}{
		{"no extensions (SSL 3)", head, bare, 0, nil},
		{"empty extensions", head + "0000", bare, 0, nil},
		{"server name", head + "0012" + sni, name, 0, nil},
		{"half a length of extensions", head + "00", bare, 45, wire.Malformed},
		{"fewer extensions than stated", head + "00ff" + sni, name, 45, wire.Malformed},
		{"bytes after the extensions", head + "0012" + sni + "00", name, 45, wire.Malformed},
		{"extension beyond the list", head + "0016" + sni + "002b0003", name, 65, wire.Malformed},
		{"half an extension", head + "0014" + sni + "002b", name, 65, wire.Malformed},
		{"session ID of 33 bytes", "21" + strings.Repeat("aa", 33) + head[2:], bare, 38, wire.Malformed},
		{"odd cipher suites", "00 0003 003500 01 00", bare, 39, wire.Malformed},
		{"no cipher suites", "00 0000 01 00", hello{}, 39, wire.Malformed},
		{"no compression method", "00 0002 0035 00", bare, 43, wire.Malformed},
		{"empty server name extension", head + "0004 0000 0000", with(0), 47, wire.Malformed},
		{"server name list too long", head + "0012 0000 000e 00ff 00 0009 612e6578616d706c65", name, 47, wire.Malformed},
		{"server name too long", head + "0012 0000 000e 000c 00 00ff 612e6578616d706c65", with(0), 47, wire.Malformed},
		{"name of another type first", head + "0017 0000 0013 0011 07 0002 ffff 00 0009 612e6578616d706c65", name, 0, nil},
		{"name of another type alone", head + "000b 0000 0007 0005 07 0002 ffff", with(0), 0, nil},
		{"second server name extension", head + "0020" + sni + "0000 000a 0008 00 0005 6576696c2e",
			hello{ServerName: "a.example", Suites: []uint16{0x35}, Extensions: []uint16{0, 0}}, 0, nil},
		{"ALPN cut", head + "000c 0010 0008 0006 02 6832 05 6874",
			hello{Suites: []uint16{0x35}, Extensions: []uint16{16}, ALPN: []string{"h2"}}, 47, wire.Malformed},
		{"versions with GREASE", head + "0009 002b 0005 04 1a1a 0304",
			hello{Suites: []uint16{0x35}, Extensions: []uint16{43}, Versions: []uint16{0x1a1a, 0x0304}}, 0, nil},
		{"groups and a half", head + "0009 000a 0005 0003 001d00",
			hello{Suites: []uint16{0x35}, Extensions: []uint16{10}, Groups: []uint16{0x1d}}, 47, wire.Malformed},
		{"point formats beyond their list", head + "0007 000b 0003 03 0001",
			hello{Suites: []uint16{0x35}, Extensions: []uint16{11}, Formats: "\x00\x01"}, 47, wire.Malformed},
		{"versions and a half", head + "0008 002b 0004 03 0304 03",
			hello{Suites: []uint16{0x35}, Extensions: []uint16{43}, Versions: []uint16{0x0304}}, 47, wire.Malformed},
	} {
		h, err := ParseClientHello(handshakeOf(t, tt.rest))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, helloOf(h)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		viewtest.Invalid(t, tt.name, h.Validate(), clientHelloLayer, tt.reason, tt.offset, len(h.Bytes()))
	}
}

func TestParseClientHello(t *testing.T) {
	for _, tt := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, wire.Short},
		{"type", []byte{1}, wire.Short},
		{"ServerHello", []byte{2}, wire.Malformed},
		{"body missing", []byte{1, 0, 0, 2, 3}, wire.Short},
		{"16 MiB", []byte{1, 255, 255, 255, 3, 3}, wire.Short},
		{"random cut by the length", append([]byte{1, 0, 0, 33}, make([]byte, 200)...), wire.Malformed},
		{"no session ID", handshakeOf(t, ""), wire.Malformed},
		{"session ID too long", handshakeOf(t, "20 00"), wire.Malformed},
		{"no cipher suites", handshakeOf(t, "00 00"), wire.Malformed},
		{"cipher suites too long", handshakeOf(t, "00 0004 0035"), wire.Malformed},
		{"no compression methods", handshakeOf(t, "00 0002 0035"), wire.Malformed},
		{"compression methods too long", handshakeOf(t, "00 0002 0035 02 00"), wire.Malformed},
	} {
		if _, err := ParseClientHello(tt.b); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// touchTLS calls every method on the views of b.
func touchTLS(b []byte) {
	if r, err := ParseRecord(b); err == nil {
		if len(r.Type().String())+len(r.Payload())+recordHeaderLen < len(r.Bytes()) {
			panic("record")
		}
		r.Version()
	}
	if m, err := ParseHandshake(b); err == nil {
		if len(m.Type().String()) == 0 || len(m.Body())+handshakeHeaderLen != len(m.Bytes()) {
			panic("handshake message")
		}
	}
	if h, err := ParseClientHello(b); err == nil {
		helloOf(h)
		h.Version()
		h.SessionID()
		h.CompressionMethods()
		if len(h.Random()) != 32 {
			panic("random")
		}
		h.Validate()
		if len(h.AppendJA3(nil)) != 32 || len(h.AppendJA4(nil, JA4TCP)) != 36 {
			panic("fingerprint")
		}
	}
	if h, err := ParseServerHello(b); err == nil {
		if size := len(h.AppendJA3S(nil)); size != 32 && (size != 0 || h.Version()>>8 != 0x7f) || len(h.Random()) != 32 {
			panic("server")
		}
		h.IsRetry()
		h.CompressionMethod()
		h.SelectedVersion()
		h.ALPN()
		h.Validate()
	}
	if c, err := ParseCertificate(b); err == nil {
		size := 7
		for der := range c.Chain() {
			size += 3 + len(der)
		}
		if c.Validate() == nil && size != len(c.Bytes()) {
			panic("certificates do not fill their message")
		}
	}
}

func TestTLSTruncated(t *testing.T) {
	record := viewtest.Unhex(t, rfcClientHello)
	message := record[5:]
	for n := range record {
		if _, err := ParseRecord(record[:n]); !errors.Is(err, wire.Short) {
			t.Errorf("record of %d bytes: %v", n, err)
		}
		touchTLS(record[:n])
	}
	for n := range message {
		b := bytes.Clone(message[:n])
		if _, err := ParseHandshake(b); !errors.Is(err, wire.Short) {
			t.Errorf("message of %d bytes: %v", n, err)
		}
		if _, err := ParseClientHello(b); !errors.Is(err, wire.Short) {
			t.Errorf("ClientHello of %d bytes: %v", n, err)
		}
		if n < 4 {
			continue
		}
		b[2], b[3] = 0, byte(n-4) // the same with a matching length
		touchTLS(b)
		h, err := ParseClientHello(b)
		if want := n >= 4+2+32+1+8+2; (err == nil) != want || err != nil && !errors.Is(err, wire.Malformed) {
			t.Errorf("ClientHello that ends after %d bytes: %v", n, err)
		}
		if err == nil && n > 4+2+32+1+8+2 && h.Validate() == nil {
			t.Errorf("ClientHello that ends after %d bytes is valid", n)
		}
	}
}

func TestTLSAllocs(t *testing.T) {
	b := clientRecord(t, &tls.Config{ServerName: "www.example.com", NextProtos: []string{"h2", "http/1.1"}})
	server, chain := viewtest.Unhex(t, rfcServerHello), viewtest.Unhex(t, certificates)
	buf := make([]byte, 0, 64)
	size := 0
	n := testing.AllocsPerRun(100, func() {
		r, _ := ParseRecord(b)
		m, _ := ParseHandshake(r.Payload())
		h, _ := ParseClientHello(m.Bytes())
		for range h.CipherSuites() {
			size++
		}
		for range h.Extensions() {
			size++
		}
		for range h.ALPN() {
			size++
		}
		for range h.SupportedVersions() {
			size++
		}
		for range h.SupportedGroups() {
			size++
		}
		for range h.SignatureAlgorithms() {
			size++
		}
		buf = h.AppendJA3(buf[:0])
		buf = h.AppendJA4(buf[:0], JA4TCP)
		s, _ := ParseServerHello(server)
		buf = s.AppendJA3S(buf[:0])
		size += len(s.ALPN())
		c, _ := ParseCertificate(chain)
		for range c.Chain() {
			size++
		}
		if size += len(h.ServerName()); h.Validate() != nil {
			t.Error("not valid")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A helloConn is a connection that delivers one record.
type helloConn struct {
	net.Conn
	in bytes.Reader
}

func (c *helloConn) Read(b []byte) (int, error)  { return c.in.Read(b) }
func (c *helloConn) Write(b []byte) (int, error) { return len(b), nil }

// serverHello returns the fields that a crypto/tls server reads from a
// ClientHello, or nil if it rejects it.
func serverHello(b []byte) *tls.ClientHelloInfo {
	conn := &helloConn{}
	conn.in.Reset(append([]byte{22, 3, 1, byte(len(b) >> 8), byte(len(b))}, b...))
	var info *tls.ClientHelloInfo
	config := &tls.Config{GetConfigForClient: func(i *tls.ClientHelloInfo) (*tls.Config, error) {
		info = i
		return nil, errors.New("seen")
	}}
	tls.Server(conn, config).HandshakeContext(context.Background())
	return info
}

// compareHello checks that we read the same from a ClientHello as crypto/tls,
// if it accepts it.
func compareHello(t *testing.T, b []byte) (compared bool) {
	if len(b) > 1<<14 {
		return false
	}
	info := serverHello(b)
	if info == nil {
		return false
	}
	h, err := ParseClientHello(b)
	if err != nil {
		t.Errorf("ClientHello %x: %v", b, err)
		return true
	}
	want := hello{
		ServerName: info.ServerName, Suites: info.CipherSuites, Extensions: info.Extensions,
		Versions: info.SupportedVersions, ALPN: info.SupportedProtos, Formats: string(info.SupportedPoints),
	}
	for _, group := range info.SupportedCurves {
		want.Groups = append(want.Groups, uint16(group))
	}
	for _, scheme := range info.SignatureSchemes {
		want.Schemes = append(want.Schemes, uint16(scheme))
	}
	got := helloOf(h)
	if len(got.Versions) == 0 {
		want.Versions = nil // crypto/tls derives them from the version field
	}
	same := func(a, b []uint16) bool { return slices.Equal(a, b) }
	if diff := cmp.Diff(want, got, cmp.Comparer(same), cmp.Comparer(slices.Equal[[]string])); diff != "" {
		t.Errorf("ClientHello %x:\n%s", b, diff)
	}
	return true
}

func TestClientHelloAgainstCryptoTLS(t *testing.T) {
	if !compareHello(t, viewtest.Unhex(t, rfcClientHello)[5:]) {
		t.Error("crypto/tls rejects the ClientHello of RFC 8448")
	}
}

func FuzzTLS(f *testing.F) {
	f.Add(viewtest.Unhex(f, rfcClientHello)[5:])
	f.Add(clientRecord(f, &tls.Config{ServerName: "a.example", NextProtos: []string{"h2"}})[5:])
	f.Add(handshakeOf(f, "00 0002 0035 01 00 0012 0000 000e 000c 00 0009 612e6578616d706c65"))
	f.Add(viewtest.Unhex(f, rfcServerHello))
	f.Add(viewtest.Unhex(f, certificates))
	for _, b := range viewtest.CapturedHandshakes(f, "tls*.pcap*") {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		touchTLS(b)
		compareHello(t, b)
	})
}
