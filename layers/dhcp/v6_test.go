package dhcp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// A SOLICIT message (RFC 8415 sections 8 and 21, RFC 4704 section 4).
const v6Solicit = `01 10c2f7
	0001 000e 0001 0001 1c39cf88 080027fe8f95
	0006 0004 0017 0018
	0003 0028 00000001 00000e10 00001518
		0005 0018 20010db8000000000000000000000042 00001c20 00001d4c
	0019 0029 00000002 00000000 00000000
		001a 0019 00000000 00000000 38 20010db8000100000000000000000000
	0010 000e 00000137 0008 4d53465420352e30
	0027 0009 01 03 777777 03 636f6d`

// relayHead is the part of a RELAY-FORW before its message.
const relayHead = "0c 01 20010db8000000000000000000000001 fe80000000000000020000fffe000001 0012 0001 31"

// relayed returns a message inside a RELAY-FORW (RFC 8415 section 9).
func relayed(t testing.TB, inner []byte) []byte {
	b := viewtest.Unhex(t, relayHead+"0009")
	return append(append(b, byte(len(inner)>>8), byte(len(inner))), inner...)
}

func mustDHCPv6(t testing.TB, b []byte) V6 {
	t.Helper()
	h, err := ParseV6(b)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestDHCPv6(t *testing.T) {
	h := mustDHCPv6(t, viewtest.Unhex(t, v6Solicit))
	if h.Type() != V6Solicit || h.TransactionID() != 0x10c2f7 || h.IsRelay() || h.HopCount() != 0 || h.LinkAddr().IsValid() {
		t.Errorf("%v %#x", h.Type(), h.TransactionID())
	}
	var codes []uint16
	for o := range h.Options() {
		codes = append(codes, o.Code)
	}
	want := []uint16{V6ClientID, V6OptionReq, V6IANA, V6IAPD, V6VendorClass, V6FQDN}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	id := h.ClientID()
	if id.Type() != 1 || hex.EncodeToString(id.LinkLayer()) != "080027fe8f95" || h.ServerID() != nil || id.String() != "000100011C39CF88080027FE8F95" {
		t.Errorf("client %v, %x", id, id.LinkLayer())
	}
	var got []string
	for a := range h.IAAddrs() {
		got = append(got, a.String())
	}
	for p := range h.IAPrefixes() {
		got = append(got, p.String())
	}
	if diff := cmp.Diff([]string{"2001:db8::42", "2001:db8:1::/56"}, got); diff != "" {
		t.Error(diff)
	}
	enterprise, items, ok := h.VendorClass()
	if !ok || enterprise != 311 || string(items) != "\x00\x08MSFT 5.0" || string(h.AppendFQDN(nil)) != "www.com" {
		t.Errorf("%d %q %q", enterprise, items, h.AppendFQDN(nil))
	}
	text, _ := h.AppendText(nil)
	if string(text) != "SOLICIT xid 0x10C2F7 client 000100011C39CF88080027FE8F95 addr 2001:db8::42 host www.com" {
		t.Errorf("text %s", text)
	}
}

func TestDHCPv6Relay(t *testing.T) {
	b := relayed(t, relayed(t, viewtest.Unhex(t, v6Solicit)))
	h := mustDHCPv6(t, b)
	if !h.IsRelay() || h.HopCount() != 1 || h.TransactionID() != 0 ||
		h.LinkAddr() != netip.MustParseAddr("2001:db8::1") || h.PeerAddr() != netip.MustParseAddr("fe80::200:ff:fe00:1") {
		t.Errorf("%d %v %v", h.HopCount(), h.LinkAddr(), h.PeerAddr())
	}
	m, ok := h.RelayMessage()
	if inner, _ := m.RelayMessage(); !ok || inner.Type() != V6Solicit {
		t.Errorf("%v, %v", ok, inner.Type())
	}
	text, _ := h.AppendText(nil)
	const want = "RELAY-FORW peer fe80::200:ff:fe00:1: RELAY-FORW peer fe80::200:ff:fe00:1: SOLICIT xid 0x10C2F7"
	if !strings.HasPrefix(string(text), want) {
		t.Errorf("text %s", text)
	}
}

func TestDUID(t *testing.T) {
	for in, want := range map[string]string{
		"": "0", "00": "0", "0003 0001 020000000001": "3020000000001", "0003 0001": "3",
		"0004 00112233445566778899aabbccddeeff": "4", "0002 00000137 01": "2",
	} {
		d := DUID(viewtest.Unhex(t, in))
		if got := string('0'+byte(d.Type())) + hex.EncodeToString(d.LinkLayer()); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func touchDHCPv6(t testing.TB, b []byte) {
	h, err := ParseV6(b)
	if err != nil {
		return
	}
	n := 0
	for range h.IAAddrs() {
		n++
	}
	for range h.IAPrefixes() {
		n++
	}
	if n > len(b) || len(h.AppendFQDN(nil)) > 4*255 {
		t.Fatal("more addresses than bytes")
	}
	h.ServerID().LinkLayer()
	h.VendorClass()
	h.LinkAddr()
	h.HopCount()
	h.TransactionID()
	line, _ := h.AppendText(nil)
	viewtest.Printable(t, "text", line)
}

func TestDHCPv6Truncated(t *testing.T) {
	relay := relayed(t, viewtest.Unhex(t, v6Solicit))
	for n := range relay {
		if _, err := ParseV6(relay[:n]); (err == nil) != (n >= v6RelayLen) {
			t.Errorf("relayed message of %d bytes: %v", n, err)
		}
		touchDHCPv6(t, bytes.Clone(relay[:n]))
	}
	message := viewtest.Unhex(t, v6Solicit)
	want, offsets := make(map[int]error), make(map[int]int) // by length
	for off := v6Len; off < len(message); {
		next := off + 4 + int(message[off+2])<<8 + int(message[off+3])
		for n := off + 1; n < next; n++ {
			want[n], offsets[n] = wire.Malformed, off
		}
		off = next
	}
	for n := range message {
		if _, err := ParseV6(message[:n]); (err == nil) != (n >= v6Len) || err != nil && !errors.Is(err, wire.Short) {
			t.Errorf("message of %d bytes: %v", n, err)
		}
		touchDHCPv6(t, bytes.Clone(message[:n]))
		if h, err := ParseV6(message[:n]); err == nil {
			viewtest.Invalid(t, "cut", h.Validate(), v6Layer, want[n], offsets[n], n)
		}
	}
	if _, err := ParseV6(make([]byte, 40)); !errors.Is(err, wire.Malformed) {
		t.Errorf("type 0: %v", err)
	}
}

func TestDHCPv6Allocs(t *testing.T) {
	b := relayed(t, viewtest.Unhex(t, v6Solicit))
	buf := make([]byte, 0, 512)
	if n := testing.AllocsPerRun(100, func() {
		h, _ := ParseV6(b)
		buf, _ = h.AppendText(buf[:0])
		m, _ := h.RelayMessage()
		for range m.IAPrefixes() {
		}
		m.VendorClass()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDHCPv6(f *testing.F) {
	f.Add(viewtest.Unhex(f, v6Solicit))
	f.Add(relayed(f, viewtest.Unhex(f, v6Solicit)))
	f.Fuzz(func(t *testing.T, b []byte) { touchDHCPv6(t, b) })
}
