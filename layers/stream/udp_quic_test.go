package stream_test

import (
	stdtls "crypto/tls"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// The connection ID that the keys of RFC 9001 appendix A are derived from, the
// one chosen by its server, and one chosen by a client.
const (
	rfcID    = "\x83\x94\xc8\xf0\x3e\x51\x57\x08"
	serverID = "\xf0\x67\xa5\x50\x2a\x42\x62\xb5"
	clientID = "\x01\x02\x03\x04\x05"
)

// A gram is a UDP datagram between a client and port 443 of a server.
type gram struct {
	server bool // sent by the server
	data   []byte
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

// packet returns the datagram in an IP packet.
func (g gram) packet() []byte {
	if g.server {
		return build.UDP("198.51.100.7", 443, "192.0.2.1", 40000, g.data)
	}
	return build.UDP("192.0.2.1", 40000, "198.51.100.7", 443, g.data)
}

// pushUDP pushes an IP packet, of which n bytes were captured, or all if n is
// 0.
func pushUDP(a *stream.Assembler, b []byte, n int, number int64, t time.Time) []stream.Message {
	var d layers.Decoder
	var p layers.Packet
	rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Number: number, Time: t}
	if n > 0 {
		rec.Data = b[:n]
	}
	d.Decode(&p, rec)
	return a.Push(&p, rec)
}

// sendAll pushes datagrams, a millisecond apart, and returns the messages.
func sendAll(a *stream.Assembler, grams ...gram) []got {
	var out []got
	for i, g := range grams {
		for _, m := range pushUDP(a, g.packet(), 0, int64(i+1), start.Add(time.Duration(i)*time.Millisecond)) {
			out = append(out, got{m.Proto, m.Via.Innermost(), m.FromClient, m.First.Number, m.Last.Number, m.Gap, string(m.Data)})
		}
	}
	return out
}

// handshake returns the TLS messages.
func handshake(ms []got) []got {
	var out []got
	for _, m := range ms {
		if m.Proto == stream.TLS {
			out = append(out, m)
		}
	}
	return out
}

func hello(from, to int64, data string) got {
	return got{stream.TLS, stream.QUIC, true, from, to, 0, data}
}

// initial returns a client's Initial packet with frames, padded to the minimum
// length.
func initial(number uint32, frames ...[]byte) gram {
	var all []byte
	for _, f := range frames {
		all = append(all, f...)
	}
	return gram{data: build.QUICInitial{Dst: rfcID, Src: clientID, Number: number, Frames: all, Size: 1200}.Packet()}
}

// The ClientHello and the ServerHello of RFC 9001 appendix A.
var (
	rfcHello       = string(unhex(build.RFC9001ClientFrame)[4:])
	rfcServerHello = string(unhex(build.RFC9001ServerFrames)[9:])
)

// The packets of RFC 9001 and RFC 9369, byte for byte.
func TestQUICExchange(t *testing.T) {
	for version, hexes := range map[string][2]string{
		"1": {build.RFC9001Client, build.RFC9001Server},
		"2": {build.RFC9369Client, build.RFC9369Server},
	} {
		client, server := unhex(hexes[0]), unhex(hexes[1])
		want := []got{
			{stream.QUIC, stream.UDP, true, 1, 1, 0, string(client)},
			{stream.TLS, stream.QUIC, true, 1, 1, 0, rfcHello},
			{stream.QUIC, stream.UDP, false, 2, 2, 0, string(server)},
			{stream.TLS, stream.QUIC, false, 2, 2, 0, rfcServerHello},
		}
		var a stream.Assembler
		if diff := cmp.Diff(want, sendAll(&a, gram{false, client}, gram{true, server})); diff != "" {
			t.Errorf("version %s (-want +got):\n%s", version, diff)
		}
		if s := a.Stats(); s.Conns != 1 || s.Open != 1 {
			t.Errorf("%+v", s)
		}
		a.Flush()
		if s := a.Stats(); s.Open != 0 || s.Held != 0 {
			t.Errorf("after Flush: %+v", s)
		}
	}
}

// After the Retry of RFC 9001 appendix A.4 the keys are derived from the
// server's connection ID, and the retransmitted ClientHello is not a second
// message.
func TestQUICRetry(t *testing.T) {
	again := build.QUICInitial{Dst: serverID, Token: "token", Frames: build.QUICCrypto(0, rfcHello), Size: 1200}
	answer := build.QUICInitial{Server: true, KeyID: serverID, Src: "server id", Frames: build.QUICCrypto(0, rfcServerHello)}
	forged := unhex(build.RFC9001Retry)
	forged[len(forged)-1] ^= 1
	for _, tt := range []struct {
		name  string
		retry []byte
		want  []got
	}{
		{"Retry", unhex(build.RFC9001Retry), []got{hello(1, 1, rfcHello), {stream.TLS, stream.QUIC, false, 4, 4, 0, rfcServerHello}}},
		{"Retry with a wrong tag", forged, []got{hello(1, 1, rfcHello), hello(3, 3, rfcHello), {stream.TLS, stream.QUIC, false, 4, 4, 0, rfcServerHello}}},
	} {
		ms := sendAll(new(stream.Assembler), gram{false, unhex(build.RFC9001Client)}, gram{true, tt.retry}, gram{false, again.Packet()}, gram{true, answer.Packet()})
		if diff := cmp.Diff(tt.want, handshake(ms)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// quicHello returns the ClientHello that crypto/tls sends over QUIC, with a
// post-quantum key share.
func quicHello(t testing.TB) string {
	t.Helper()
	c := stdtls.QUICClient(&stdtls.QUICConfig{TLSConfig: &stdtls.Config{
		ServerName: "c2.example", NextProtos: []string{"h3"}, MinVersion: stdtls.VersionTLS13,
		CurvePreferences: []stdtls.CurveID{stdtls.X25519MLKEM768, stdtls.X25519},
	}})
	c.SetTransportParameters([]byte{})
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for {
		switch e := c.NextEvent(); e.Kind {
		case stdtls.QUICWriteData:
			return string(e.Data)
		case stdtls.QUICNoEvent:
			t.Fatal("crypto/tls wrote no ClientHello")
		}
	}
}

// A ClientHello in two packets is reassembled from any order of frames and
// packets.
func TestQUICFragments(t *testing.T) {
	text := quicHello(t)
	if len(text) < 1300 {
		t.Fatalf("ClientHello of %d bytes", len(text))
	}
	cut := func(from, to int) []byte { return build.QUICCrypto(uint64(from), text[from:to]) }
	end := len(text)
	grams := []gram{
		initial(0, []byte{1, 0, 0}, cut(500, 700), cut(0, 300), []byte{0, 0, 1}),
		initial(1, cut(700, 1200), []byte{0, 0}, cut(300, 500)),
		initial(2, cut(1150, end), []byte{0}, cut(600, 900)),
	}
	permute(grams, func(order []gram) {
		ms := handshake(sendAll(new(stream.Assembler), order...))
		if len(ms) != 1 || ms[0].Data != text || !ms[0].FromClient {
			t.Fatalf("%d messages", len(ms))
		}
	})
	h, err := tls.ParseClientHello([]byte(text))
	if err != nil || string(h.ServerName()) != "c2.example" {
		t.Errorf("server name %q, %v", h.ServerName(), err)
	}
	ms := handshake(sendAll(new(stream.Assembler), grams[2], grams[0], grams[1]))
	if ms[0].First != 2 {
		t.Errorf("first packet %v", ms[0].First)
	}
}

func TestQUICConversations(t *testing.T) {
	crypto := build.QUICCrypto(0, rfcHello)
	other := gram{data: build.QUICInitial{Dst: "another id", Src: clientID, Frames: crypto, Size: 1200}.Packet()}
	answer := func(v uint32) gram {
		return gram{true, build.QUICInitial{Version: v, Server: true, KeyID: rfcID, Dst: clientID, Src: serverID, Frames: build.QUICCrypto(0, rfcServerHello)}.Packet()}
	}
	ack := gram{data: build.QUICInitial{KeyID: rfcID, Dst: serverID, Src: clientID, Number: 1, Frames: []byte{2, 0, 0, 0, 0}, Size: 1200}.Packet()}
	finished := gram{data: append([]byte("\xe0\x00\x00\x00\x01\x08"+serverID+"\x05"+clientID+"\x40\x20"), make([]byte, 32)...)}
	negotiation := gram{true, []byte("\x80\x00\x00\x00\x00\x05" + clientID + "\x08" + rfcID + "\x6b\x33\x43\xcf\x0a\x0a\x0a\x0a")}
	v2 := gram{data: build.QUICInitial{Version: build.QUICv2, Dst: rfcID, Src: clientID, Frames: crypto, Size: 1200}.Packet()}
	reply := func(n int64) got { return got{stream.TLS, stream.QUIC, false, n, n, 0, rfcServerHello} }
	for _, tt := range []struct {
		name  string
		grams []gram
		want  []got
		conns int
	}{
		{"retransmitted", []gram{initial(0, crypto), initial(1, crypto), answer(1), answer(1)}, []got{hello(1, 1, rfcHello), reply(3)}, 1},
		{"to the end of the Initial packets, and retransmitted",
			[]gram{initial(0, crypto), answer(1), ack, finished, initial(0, crypto), answer(1)}, []got{hello(1, 1, rfcHello), reply(2)}, 1},
		{"the server's packets first", []gram{answer(1), initial(0, crypto), answer(1)}, []got{hello(2, 2, rfcHello), reply(3)}, 1},
		{"the server's packet is missing", []gram{initial(0, crypto), ack, answer(1)}, []got{hello(1, 1, rfcHello), reply(3)}, 1},
		{"another connection from the same port and connection ID",
			[]gram{initial(0, crypto), finished, other}, []got{hello(1, 1, rfcHello), hello(3, 3, rfcHello)}, 2},
		{"another version after a negotiation", []gram{initial(0, crypto), negotiation, v2, answer(build.QUICv2)},
			[]got{hello(1, 1, rfcHello), hello(3, 3, rfcHello), reply(4)}, 2},
		{"the server answers in another version (RFC 9368)",
			[]gram{initial(0, crypto), answer(build.QUICv2)}, []got{hello(1, 1, rfcHello), reply(2)}, 1},
		{"two ClientHellos", []gram{initial(0, crypto), initial(1, build.QUICCrypto(uint64(len(rfcHello)), rfcHello))},
			[]got{hello(1, 1, rfcHello), hello(2, 2, rfcHello)}, 1},
	} {
		var a stream.Assembler
		if diff := cmp.Diff(tt.want, handshake(sendAll(&a, tt.grams...))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		a.Flush()
		if s := a.Stats(); s.Conns != tt.conns || s.Held != 0 || s.Open != 0 {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
}

// A packet that cannot be decrypted is still returned, if it is QUIC's.
func TestQUICPackets(t *testing.T) {
	client := unhex(build.RFC9001Client)
	reserved := append([]byte("\xc0\x1a\x2a\x3a\x4a\x08"+rfcID+"\x00"), make([]byte, 1200)...)
	negotiation := []byte("\x80\x00\x00\x00\x00\x00\x08" + rfcID + "\x00\x00\x00\x01")
	unfixed := unhex(build.RFC9001Server)
	unfixed[0] &^= 0x40
	for _, tt := range []struct {
		name string
		gram gram
		want []got
	}{
		{"the server's packet alone", gram{true, unhex(build.RFC9001Server)}, []got{{stream.QUIC, stream.UDP, false, 1, 1, 0, string(unhex(build.RFC9001Server))}}},
		{"a Retry alone", gram{true, unhex(build.RFC9001Retry)}, []got{{stream.QUIC, stream.UDP, false, 1, 1, 0, string(unhex(build.RFC9001Retry))}}},
		{"a reserved version", gram{false, reserved}, []got{{stream.QUIC, stream.UDP, true, 1, 1, 0, string(reserved)}}},
		{"a negotiation", gram{true, negotiation}, []got{{stream.QUIC, stream.UDP, false, 1, 1, 0, string(negotiation)}}},
		{"a negotiation without known version", gram{true, []byte("\x80\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04")}, nil},
		{"a reserved version in a small datagram", gram{false, reserved[:500]}, nil},
		{"a length that leaves no room for a tag", gram{false, unhex("c0000000010000" + "0013" + "00112233445566778899aabbccddeeff001122")}, nil},
		{"a length beyond the datagram", gram{false, client[:1000]}, nil},
		{"a short header", gram{false, append([]byte{0x41}, client[1:]...)}, nil},
		{"without the fixed bit (RFC 9287)", gram{true, unfixed}, []got{{stream.QUIC, stream.UDP, false, 1, 1, 0, string(unfixed)}}},
		{"STUN", gram{false, unhex("000100002112a442" + "0102030405060708090a0b0c")}, nil},
		{"RTP", gram{false, append(unhex("80000000000000a0deadbeef"), make([]byte, 160)...)}, nil},
	} {
		if diff := cmp.Diff(tt.want, sendAll(new(stream.Assembler), tt.gram)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	var a stream.Assembler
	b := gram{false, client}.packet()
	ms := pushUDP(&a, b, 500, 1, start)
	if len(ms) != 1 || ms[0].Proto != stream.QUIC || len(ms[0].Data) != 500-28 {
		t.Errorf("a packet that the capture cut: %+v", ms)
	}
	b = build.UDP("192.0.2.1", 5353, "198.51.100.7", 53, []byte(dnsQuery))
	if ms := pushUDP(&a, b, 0, 1, start); len(ms) != 1 || ms[0].Proto != stream.DNS {
		t.Errorf("DNS: %+v", ms)
	}
	b = build.UDP("192.0.2.1", 40000, "198.51.100.7", 53, client)
	if ms := pushUDP(&a, b, 0, 1, start); len(ms) != 2 || ms[1].Proto != stream.TLS {
		t.Errorf("QUIC on port 53: %+v", ms)
	}
	b = gram{false, client}.packet()
	b[6] = 0x20 // more fragments
	if ms := pushUDP(&a, b, 0, 1, start); len(ms) != 0 {
		t.Errorf("a fragment: %+v", ms)
	}
}

// A TLS 1.3 ClientHello of 64 KiB, in frames of one byte.
func TestQUICSmallFrames(t *testing.T) {
	text := "\x01\x00\xff\xfc" + strings.Repeat("x", 0xfffc)
	for _, tt := range []struct {
		name  string
		at    func(i int) int
		whole bool
	}{
		{"in order", func(i int) int { return i }, true},
		{"backwards", func(i int) int { return len(text) - 1 - i }, false},
		{"every other, and then the others", func(i int) int { return i * 2 % len(text) }, false},
	} {
		var a stream.Assembler
		var ms []got
		for i := 0; i < len(text); {
			var frames []byte
			for ; i < len(text) && len(frames) < 60000; i++ {
				at := tt.at(i)
				frames = append(frames, build.QUICCrypto(uint64(at), text[at:at+1])...)
			}
			ms = append(ms, handshake(sendAll(&a, initial(uint32(i), frames)))...)
			if s := a.Stats(); s.Held > 128<<10 {
				t.Fatalf("%s: %+v", tt.name, s)
			}
		}
		if whole := len(ms) == 1 && ms[0].Data == text; whole != tt.whole || a.Stats().TooLong == 0 != tt.whole {
			t.Errorf("%s: %d messages, %+v", tt.name, len(ms), a.Stats())
		}
	}
}

func TestQUICLimits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config stream.Config
		frame  []byte
	}{
		{"offset 2^62-1", stream.Config{}, build.QUICCrypto(1<<62-1, "x")},
		{"offset 64 KiB", stream.Config{}, build.QUICCrypto(64<<10, "x")},
		{"a message of 16 MiB", stream.Config{}, build.QUICCrypto(0, "\x01\xff\xff\xffxxx")},
		{"a message beyond MaxMessage", stream.Config{MaxMessage: 100}, build.QUICCrypto(0, rfcHello)},
	} {
		a := stream.Assembler{Config: tt.config}
		ms := handshake(sendAll(&a, initial(0, tt.frame)))
		if s := a.Stats(); len(ms) != 0 || s.TooLong != 1 || s.Held > 4096 {
			t.Errorf("%s: %d messages, %+v", tt.name, len(ms), s)
		}
	}
}

// QUIC connections do not exceed their share, and idle ones are dropped.
func TestQUICFlood(t *testing.T) {
	const n, most = 5000, 1 << 20
	a := stream.Assembler{Config: stream.Config{MaxBytes: most}}
	part := build.QUICCrypto(7, "x")
	for i := range n {
		id := fmt.Sprintf("id %08d", i)
		b := build.QUICInitial{Dst: id, Src: id, Frames: part}.Packet()
		pushUDP(&a, gram{data: b}.packet(), 0, int64(i+1), start.Add(time.Duration(i)*time.Microsecond))
		if s := a.Stats(); s.Held > most/4 {
			t.Fatalf("%+v", s)
		}
	}
	s := a.Stats()
	if s.Conns != n || s.Evicted == 0 || s.Evicted+s.Open != n || s.Incomplete != s.Evicted {
		t.Errorf("%+v", s)
	}
	late := start.Add(10 * time.Minute)
	for i := range 2 { // one packet alone does not advance the clock
		pushUDP(&a, initial(0, part).packet(), 0, n+1, late.Add(time.Duration(i)))
	}
	if e := a.Stats(); e.Expired == 0 || e.Open != 1 {
		t.Errorf("%+v, then %+v", s, e)
	}
}

// A datagram that is not QUIC's costs no allocation.
func TestQUICNoAllocation(t *testing.T) {
	for name, data := range map[string][]byte{
		"RTP":            append(unhex("80600001000000a0deadbeef"), make([]byte, 160)...),
		"another length": append(unhex("c0000000010000"+"00bfffffff"), make([]byte, 160)...),
		"short header":   append([]byte{0x41}, make([]byte, 1200)...),
	} {
		var a stream.Assembler
		var d layers.Decoder
		var p layers.Packet
		rec := &pcap.Record{Data: gram{data: data}.packet(), LinkType: pcap.LinkTypeRaw, Time: start}
		rec.WireLen = len(rec.Data)
		d.Decode(&p, rec)
		if n := testing.AllocsPerRun(100, func() { a.Push(&p, rec) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// For any datagrams, no message holds more bytes than were sent, and nothing is
// held at the end.
func FuzzQUIC(f *testing.F) {
	f.Add(unhex(build.RFC9001Client), unhex(build.RFC9001Server), unhex(build.RFC9001Retry))
	f.Add(unhex(build.RFC9369Client), unhex(build.RFC9369Server), unhex(build.RFC9369Retry))
	f.Add(initial(0, build.QUICCrypto(9, rfcHello[9:])).data, initial(1, build.QUICCrypto(0, rfcHello[:20])).data, []byte("\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"))
	// Frames that a client protects, so that they are parsed.
	f.Add([]byte{6, 0x40, 3, 1, 'x'}, build.QUICCrypto(0, "\x01\x00\x00\x00"), build.QUICCrypto(2, "\x00\x00"))
	f.Fuzz(func(t *testing.T, x, y, z []byte) {
		a := stream.Assembler{Config: stream.Config{MaxBytes: 1 << 16}}
		size := 0
		for i, b := range [][]byte{x, y, z} {
			if len(b) > 60000 {
				return
			}
			for _, g := range []gram{{i%2 == 1, b}, initial(uint32(i), b)} {
				size += len(g.data)
				for _, m := range pushUDP(&a, g.packet(), 0, int64(i), start) {
					if m.Proto == stream.TLS && len(m.Data) > size {
						t.Fatalf("message of %d bytes out of %d", len(m.Data), size)
					}
				}
			}
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.Open != 0 {
			t.Fatalf("%+v", s)
		}
	})
}
