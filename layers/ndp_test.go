package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A neighbor solicitation (RFC 4861 section 4.3) with its checksum and its
// sender's link-layer address.
const ndpSample = "8700 ec72 00000000" + "20010db8000000000000000000000002" + "0101 020000000001"

func TestNDP(t *testing.T) {
	h, err := ParseICMPv6(viewtest.Unhex(t, ndpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 135
		NDPTarget 2001:db8::2
		NDPOptions {1 020000000001}
		MLDGroup invalid IP`)
}

// Options follow fields that depend on the message. One of length 0 or beyond
// the packet ends them.
func TestNDPOptions(t *testing.T) {
	const addr = "20010db8000000000000000000000002"
	for _, c := range []struct{ name, b, want string }{
		{"router solicitation", "8500 0000 00000000 0101 020000000001", "{1 020000000001}"},
		{"router advertisement", "8600 0000 40000708 00000000 00000000 0501 0000000005dc 0101 020000000001", "{5 0000000005dc}, {1 020000000001}"},
		{"advertisement", "8800 0000 60000000" + addr + "0201 020000000001", "{2 020000000001}"},
		{"redirect", "8900 0000 00000000" + addr + addr + "0201 020000000001", "{2 020000000001}"},
		{"length 0", "8500 0000 00000000 0101 020000000001 0100", "{1 020000000001}"},
		{"cut", "8500 0000 00000000 0101 020000000001 0102 0000", "{1 020000000001}"},
		{"echo", "8000 0000 00000000 0101 020000000001", ""},
	} {
		h, err := ParseICMPv6(viewtest.Unhex(t, c.b))
		if err != nil {
			t.Fatal(c.name, err)
		}
		t.Log(c.name)
		viewtest.Facts(t, h, "NDPOptions "+c.want)
	}
}
