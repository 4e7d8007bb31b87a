package quic

import (
	"bytes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// The traffic secret of RFC 9001 appendix A.5 and RFC 9369 appendix A.5.
const rfcSecret = "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b"

// RFC 9001 appendix A.5, RFC 9369 appendix A.5: a packet with a short header,
// protected with ChaCha20-Poly1305, and the secret of the next phase.
func TestShortPacketVectors(t *testing.T) {
	for _, tt := range []struct {
		v                Version
		packet, iv, next string
	}{
		{Version1, "4cfe4189655e5cd55c41f69080575d7999c25a5bfb", "e0459b3474bdd0e44a41c144", "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9"},
		{Version2, "5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba", "a6b5bc6ab7dafce30ffff5dd", "c69374c49e3d2a9466fa689e49d476db5d0dfbc87d32ceeaa6343fd0ae4c7d88"},
	} {
		k := NewPhases(tt.v, chacha20Poly1305, viewtest.Unhex(t, rfcSecret))
		if got := hex.EncodeToString(k.current.iv[:]); got != tt.iv {
			t.Errorf("version %v: IV %s", tt.v, got)
		}
		p, err := ParseShortPacket(viewtest.Unhex(t, tt.packet), 0)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := k.Open(nil, p, 654360564)
		if err != nil || plain.Number != 654360564 || hex.EncodeToString(plain.Header()) != "4200bff4" {
			t.Errorf("version %v: %v, number %d, header %x", tt.v, err, plain.Number, plain.Header())
		}
		if diff := cmp.Diff([]Frame{{Type: FramePing, Size: 1}}, slices.Collect(plain.Frames())); diff != "" {
			t.Errorf("version %v (-want +got):\n%s", tt.v, diff)
		}
		if got := hex.EncodeToString(k.at(1).secret); got != tt.next {
			t.Errorf("version %v: next secret %s", tt.v, got)
		}
	}
}

// sealed returns a packet with a short header that is protected with k. It is
// the inverse of Open, made of the standard library alone.
func sealed(k *Keys, phase byte, number uint64, frames string) ShortPacket {
	b := []byte{0x41 | phase, 0xaa, byte(number >> 8), byte(number)}
	nonce := bytes.Clone(k.iv[:])
	for i := range 8 {
		nonce[11-i] ^= byte(number >> (8 * i))
	}
	b = cipher.AEAD.Seal(k.payload, b, nonce, []byte(frames), b)
	sample := bytes.Clone(b[2+4 : 2+4+16])
	k.header.mask(sample)
	b[0] ^= sample[0] & 0x1f
	b[2] ^= sample[1]
	b[3] ^= sample[2]
	return ShortPacket{b, 1}
}

// Packets of each phase open, also late ones of the phase before, and after
// updates that were not captured (RFC 9001 section 6).
func TestPhases(t *testing.T) {
	for _, suite := range []uint16{aes128GCM, aes256GCM, chacha20Poly1305, aes128CCM} {
		secret := bytes.Repeat([]byte{7}, suiteOf(suite).size)
		keys := []*Keys{NewKeys(Version1, suite, secret)}
		for i := range 12 {
			keys = append(keys, keys[i].next())
		}
		ph := NewPhases(Version1, suite, secret)
		next := uint64(0)
		for _, step := range []struct {
			number uint64
			phase  int
			ok     bool
		}{
			{0, 0, true}, {2, 0, true}, {4, 1, true}, {3, 0, true}, {1, 0, true}, {5, 1, true},
			{8, 2, true}, {6, 1, true}, {7, 2, true}, {9, 4, true}, {20, 7, true}, {21, 2, false}, {23, 8, true}, {24, 7, false}, {25, 12, false}, {22, 7, true},
		} {
			p := sealed(keys[step.phase], keyPhase*byte(step.phase&1), step.number, "\x01\x00\x00\x00\x01")
			before := bytes.Clone(p.b)
			plain, err := ph.Open(nil, p, next)
			switch {
			case (err == nil) != step.ok, err == nil && plain.Number != step.number, !bytes.Equal(p.b, before):
				t.Errorf("suite %#x, packet %d of phase %d: %v, number %d", suite, step.number, step.phase, err, plain.Number)
			case err == nil && len(slices.Collect(plain.Frames())) != 3:
				t.Errorf("suite %#x: %x", suite, plain.Payload())
			}
			next = max(next, step.number+1)
		}
		if _, err := ph.Open(nil, ShortPacket{make([]byte, 21), 1}, 0); !errors.Is(err, wire.Short) {
			t.Errorf("a short packet: %v", err)
		}
		p, dst := sealed(keys[8], 0, 23, "\x01\x00\x00\x00"), make([]byte, 0, 100)
		if n := testing.AllocsPerRun(10, func() { ph.Open(dst, p, 23) }); n != 0 && suite != aes128CCM {
			t.Errorf("suite %#x: %v allocations", suite, n)
		}
	}
}

func TestNewKeys(t *testing.T) {
	for _, tt := range []struct {
		v      Version
		suite  uint16
		secret int
		ok     bool
	}{
		{Version1, aes128GCM, 32, true}, {Version1, aes128GCM, 48, false}, {Version1, aes256GCM, 48, true},
		{draft + 29, chacha20Poly1305, 32, true}, {Version1, 0x1304, 32, true}, {Version1, 0x1305, 32, false}, {0x12345678, aes128GCM, 32, false}, {Version1, aes128GCM, 0, false},
	} {
		if k := NewKeys(tt.v, tt.suite, make([]byte, tt.secret)); (k != nil) != tt.ok {
			t.Errorf("%v: %v", tt, k)
		}
	}
}

// Frames of 1-RTT packets (RFC 9000 section 19, RFC 9221).
func TestDataFrames(t *testing.T) {
	for hex, want := range map[string]Frame{
		"08 04 6869":          {Type: FrameStream, Size: 4, Stream: 4, Data: []byte("hi")},
		"0b 04 02 6869":       {Type: FrameStream, Size: 5, Stream: 4, Fin: true, Data: []byte("hi")},
		"0c 04 4100 6869":     {Type: FrameStream, Size: 6, Stream: 4, Offset: 256, Data: []byte("hi")},
		"04 08 01 4100":       {Type: FrameResetStream, Size: 5, Stream: 8, Error: 1, Offset: 256},
		"05 08 4100":          {Type: FrameStopSending, Size: 4, Stream: 8, Error: 256},
		"07 02 6869":          {Type: FrameNewToken, Size: 4, Data: []byte("hi")},
		"10 4100":             {Type: FrameMaxData, Size: 3},
		"11 04 4100":          {Type: FrameMaxStreamData, Size: 4, Stream: 4},
		"12 05":               {Type: FrameMaxStreamsBidi, Size: 2},
		"17 05":               {Type: FrameStreamsBlockedUni, Size: 2},
		"19 03":               {Type: FrameRetireConnectionID, Size: 2, Sequence: 3},
		"1a 6162636465666768": {Type: FramePathChallenge, Size: 9, Data: []byte("abcdefgh")},
		"1d 4101 02 6869":     {Type: FrameApplicationClose, Size: 6, Error: 257, Data: []byte("hi")},
		"1e":                  {Type: FrameHandshakeDone, Size: 1},
		"30 6869":             {Type: FrameDatagram, Size: 3, Data: []byte("hi")},
		"31 02 6869":          {Type: FrameDatagramLen, Size: 4, Data: []byte("hi")},
		"18 02 01 01 aa 00000000000000000000000000000000": {Type: FrameNewConnectionID, Size: 21, Sequence: 2, Data: []byte{0xaa}},
	} {
		f, err := ParseFrame(viewtest.Unhex(t, hex))
		if diff := cmp.Diff(want, f); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", hex, err, diff)
		}
	}
	for hex, want := range map[string]error{
		"18 02 01 00 00000000000000000000000000000000":                                                    wire.Malformed,
		"18 02 01 15" + "000000000000000000000000000000000000000000" + "00000000000000000000000000000000": wire.Malformed,
		"0a 04 ffffffffffffffff 61":                                                                       wire.Short,
		"1f":                                                                                              wire.Malformed,
		"32":                                                                                              wire.Malformed,
	} {
		if f, err := ParseFrame(viewtest.Unhex(t, hex)); !errors.Is(err, want) {
			t.Errorf("%s: %v, %v", hex, f, err)
		}
	}
}
