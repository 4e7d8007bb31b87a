package stream

import "testing"

func TestKinds(t *testing.T) {
	names := map[string]Kind{}
	for k := DNSMessage; int(k) < len(kindNames); k++ {
		if other, known := names[k.String()]; known || k.String() == "" {
			t.Errorf("Kind %d and %d are both %q", k, other, k)
		}
		names[k.String()] = k
	}
	for _, k := range []Kind{0, Kind(len(kindNames))} {
		if got := k.String(); got[:5] != "Kind(" {
			t.Errorf("Kind %d is %q", k, got)
		}
	}
}
