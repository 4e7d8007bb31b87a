package tls

import (
	"encoding/binary"
	"testing"
)

// A clientHello holds the fields of a ClientHello for the fingerprint tests.
type clientHello struct {
	version         uint16
	suites, types   []uint16
	groups, schemes []uint16
	formats         []byte
	versions        []uint16
	alpn            []string
	noExtens        bool
}

func numbers(list []uint16) (b []byte) {
	for _, n := range list {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}

func prefixed(size int, b []byte) []byte {
	if size == 1 {
		return append([]byte{byte(len(b))}, b...)
	}
	return append([]byte{byte(len(b) >> 8), byte(len(b))}, b...)
}

// data returns the data of an extension.
func (c clientHello) data(typ uint16) []byte {
	switch typ {
	case ExtensionSupportedGroups:
		return prefixed(2, numbers(c.groups))
	case ExtensionPointFormats:
		return prefixed(1, c.formats)
	case ExtensionSignatureAlgorithms:
		return prefixed(2, numbers(c.schemes))
	case ExtensionSupportedVersions:
		return prefixed(1, numbers(c.versions))
	case ExtensionALPN:
		var list []byte
		for _, name := range c.alpn {
			list = append(list, prefixed(1, []byte(name))...)
		}
		return prefixed(2, list)
	}
	return nil
}

func (c clientHello) parse(t *testing.T) ClientHello {
	t.Helper()
	body := append(binary.BigEndian.AppendUint16(nil, c.version), make([]byte, randomLen+1)...)
	body = append(body, prefixed(2, numbers(c.suites))...)
	body = append(body, 1, 0)
	if !c.noExtens {
		var list []byte
		for _, typ := range c.types {
			list = append(binary.BigEndian.AppendUint16(list, typ), prefixed(2, c.data(typ))...)
		}
		body = append(body, prefixed(2, list)...)
	}
	return mustHello(t, append([]byte{1, 0}, prefixed(2, body)...))
}

// The two examples in the description of JA3, and the first with GREASE.
func TestJA3(t *testing.T) {
	c := clientHello{
		version: 769, suites: []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4},
		types: []uint16{0, 10, 11}, groups: []uint16{23, 24, 25}, formats: []byte{0},
	}
	grease := c
	grease.suites = append([]uint16{0x1a1a}, c.suites...)
	grease.types = []uint16{0xfafa, 0, 10, 11, 0x0a0a}
	grease.groups = []uint16{0x5a5a, 23, 24, 25}
	old := clientHello{version: 769, suites: []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}, noExtens: true}
	for _, tt := range []struct {
		c          clientHello
		text, hash string
	}{
		{c, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5"},
		{grease, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5"},
		{old, "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6"},
	} {
		h := tt.c.parse(t)
		if got := string(h.AppendJA3Text([]byte("="))); got != "="+tt.text {
			t.Errorf("text %s", got)
		}
		if got := string(h.AppendJA3([]byte("="))); got != "="+tt.hash {
			t.Errorf("%s, want %s", got, tt.hash)
		}
	}
}

// The example in the description of JA3S, with its hash by md5sum.
func TestJA3S(t *testing.T) {
	b := serverHelloOf(t, "00 002f 00 0018 ff01 0000 0000 0000 000b 0000 0023 0000 0005 0000 0010 0000")
	b[5] = 1
	h := mustServerHello(t, b)
	if text, hash := string(h.AppendJA3SText(nil)), string(h.AppendJA3S(nil)); text != "769,47,65281-0-11-35-5-16" || hash != "836ce314215654b5b1f85f97c73e506f" {
		t.Errorf("%s %s", text, hash)
	}
}

// The example in JA4.md, with Chrome's GREASE.
var chrome = clientHello{
	version: 0x0303,
	suites: []uint16{0x8a8a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
		0x009c, 0x009d, 0x002f, 0x0035},
	types: []uint16{0x3a3a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
		0xff01, 0x000b, 0x000a, 0xeaea, 0x0015},
	schemes:  []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
	versions: []uint16{0x0a0a, 0x0304, 0x0303},
	alpn:     []string{"h2", "http/1.1"},
}

func TestJA4(t *testing.T) {
	const text = "t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013,c014,c02b,c02c,c02f,c030,cca8,cca9_" +
		"0005,000a,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01_0403,0804,0401,0503,0805,0501,0806,0601"
	h := chrome.parse(t)
	if got := string(h.AppendJA4([]byte("="), JA4TCP)); got != "=t13d1516h2_8daaf6152771_e5627efa2ab1" {
		t.Errorf("%s", got)
	}
	if got := string(h.AppendJA4Text([]byte("="), JA4TCP)); got != "="+text {
		t.Errorf("%s", got)
	}
	noSchemes := chrome
	noSchemes.schemes = nil
	if got := string(noSchemes.parse(t).AppendJA4(nil, JA4QUIC)); got != "q13d1516h2_8daaf6152771_6d807ffa2a79" {
		t.Errorf("without signature algorithms: %s", got)
	}
	empty := clientHello{version: 0x0301, noExtens: true}
	if got := string(empty.parse(t).AppendJA4(nil, JA4TCP)); got != "t10i000000_000000000000_000000000000" {
		t.Errorf("without anything: %s", got)
	}
	// More suites than two digits can count, among them GREASE values and
	// similar ones.
	many := clientHello{version: 0x0303, suites: []uint16{0x2a2a, 0x2a2b}, types: []uint16{0x10}}
	for range 300 {
		many.suites = append(many.suites, 0x0a0a, 0x0a1a, 0xc02f)
	}
	if got := string(many.parse(t).AppendJA4(nil, JA4TCP)[:10]); got != "t12i990100" {
		t.Errorf("many suites: %s", got)
	}
}

func TestJA4Version(t *testing.T) {
	for _, tt := range []struct {
		version  uint16
		versions []uint16
		want     string
	}{
		{0x0303, nil, "12"}, {0x0302, nil, "11"}, {0x0300, nil, "s3"}, {0x0002, nil, "s2"}, {0x0399, nil, "00"},
		{0x0303, []uint16{0x0302, 0x0303, 0x0301}, "12"}, {0x0303, []uint16{0x7a7a}, "00"},
		// DTLS counts down, so its highest version is the lowest number.
		{0xfeff, nil, "d1"}, {0xfefd, nil, "d2"}, {0xfefd, []uint16{0xfefc}, "d3"}, {0xfefd, []uint16{0xfefd, 0xfeff}, "d2"},
		{0xfefd, []uint16{0xfefc, 0xfefd, 0xfeff}, "d3"}, {0xfefd, []uint16{0xfefd, 0xfefc, 0x1a1a}, "d3"}, {0xfefe, nil, "00"},
	} {
		c := clientHello{version: tt.version, versions: tt.versions}
		if tt.versions != nil {
			c.types = []uint16{ExtensionSupportedVersions}
		}
		if got := string(c.parse(t).AppendJA4(nil, JA4TCP)[1:3]); got != tt.want {
			t.Errorf("%#x %#x: %s, want %s", tt.version, tt.versions, got, tt.want)
		}
	}
}

// The examples of JA4.md, section "ALPN Extension Value".
func TestJA4ALPN(t *testing.T) {
	for name, want := range map[string]string{
		"h2": "h2", "http/1.1": "h1", "": "00", "x": "xx", "\xab": "ab", "\xab\xcd": "ad", "\x30\xab": "3b",
		"\x30\x31\xab\xcd": "3d", "\x30\xab\xcd\x31": "01",
	} {
		c := clientHello{version: 0x0303, types: []uint16{ExtensionALPN}, alpn: []string{name, "zz"}}
		if got := string(c.parse(t).AppendJA4(nil, JA4TCP)[8:10]); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

// RFC 8701 section 2.
func TestIsGREASE(t *testing.T) {
	n := 0
	for v := range 1 << 16 {
		if IsGREASE(uint16(v)) {
			n++
			if v%0x1010 != 0x0a0a {
				t.Errorf("%#x", v)
			}
		}
	}
	if n != 16 {
		t.Errorf("%d values, want 16", n)
	}
}
