package layers

import "testing"

// A packet laid out by RFC 8200 section 3, with its checksum: UDP from
// 2001:db8::1 to the discard port of 2001:db8::2, expedited forwarding.
const ipv6Sample = "6b812345000a113f" +
	"20010db8000000000000000000000001" + "20010db8000000000000000000000002" +
	"12340009000a29bf6869"

func TestIPv6(t *testing.T) {
	h, err := ParseIPv6(unhex(t, ipv6Sample+"ffff")) // and a trailer
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		TrafficClass 184
		FlowLabel 74565
		PayloadLen 10
		NextHeader UDP
		HopLimit 63
		Src 2001:db8::1
		Dst 2001:db8::2
		Payload 12340009000a29bf6869
		Truncated false
		Text 2001:db8::1 > 2001:db8::2`)
}

func TestParseIPv6(t *testing.T) {
	for _, c := range []struct {
		name, hdr string
		want      error
	}{
		{"nothing", "", Short},
		{"another version", "45", Malformed},
		{"39 bytes", ipv6Sample[:78], Short},
		{"payload beyond the bytes", ipv6Sample[:80], nil},
	} {
		if _, err := ParseIPv6(unhex(t, c.hdr)); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}
