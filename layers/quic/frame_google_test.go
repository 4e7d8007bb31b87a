package quic

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// The frames of Google's versions, in the layout of Chromium's quic_framer.cc.
func TestGoogleFrames(t *testing.T) {
	for hex, want := range map[string]Frame{
		"08 05 02 aabb":                       {Type: FrameCrypto, Offset: 5, Data: []byte{0xaa, 0xbb}},
		"00 0000":                             {Type: FramePadding},
		"07":                                  {Type: FramePing},
		"02 00000019 0002 6e6f":               {Type: FrameConnectionClose, Error: 0x19, Data: []byte("no")},
		"40 09 0000 01 00":                    {Type: FrameAck, Largest: 9},
		"60 09 0000 01 01 0203 00":            {Type: FrameAck, Largest: 9},
		"45 0102 0000 0001 00":                {Type: FrameAck, Largest: 0x102},
		"48 01020304 0000 01 01 09 00000000":  {Type: FrameAck, Largest: 0x1020304},
		"40 09 0000 01 02 09 00000000 010003": {Type: FrameAck, Largest: 9},
	} {
		b := viewtest.Unhex(t, hex)
		want.Size = len(b)
		got, err := parseGoogleFrame(b)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v, %s", hex, err, diff)
		}
		for n := range len(b) {
			if _, err := parseGoogleFrame(b[:n]); b[0] != googlePadding && !errors.Is(err, wire.Short) {
				t.Errorf("%s: %d bytes: %v", hex, n, err)
			}
		}
	}
	if _, err := parseGoogleFrame([]byte{0x81}); !errors.Is(err, wire.Malformed) {
		t.Errorf("a STREAM frame: %v", err)
	}
}
