package dhcp

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// request is a DHCPREQUEST (RFC 2131 figure 1) with options of RFC 2132 in
// Windows's order.
var request = "01 01 06 00 3d1d6a2b 0007 8000 00000000 00000000 00000000 c0000201" +
	"00005e005301" + strings.Repeat("00", 10) + // chaddr
	strings.Repeat("00", 64) + "626f6f742e696d67" + strings.Repeat("00", 120) + // sname, file
	"63825363" +
	"35 01 03  3d 07 01 00005e005301  00 00  32 04 c0000264  36 04 c0000201" +
	"0c 06 6c6170746f70" + // laptop
	"51 0f 05 0000 03 77777707 6578616d706c65" + // FQDN, encoded, partial name
	"3c 08 4d53465420352e30  37 04 01 0f 03 06  ff 00000000"

func mustDHCPv4(t testing.TB, b []byte) V4 {
	t.Helper()
	h, err := ParseV4(b)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func options(h V4) map[uint8]string {
	all := map[uint8]string{}
	for o := range h.Options() {
		all[o.Kind] += string(o.Data) + ";"
	}
	return all
}

func TestDHCPv4(t *testing.T) {
	h := mustDHCPv4(t, viewtest.Unhex(t, request))
	if h.IsReply() || h.HType() != 1 || h.Hops() != 0 || h.XID() != 0x3d1d6a2b || h.Secs() != 7 || !h.Broadcast() {
		t.Errorf("fixed fields of %x", h.Bytes()[:12])
	}
	any4 := netip.IPv4Unspecified()
	addrs := []netip.Addr{h.CIAddr(), h.YIAddr(), h.SIAddr(), h.GIAddr()}
	if diff := cmp.Diff([]netip.Addr{any4, any4, any4, netip.MustParseAddr("192.0.2.1")}, addrs, cmp.Comparer(sameAddr)); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(h.CHAddr(), viewtest.Unhex(t, "00005e005301")) || len(h.SName()) != 0 || string(h.File()) != "boot.img" {
		t.Errorf("%x %q %q", h.CHAddr(), h.SName(), h.File())
	}
	want := map[uint8]string{
		V4Type: "\x03;", V4ClientID: "\x01\x00\x00\x5e\x00\x53\x01;", V4RequestedAddr: "\xc0\x00\x02\x64;",
		V4ServerID: "\xc0\x00\x02\x01;", V4HostName: "laptop;", V4FQDN: "\x05\x00\x00\x03www\x07example;",
		V4VendorClass: "MSFT 5.0;", V4ParamList: "\x01\x0f\x03\x06;",
	}
	if diff := cmp.Diff(want, options(h)); diff != "" {
		t.Error(diff)
	}
	requested, _ := h.RequestedAddr()
	server, _ := h.ServerID()
	if h.Type() != V4Request || string(h.HostName()) != "laptop" || string(h.VendorClass()) != "MSFT 5.0" ||
		requested.String() != "192.0.2.100" || server.String() != "192.0.2.1" || len(h.ClientID()) != 7 || len(h.ParamList()) != 4 {
		t.Errorf("%v %q %q %v %v", h.Type(), h.HostName(), h.VendorClass(), requested, server)
	}
	if got := string(h.AppendFQDN(nil)); got != "www.example" {
		t.Errorf("FQDN %q", got)
	}
	text, _ := h.AppendText(nil)
	if string(text) != `REQUEST xid 0x3D1D6A2B client 00:00:5e:00:53:01 giaddr 192.0.2.1 requested 192.0.2.100 host "laptop" secs 7` {
		t.Errorf("text %s", text)
	}
}

func sameAddr(a, b netip.Addr) bool { return a == b }

// with returns a message with the options in hex after the cookie.
func with(t testing.TB, options string) []byte {
	b := viewtest.Unhex(t, request)[:v4OptionOff]
	return append(bytes.Clone(b), viewtest.Unhex(t, options)...)
}

// RFC 2131 section 4.1: options, then file, then sname. RFC 3396 section 5: a
// value may be split over all of them.
func TestDHCPv4Overload(t *testing.T) {
	b := with(t, "34 01 03  0c 02 6162  ff 0c 01 7a")
	copy(b[v4FileOff:], viewtest.Unhex(t, "0c 02 6364 34 01 00 ff 0c 01 7a"))
	copy(b[v4SNameOff:], viewtest.Unhex(t, "00 0c 01 65 0f 03 782e79 ff"))
	h := mustDHCPv4(t, b)
	want := map[uint8]string{V4Overload: "\x03;\x00;", V4HostName: "ab;cd;e;", V4DomainName: "x.y;"}
	if diff := cmp.Diff(want, options(h)); diff != "" {
		t.Error(diff)
	}
	if got := string(h.AppendOption([]byte("="), V4HostName)); got != "=abcde" {
		t.Errorf("joined %q", got)
	}
	if h.SName() != nil || h.File() != nil || h.Type() != 0 {
		t.Errorf("%q %q %v", h.SName(), h.File(), h.Type())
	}
	if err := h.Validate(); err != nil {
		t.Error(err)
	}
	b[v4FileOff+1] = 200 // an option beyond its field
	viewtest.Invalid(t, "file", h.Validate(), v4Layer, wire.Malformed, v4FileOff, len(b))
	b[v4FileOff+1] = 2
	b[v4OptionOff+2] = 1 // file only
	if got := options(h)[V4HostName]; got != "ab;cd;" || h.SName() == nil {
		t.Errorf("%q, sname %q", got, h.SName())
	}
}

func TestDHCPv4Odd(t *testing.T) {
	for _, tt := range []struct {
		name, options string
		want          map[uint8]string
		bad           int // offset of the fault in the options
	}{
		{"none", "", map[uint8]string{}, 0},
		{"without end", "0c 01 61", map[uint8]string{12: "a;"}, 0},
		{"empty value", "0c 00 ff", map[uint8]string{12: ";"}, 0},
		{"runs out", "0c 01 61 0f 05 61", map[uint8]string{12: "a;"}, 3},
		{"length missing", "0c 01 61 0f", map[uint8]string{12: "a;"}, 3},
		{"pads", "0000 0c 01 61 0000", map[uint8]string{12: "a;"}, 0},
	} {
		h := mustDHCPv4(t, with(t, tt.options))
		if diff := cmp.Diff(tt.want, options(h)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		var reason error
		if tt.bad > 0 {
			reason = wire.Malformed
		}
		viewtest.Invalid(t, tt.name, h.Validate(), v4Layer, reason, v4OptionOff+tt.bad, len(h.Bytes()))
	}
	bootp := mustDHCPv4(t, viewtest.Unhex(t, request)[:v4FixedLen])
	if text, _ := bootp.AppendText(nil); !bytes.HasPrefix(text, []byte("BOOTP xid ")) {
		t.Errorf("without cookie: %s", text)
	}
	if got := mustDHCPv4(t, with(t, "0c 05 6e61730000")).HostName(); string(got) != "nas" {
		t.Errorf("host name %q", got)
	}
	for fqdn, want := range map[string]string{
		"51 06 00 0000 612e62": "a.b", "51 06 04 0000 01 61 00": "a", "51 06 04 0000 05 61 62": "",
		"51 06 00 0000 61ff22": `a\255\"`, "51 03 04 0000": "", "51 05 04 0000 4061": "",
	} {
		if got := string(mustDHCPv4(t, with(t, fqdn)).AppendFQDN(nil)); got != want {
			t.Errorf("%s: %q, want %q", fqdn, got, want)
		}
	}
	for typ, want := range map[V4MessageType]string{1: "DISCOVER", 9: "FORCERENEW", 200: "TYPE200"} {
		if typ.String() != want {
			t.Errorf("%v, want %s", typ, want)
		}
	}
}

// touchDHCPv4 calls every method on the message in b.
func touchDHCPv4(t testing.TB, b []byte) {
	h, err := ParseV4(b)
	if err != nil {
		return
	}
	size, whole := 0, 0 // of the parts, and of the joined value (RFC 3396)
	var seen [256]bool
	for o := range h.Options() {
		size += len(o.Data)
		if !seen[o.Kind] {
			seen[o.Kind] = true
			whole += len(h.AppendOption(nil, o.Kind))
		}
	}
	if size > len(b) || whole != size || len(h.AppendFQDN(nil)) > 4*255 {
		t.Fatalf("options of %d bytes, together %d, in %d", size, whole, len(b))
	}
	for _, v := range [][]byte{h.CHAddr(), h.SName(), h.File(), h.HostName(), h.VendorClass(), h.ClientID(), h.ParamList()} {
		if len(v) > 255 {
			t.Fatalf("value of %d bytes", len(v))
		}
	}
	h.ServerID()
	h.Broadcast()
	h.Validate()
	line, _ := h.AppendText(nil)
	viewtest.Printable(t, "text", line)
}

func TestDHCPv4Truncated(t *testing.T) {
	whole := viewtest.Unhex(t, request)
	for n := range whole {
		b := bytes.Clone(whole[:n])
		if _, err := ParseV4(b); (err == nil) != (n >= v4FixedLen) || err != nil && !errors.Is(err, wire.Short) {
			t.Errorf("%d bytes: %v", n, err)
		}
		touchDHCPv4(t, b)
	}
	for off, c := range map[int]byte{0: 3, 2: 17} {
		b := bytes.Clone(whole)
		b[off] = c
		if _, err := ParseV4(b); !errors.Is(err, wire.Malformed) {
			t.Errorf("%d at %d: %v", c, off, err)
		}
	}
}

func TestDHCPv4Allocs(t *testing.T) {
	b := viewtest.Unhex(t, request)
	buf := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() {
		h, _ := ParseV4(b)
		buf, _ = h.AppendText(buf[:0])
		buf = h.AppendFQDN(buf)
		buf = h.AppendOption(buf, V4HostName)
		h.ServerID()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDHCPv4(f *testing.F) {
	f.Add(viewtest.Unhex(f, request))
	f.Add(with(f, "34 01 03 0c 02 6162 51 06 04 0000 01 61 00"))
	for _, b := range viewtest.CapturedPayloads(f, "dhcp.pcap") {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { touchDHCPv4(t, b) })
}
