package quic

import (
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/viewtest"
)

// Packets (RFC 9000 section 17.2) and frames (section 19).
const (
	initialSample = "c0 00000001 02 aabb 02 ccdd 02 0102 05 0001020304"
	versionSample = "80 00000000 01 aa 01 bb 00000001 6b3343cf"
	shortSample   = "60 aabbccdd 0102030405"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	viewtest.Of(ParsePacket, initialSample),
	viewtest.Of(ParsePacket, build.RFC9001Retry),
	// A list of versions has no length, so it is malformed unless it ends with
	// one.
	viewtest.Of(ParsePacket, versionSample).MayBeMalformed(),
	viewtest.Of(func(b []byte) (ShortPacket, error) { return ParseShortPacket(b, 4) }, shortSample),
	viewtest.Of(ParseFrame, "00 00 00"),
	viewtest.Of(ParseFrame, "03 05 00 01 02 00 01 01 02 03"),
	viewtest.Of(ParseFrame, "06 00 04 01000000"),
	viewtest.Of(ParseFrame, "1c 0a 00 02 6869"),
	viewtest.Of(ParseFrame, "0f 04 4100 02 6869"),
	viewtest.Of(ParseFrame, "18 01 00 04 aabbccdd 000102030405060708090a0b0c0d0e0f"),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		Initial version 1 DCID aabb SCID ccdd
		Retry version 1 DCID  SCID f067a5502a4262b5
		Version Negotiation version 0x00000000 DCID aa SCID bb
		1-RTT DCID aabbccdd len 5
		PADDING size 3
		ACK largest 5
		CRYPTO offset 0 len 4
		CONNECTION_CLOSE error 0xa "hi"
		STREAM 4 offset 256 len 2 FIN
		NEW_CONNECTION_ID aabbccdd
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
