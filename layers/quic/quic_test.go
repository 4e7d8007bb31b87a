package quic

import (
	"bytes"
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/layers/wire"
)

var rfcQUICID = []byte{0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08}

func mustQUIC(t testing.TB, b []byte) Packet {
	t.Helper()
	p, err := ParsePacket(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// RFC 9001 appendices A.2 and A.3, RFC 9369 appendices A.2 and A.3.
func TestQUICOpen(t *testing.T) {
	padded := append(viewtest.Unhex(t, build.RFC9001ClientFrame), make([]byte, 1162-245)...)
	for _, tt := range []struct {
		name, packet string
		fromClient   bool
		header       string
		number       uint64
		payload      []byte
	}{
		{"client, version 1", build.RFC9001Client, true, "c300000001088394c8f03e5157080000449e00000002", 2, padded},
		{"client, version 2", build.RFC9369Client, true, "d36b3343cf088394c8f03e5157080000449e00000002", 2, padded},
		{"server, version 1", build.RFC9001Server, false, "c1000000010008f067a5502a4262b50040750001", 1, viewtest.Unhex(t, build.RFC9001ServerFrames)},
		{"server, version 2", build.RFC9369Server, false, "d16b3343cf0008f067a5502a4262b50040750001", 1, viewtest.Unhex(t, build.RFC9001ServerFrames)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := viewtest.Unhex(t, tt.packet)
			p := mustQUIC(t, append(slices.Clip(bytes.Clone(b)), 0x40, 1, 2))
			if p.Type() != Initial || !bytes.Equal(p.Bytes(), b) {
				t.Fatalf("%v of %d bytes, want %d", p.Type(), len(p.Bytes()), len(b))
			}
			keys := InitialKeys(p.Version(), rfcQUICID, tt.fromClient)
			dst := append(make([]byte, 0, 2000), "kept"...)
			plain, err := keys.Open(dst, p, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(plain.Header()); got != tt.header || plain.Number != tt.number {
				t.Errorf("header %s, number %d", got, plain.Number)
			}
			if diff := cmp.Diff(tt.payload, plain.Payload()); diff != "" {
				t.Errorf("payload (-want +got):\n%s", diff)
			}
			if string(dst) != "kept" || !bytes.Equal(b, p.Bytes()) {
				t.Error("wrote outside its buffer")
			}
			if n := testing.AllocsPerRun(10, func() { keys.Open(dst, p, 0) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
			wrong := InitialKeys(p.Version(), rfcQUICID, !tt.fromClient)
			if _, err := wrong.Open(nil, p, 0); !errors.Is(err, wire.Malformed) {
				t.Errorf("keys of the other side: %v", err)
			}
			if p, err = ParsePacket(b[:len(b)-1]); err != nil || !p.Truncated() {
				t.Errorf("a byte less: %v, truncated %v", err, p.Truncated())
			}
			if _, err = keys.Open(nil, p, 0); !errors.Is(err, wire.Truncated) {
				t.Errorf("a byte less: %v", err)
			}
		})
	}
}

// RFC 9001 appendix A.4, RFC 9369 appendix A.4.
func TestQUICRetry(t *testing.T) {
	for _, s := range []string{build.RFC9001Retry, build.RFC9369Retry} {
		b := viewtest.Unhex(t, s)
		p := mustQUIC(t, b)
		if p.Type() != Retry || string(p.Token()) != "token" || !bytes.Equal(p.IntegrityTag(), b[len(b)-16:]) ||
			len(p.DstID()) != 0 || hex.EncodeToString(p.SrcID()) != "f067a5502a4262b5" || p.Payload() != nil {
			t.Errorf("%s, token %q", p.Version(), p.Token())
		}
		if !p.AuthenticRetry(rfcQUICID) || p.AuthenticRetry(rfcQUICID[1:]) || p.AuthenticRetry(nil) {
			t.Errorf("version %v: AuthenticRetry is wrong", p.Version())
		}
	}
}

func TestQUICFrames(t *testing.T) {
	server := viewtest.Unhex(t, build.RFC9001ServerFrames)
	for _, tt := range []struct {
		name string
		b    []byte
		want []Frame
	}{
		{"RFC 9001 appendix A.3", server, []Frame{
			{Type: FrameAck, Size: 5},
			{Type: FrameCrypto, Size: 94, Data: server[9:]},
		}},
		{"padding, ping, ACK of three ranges with ECN", viewtest.Unhex(t, "000000 01 03 44d2 1e 02 05 00 01 02 03 01 02 03 01"), []Frame{
			{Type: FramePadding, Size: 3},
			{Type: FramePing, Size: 1},
			{Type: FrameAckECN, Size: 13, Largest: 1234},
			{Type: FramePing, Size: 1},
		}},
		{"close", viewtest.Unhex(t, "1c 412c 06 02 6f6b"), []Frame{{Type: FrameConnectionClose, Size: 7, Error: 0x12c, Data: []byte("ok")}}},
		{"CRYPTO at 2^62-1", viewtest.Unhex(t, "06 ffffffffffffffff 01 61"), []Frame{{Type: FrameCrypto, Size: 11, Offset: 1<<62 - 1, Data: []byte("a")}}},
		{"CRYPTO longer than the packet", viewtest.Unhex(t, "01 06 00 bfffffff 61"), []Frame{{Type: FramePing, Size: 1}}},
		{"CRYPTO of 2^62-1 bytes", viewtest.Unhex(t, "01 06 00 ffffffffffffffff 61"), []Frame{{Type: FramePing, Size: 1}}},
		{"2^62-1 ranges", viewtest.Unhex(t, "01 02 00 00 ffffffffffffffff 00 00 00"), []Frame{{Type: FramePing, Size: 1}}},
		{"a frame not allowed in Initial packets", viewtest.Unhex(t, "01 08 00"), []Frame{{Type: FramePing, Size: 1}}},
		{"half a number", viewtest.Unhex(t, "01 40"), []Frame{{Type: FramePing, Size: 1}}},
	} {
		if diff := cmp.Diff(tt.want, slices.Collect(Frames(tt.b))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if h, err := tls.ParseClientHello(viewtest.Unhex(t, build.RFC9001ClientFrame)[4:]); err != nil || string(h.ServerName()) != "example.com" {
		t.Errorf("ClientHello of appendix A.2: %v", err)
	}
}

func TestParseQUIC(t *testing.T) {
	for _, tt := range []struct {
		name string
		hex  string
		err  error
		want string
	}{
		{"nothing", "", wire.Short, ""},
		{"short header", "41aabbccddee", wire.Malformed, ""},
		{"version alone", "c000000001", wire.Short, ""},
		{"no source connection ID", "c00000000101aa", wire.Short, ""},
		{"connection ID longer than the packet", "c00000000109aa00", wire.Short, ""},
		{"connection ID of 21 bytes", "c000000001" + "15" + "000000000000000000000000000000000000000000" + "00" + "00" + "00", wire.Malformed, ""},
		{"no token length", "c0000000010000", wire.Short, ""},
		{"token longer than the packet", "c000000001000044000000", wire.Short, ""},
		{"token of 2^62-1 bytes", "c0000000010000ffffffffffffffff00", wire.Short, ""},
		{"no length", "c00000000100000161", wire.Short, ""},
		{"fixed bit 0 (RFC 9287)", "80000000010000000100", nil, "Initial version 1 DCID  SCID "},
		{"Initial", "c0000000010000000100", nil, "Initial version 1 DCID  SCID "},
		{"0-RTT", "d0000000010001aa0100", nil, "0-RTT version 1 DCID  SCID aa"},
		{"Handshake of a draft", "e0ff00001d01bb01aa0100", nil, "Handshake version draft-29 DCID bb SCID aa"},
		{"Initial of version 2", "d06b3343cf0000000100", nil, "Initial version 2 DCID  SCID "},
		{"Handshake of version 2", "f06b3343cf00000100", nil, "Handshake version 2 DCID  SCID "},
		{"Retry without tag", "f000000001000000", wire.Short, ""},
		{"unknown version", "c01a2a3a4a000000", nil, "unknown version 0x1a2a3a4a DCID  SCID "},
		{"negotiation without versions", "80000000000000", wire.Malformed, ""},
		{"negotiation with half a version", "800000000000000000000100", wire.Malformed, ""},
		{"negotiation", "80000000000000000000016b3343cf", nil, "Version Negotiation version 0x00000000 DCID  SCID "},
	} {
		p, err := ParsePacket(viewtest.Unhex(t, tt.hex))
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
		if err != nil {
			continue
		}
		if got, _ := p.AppendText(nil); string(got) != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	p := mustQUIC(t, viewtest.Unhex(t, "80000000000000000000016b3343cf"))
	if diff := cmp.Diff([]Version{Version1, Version2}, slices.Collect(p.SupportedVersions())); diff != "" {
		t.Error(diff)
	}
	s, err := ParseShortPacket(viewtest.Unhex(t, "21aabb010203"), 2)
	if err != nil || !s.Spin() || !bytes.Equal(s.DstID(), []byte{0xaa, 0xbb}) || len(s.Payload()) != 3 || len(s.Bytes()) != 6 {
		t.Errorf("%v, %+v", err, s)
	}
	for hex, want := range map[string]error{"": wire.Short, "41": wire.Short, "c1aabb": wire.Malformed} {
		if _, err := ParseShortPacket(viewtest.Unhex(t, hex), 2); !errors.Is(err, want) {
			t.Errorf("short header %q: %v, want %v", hex, err, want)
		}
	}
}

// Coalesced packets, RFC 9000 section 12.2.
func TestQUICPackets(t *testing.T) {
	b := viewtest.Unhex(t, "c0000000010000000201 02"+"e0000000010000 01 00"+"41 aabbcc")
	var types []PacketType
	for p := range Packets(b) {
		types = append(types, p.Type())
	}
	if diff := cmp.Diff([]PacketType{Initial, Handshake}, types); diff != "" {
		t.Error(diff)
	}
}

// RFC 9000 appendix A.3, and the limits of the range.
func TestQUICPacketNumber(t *testing.T) {
	for _, tt := range []struct {
		low  uint64
		size int
		next uint64
		want uint64
	}{
		{0x9b32, 2, 0xa82f30eb, 0xa82f9b32},
		{0, 1, 0, 0},
		{0xff, 1, 0, 0xff},
		{0xff, 1, 0x100, 0xff},
		{0x00, 1, 0xff, 0x100},
		{0xff, 1, 1<<62 - 1, 1<<62 - 1},
		{0x00, 1, 1<<62 - 1, 1<<62 - 256},
	} {
		if got := packetNumber(tt.low, tt.size, tt.next); got != tt.want {
			t.Errorf("%#x of %d bytes, next %#x: %#x, want %#x", tt.low, tt.size, tt.next, got, tt.want)
		}
	}
}

// RFC 9000 appendix A.1.
func TestQUICVarint(t *testing.T) {
	for hex, want := range map[string]uint64{
		"c2197c5eff14e88c": 151288809941952652, "9d7f3e7d": 494878333, "7bbd": 15293, "25": 37, "4025": 37,
	} {
		b := viewtest.Unhex(t, hex)
		if v, n := text.Varint(b); v != want || n != len(b) {
			t.Errorf("%s: %d of %d bytes", hex, v, n)
		}
		if _, n := text.Varint(b[:len(b)-1]); n != 0 {
			t.Errorf("%s cut: %d bytes", hex, n)
		}
	}
}

// A packet of any bytes is parsed or rejected, its parts lie within it, and
// Open does not modify it.
func FuzzQUIC(f *testing.F) {
	for _, s := range []string{build.RFC9001Client, build.RFC9369Server, build.RFC9001Retry, "80000000000000000000016b3343cf", "c01a2a3a4a000000"} {
		f.Add(viewtest.Unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		for p := range Packets(b) {
			if n := len(p.Token()) + len(p.Payload()) + len(p.IntegrityTag()) + len(p.DstID()) + len(p.SrcID()); n > len(p.Bytes()) {
				t.Fatalf("parts of %d bytes in a packet of %d", n, len(p.Bytes()))
			}
			p.AppendText(nil)
			p.AuthenticRetry(rfcQUICID)
			for range p.SupportedVersions() {
			}
			if keys := InitialKeys(p.Version(), p.DstID(), true); keys != nil {
				keys.Open(nil, p, 0)
			}
		}
		n := 0
		for fr := range Frames(b) {
			n += fr.Size
		}
		if n > len(b) || !bytes.Equal(b, before) {
			t.Fatalf("frames of %d bytes in %d, unchanged %v", n, len(b), bytes.Equal(b, before))
		}
		ParseShortPacket(b, 8)
	})
}
