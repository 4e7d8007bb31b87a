package http3

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// Frames of RFC 9114 section 7.2, and one that is reserved (section 7.2.8).
func TestFrameHeader(t *testing.T) {
	for hex, want := range map[string]string{
		"00 05":               "DATA length 5",
		"01 4100 ff":          "HEADERS length 256",
		"04 00":               "SETTINGS length 0",
		"0d 01":               "MAX_PUSH_ID length 1",
		"21 ffffffffffffffff": "0x21 length 4611686018427387903",
	} {
		h, err := ParseFrameHeader(viewtest.Unhex(t, hex))
		if h.String() != want || err != nil {
			t.Errorf("%s: %v, %v", hex, h, err)
		}
	}
	for _, hex := range []string{"", "00", "40", "4001", "0141"} {
		if h, err := ParseFrameHeader(viewtest.Unhex(t, hex)); !errors.Is(err, wire.Short) {
			t.Errorf("%s: %v, %v", hex, h, err)
		}
	}
}

func TestSettings(t *testing.T) {
	got := map[uint64]uint64{}
	for id, value := range Settings(viewtest.Unhex(t, "01 5000 06 80010000 07 40")) {
		got[id] = value
	}
	if diff := cmp.Diff(map[uint64]uint64{SettingQPACKMaxTableCapacity: 4096, 6: 65536}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
