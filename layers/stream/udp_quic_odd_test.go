package stream_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// The packets of a datagram have any order (RFC 9000 section 12.2), and a receiver
// drops those that it cannot decrypt.
func TestQUICCoalesced(t *testing.T) {
	crypto := build.QUICCrypto(0, rfcHello)
	first := initial(0, crypto).data
	ids := "\x00\x00\x00\x01\x08" + rfcID + "\x05" + clientID
	zeroRTT := []byte("\xd0" + ids + "\x40\xc8" + strings.Repeat("z", 200))
	handshakePacket := []byte("\xe0" + ids + "\x40\x20" + strings.Repeat("h", 32))
	damaged := slices.Clone(initial(7, crypto).data)
	damaged[len(damaged)-1] ^= 1
	answer := build.QUICInitial{Server: true, KeyID: rfcID, Dst: clientID, Src: serverID, Frames: build.QUICCrypto(0, rfcServerHello)}.Packet()
	toClient := []byte("\xe0\x00\x00\x00\x01\x05" + clientID + "\x08" + serverID + "\x40\x20" + strings.Repeat("h", 32))
	half := len(rfcHello) / 2
	for _, tt := range []struct {
		name  string
		grams []gram
		want  []got
	}{
		{"0-RTT first", []gram{{data: slices.Concat(zeroRTT, first)}}, []got{hello(1, 1, rfcHello)}},
		{"0-RTT alone, then Initial", []gram{{data: zeroRTT}, {data: first}}, []got{hello(2, 2, rfcHello)}},
		{"Handshake first", []gram{{data: slices.Concat(handshakePacket, first)}}, []got{hello(1, 1, rfcHello)}},
		{"both first", []gram{{data: slices.Concat(zeroRTT, handshakePacket, zeroRTT, first)}}, []got{hello(1, 1, rfcHello)}},
		{"a damaged Initial first", []gram{{data: slices.Concat(damaged, first)}}, []got{hello(1, 1, rfcHello)}},
		{"the server's Handshake first", []gram{{data: first}, {true, slices.Concat(toClient, answer)}}, []got{
			hello(1, 1, rfcHello), {stream.TLS, stream.QUIC, false, 2, 2, 0, rfcServerHello},
		}},
		{"Handshake within the hello", []gram{
			initial(0, build.QUICCrypto(0, rfcHello[:half])), {data: handshakePacket}, initial(1, build.QUICCrypto(uint64(half), rfcHello[half:])),
		}, []got{hello(1, 3, rfcHello)}},
	} {
		if diff := cmp.Diff(tt.want, handshake(sendAll(new(stream.Assembler), tt.grams...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A hello is found with the fixed bit 0 (RFC 9287), in a version that forces a
// negotiation (RFC 9000 section 15; Wireshark decrypts it like version 1), and in
// Google's frames.
func TestQUICOddHellos(t *testing.T) {
	crypto := build.QUICCrypto(0, rfcHello)
	google := slices.Clone(crypto)
	google[0] = 8
	ping, ack := []byte{7}, []byte{0x65, 0x01, 0x02, 0, 0, 1, 0, 1, 0, 0, 1, 2, 9, 0, 0, 0, 0, 1, 0, 3}
	base := build.QUICInitial{Dst: rfcID, Src: clientID, Size: 1200}
	for _, tt := range []struct {
		name    string
		version uint32
		frames  []byte
		unfixed bool
	}{
		{"fixed bit 0", build.QUICv1, crypto, true},
		{"fixed bit 0 in version 2", build.QUICv2, crypto, true},
		{"reserved", 0x1a2a3a4a, crypto, false},
		{"T050", build.QUICT050, google, false},
		{"T051", build.QUICT051, slices.Concat(ack, ping, make([]byte, 3), google), false},
	} {
		q := base
		q.Version, q.Frames, q.Unfixed = tt.version, tt.frames, tt.unfixed
		ms := handshake(sendAll(new(stream.Assembler), gram{data: q.Packet()}))
		if diff := cmp.Diff([]got{hello(1, 1, rfcHello)}, ms); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	base.Version, base.Frames = 0x1a2a3a4a, crypto
	negotiation := gram{true, []byte("\x80\x00\x00\x00\x00\x05" + clientID + "\x08" + rfcID + "\x00\x00\x00\x01")}
	again := handshake(sendAll(new(stream.Assembler), gram{data: base.Packet()}, negotiation, initial(0, crypto)))
	if diff := cmp.Diff([]got{hello(1, 1, rfcHello), hello(3, 3, rfcHello)}, again); diff != "" {
		t.Errorf("after a negotiation: %s", diff)
	}
}
