package layers

import (
	"net/netip"
	"testing"

	"github.com/sightline-go/sightline/layers/wire"
)

func TestFlow(t *testing.T) {
	f := Flow{netip.MustParseAddrPort("198.51.100.7:80"), netip.MustParseAddrPort("192.0.2.1:49152"), IPProtoTCP}
	if got, want := f.String(), "TCP 198.51.100.7:80 > 192.0.2.1:49152"; got != want {
		t.Error(got)
	}
	if f.Reverse().Reverse() != f || f.Reverse() == f {
		t.Error(f.Reverse())
	}
	if f.Canonical() != f.Reverse().Canonical() {
		t.Error(f.Canonical(), f.Reverse().Canonical())
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		EtherTypeIPv6.String():     "IPv6",
		EtherType(0x88cc).String(): "0x88cc",
		IPProtoNoNext.String():     "no next header",
		IPProto(253).String():      "protocol 253",
		KindEthernet.String():      "Ethernet",
		(KindUser + 3).String():    "Kind(131)",
		wire.Short.Error():         "too short",
		wire.Truncated.Error():     "truncated by the capture",
		wire.Malformed.Error():     "malformed",
		wire.TooDeep.Error():       "too many layers",
		wire.Reason(99).Error():    "Reason(99)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
