package port

import "testing"

func TestClientSends(t *testing.T) {
	for _, tt := range []struct {
		src, dst uint16
		want     bool
	}{
		{50000, 22, true}, {22, 50000, false},
		{1024, 8080, true}, {8080, 1024, false}, // a service above its client
		{68, 67, true}, {67, 68, false}, // DHCP: the client's port is a system port
		{3671, 54445, false}, {54445, 3671, true}, // a port that is neither
		{49676, 40564, true}, {40564, 49676, true}, // both are ephemeral: the first sender decides
		{80, 443, true},
	} {
		if got := ClientSends(tt.src, tt.dst, false); got != tt.want {
			t.Errorf("%d to %d: %v", tt.src, tt.dst, got)
		}
	}
	if !ClientSends(3671, 54445, true) || ClientSends(53, 54445, true) {
		t.Error("the first sender is the client, unless it is a service")
	}
}
