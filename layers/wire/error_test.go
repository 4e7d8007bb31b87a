package wire_test

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/layers/wire"
)

func TestError(t *testing.T) {
	for want, err := range map[string]error{
		"UDP at byte 34: too short (have 5, need 8, by the length of IPv4)": &wire.Error{
			Layer: "UDP", Reason: wire.Short, Offset: 34, Have: 5, Need: 8, By: "IPv4",
		},
		"DNS: malformed (have 12)":                wire.Fail("DNS", wire.Malformed, 12, 12),
		"IPv4: too short (have 5, need 20)":       wire.Fail("IPv4", wire.Short, 5, 20),
		"TCP: truncated by the capture (have 19)": &wire.Error{Layer: "TCP", Reason: wire.Truncated, Have: 19},
		"IPv4: too many layers (have 100)":        &wire.Error{Layer: "IPv4", Reason: wire.TooDeep, Have: 100},
		"ARP at byte 14: Reason(9) (have 1)":      &wire.Error{Layer: "ARP", Reason: 9, Offset: 14, Have: 1},
	} {
		if err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
		var reason wire.Reason
		if !errors.As(err, &reason) || !errors.Is(err, reason) || errors.Is(err, reason+1) {
			t.Errorf("%s: its Reason is %v", want, reason)
		}
	}
	if wire.Reason(0).Err() != nil || wire.Short.Err() != wire.Short {
		t.Error("Err is not nil exactly for 0")
	}
}
