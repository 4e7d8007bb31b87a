package stream

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http2"
)

// recogniseHTTP2 accepts the preface of a client (RFC 9113 section 3.4), the SETTINGS that
// a server begins with, and, if the beginning was not captured, HEADERS whose first field
// is one that requests or responses begin with.
func recogniseHTTP2(b []byte, _ layers.Flow) (role, verdict) {
	if b[0] == http2.Preface[0] {
		return fromClient, prefix(b, http2.Preface)
	}
	if b[0] != 0 || len(b) > 3 && b[3] != byte(http2.FrameHeaders) && b[3] != byte(http2.FrameSettings) {
		return either, refused
	}
	h, err := http2.ParseFrameHeader(b)
	if err != nil {
		return either, undecided
	}
	b = b[http2.FrameHeaderLen:]
	switch {
	case !http2Plausible(h):
		return either, refused
	case h.Type() == http2.FrameSettings:
		return either, decidedIf(h.Length() <= maxSettings && (h.Length() == 0 || isSetting(b)))
	case h.StreamID()%2 == 0, !h.Flags().Has(http2.FlagEndHeaders):
		return either, refused
	}
	at := 0
	if h.Flags().Has(http2.FlagPadded) {
		at++
	}
	if h.Flags().Has(http2.FlagPriority) {
		at += 5
	}
	if len(b) <= at {
		return either, undecidedIf(h.Length() > at)
	}
	return beginsSection(b[at])
}

// maxSettings limits the length of the first SETTINGS. Those of browsers have about six.
const maxSettings = 16 * 6

// isSetting reports whether b begins with a setting of RFC 9113 or its extensions, or one
// that is reserved to be ignored (RFC 8701).
func isSetting(b []byte) bool {
	return len(b) < 2 || b[0] == 0 && b[1] != 0 && b[1] <= 0x10 || b[0]&0xf == 0xa && b[1]&0xf == 0xa
}

// beginsSection decides by the first byte of a field block: what most senders begin with
// are references to the static table, or :authority (RFC 7541 section 6 and appendix A).
func beginsSection(c byte) (role, verdict) {
	switch {
	case c == 0x82, c == 0x83, c == 0x41:
		return fromClient, decided
	case 0x88 <= c && c <= 0x8e, c == 0x48:
		return fromServer, decided
	}
	return either, refused
}
