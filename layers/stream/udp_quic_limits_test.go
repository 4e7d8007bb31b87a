package stream_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// Of more than 512 open streams, the earliest are ended; a million that end one after
// the other take no memory.
func TestQUICMaxStreams(t *testing.T) {
	var q quicTalk
	request := section(http3Request)
	grams := quicHellos("h3")
	for i := range 600 {
		grams = append(grams, q.client(build.QUICStream(uint64(i)*4, 0, request, false)))
	}
	a := following(t)
	if got := quicTold(t, a, grams...); len(got) != 1+600 || a.Stats().TooMany != 128 {
		t.Errorf("%d messages: %+v", len(got), a.Stats())
	}

	// One that stays open does not stop those after it.
	grams = append(quicHellos("h3"), q.client(build.QUICStream(0, 0, request, false)))
	for i := range uint64(2000) {
		grams = append(grams, q.client(build.QUICStream(4+4*i, 0, request, true)), q.server(build.QUICStream(4+4*i, 0, section(":status 200"), true)))
	}
	grams = append(grams, q.client(build.QUICStream(0, uint64(len(request)), build.HTTP3Frame(0, "body"), true)))
	a = following(t)
	if got := quicTold(t, a, grams...); len(got) != 1+2*2001 || a.Stats().TooMany != 0 || !strings.HasSuffix(got[len(got)-1], "complete, "+sum4("body")) {
		t.Errorf("%d messages, last %s: %+v", len(got), got[len(got)-1], a.Stats())
	}

	a = following(t)
	for _, g := range quicHellos("h3") {
		pushUDP(a, g.packet(), 0, 1, start)
	}
	held, requests := 0, 0
	for i := range uint64(20_000) {
		id := i * 4
		if i%3 == 1 { // it ends before the one before it
			id += 4
		} else if i%3 == 2 {
			id -= 4
		}
		for _, g := range []gram{q.client(build.QUICStream(id, 0, request, true)), q.server(build.QUICStream(id, 0, section(":status 200"), true))} {
			for _, m := range pushUDP(a, g.packet(), 0, 1, start) {
				if m.Kind == stream.HTTPRequest {
					requests++
				}
			}
		}
		if i == 100 {
			held = a.Held()
		}
	}
	if s := a.Stats(); requests != 20_000 || s.Held > held+1000 || s.TooMany != 0 {
		t.Errorf("%d requests: %+v", requests, s)
	}
}

// Of more than 2048 runs that wait for an earlier one, or Config.MaxConn bytes, the
// bytes before them are lost. Offsets of 2^62 take no memory.
func TestQUICMaxRuns(t *testing.T) {
	request := section(http3Request)
	head := section(":status 200") + string([]byte{0, 0x80, 0, 0xff, 0xff}) // DATA of 65535 bytes
	for _, tt := range []struct {
		name             string
		runs, size, step int
		most             int
		lost             bool
	}{
		{"2048 runs", 2048, 1, 2, 0, false},
		{"2049 runs", 2049, 1, 2, 0, true},
		{"20,000 bytes of 30,000", 20, 1000, 1000, 30_000, false},
		{"20,000 bytes of 10,000", 20, 1000, 1000, 10_000, true},
	} {
		var q quicTalk
		a := following(t)
		a.MaxConn = tt.most
		for _, g := range append(quicHellos("h3"), q.client(build.QUICStream(0, 0, request, true)), q.server(build.QUICStream(0, 0, head, false))) {
			pushUDP(a, g.packet(), 0, 1, start)
		}
		for i := range tt.runs {
			off := len(head) + 5 + i*tt.step
			pushUDP(a, q.server(build.QUICStream(0, uint64(off), strings.Repeat("x", tt.size), false)).packet(), 0, 1, start)
		}
		if s := a.Stats(); (s.Missing > 0) != tt.lost {
			t.Errorf("%s: %+v", tt.name, s)
		}
		pushUDP(a, q.server(build.QUICStream(0, 1<<61, "x", false), build.QUICStream(0, 1<<62-2, "x", true)).packet(), 0, 1, start)
		a.Flush()
		if s := a.Stats(); s.Held != 0 {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
}

// Packets that wait for a ClientHello take at most 32 KiB.
func TestQUICMaxEarly(t *testing.T) {
	var q quicTalk
	a := following(t)
	pushUDP(a, initial(0, build.QUICCrypto(0, rfcHello[:100])).packet(), 0, 1, start)
	before := a.Held()
	frames := build.QUICStream(0, 0, strings.Repeat("x", 1100), false)
	for i := range uint32(100) {
		early := build.QUICSealed{Type: build.QUICZeroRTT, Dst: rfcID, Src: clientID, Secret: quicSecret[tls.LabelClientEarly], Number: i, Frames: frames}.Packet()
		pushUDP(a, gram{data: early}.packet(), 0, 1, start)
	}
	if s := a.Stats(); s.Held-before > 40<<10 || s.Unauthentic < 70 {
		t.Errorf("%d bytes before: %+v", before, s)
	}
	if got := quicTold(t, a, q.client([]byte{1})); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

// Packets that do not authenticate are counted, and stop nothing.
func TestQUICUnauthentic(t *testing.T) {
	var q quicTalk
	a := following(t)
	grams := quicHellos("h3")
	wrong := build.QUICSealed{Dst: serverID, Secret: quicSecret[tls.LabelClientHandshake], Frames: []byte{1}}.Packet()
	for range 100 {
		grams = append(grams, gram{data: wrong})
	}
	got := quicTold(t, a, append(grams, q.client(build.QUICStream(0, 0, section(http3Request), true)))...)
	if len(got) != 2 || a.Stats().Unauthentic != 100 {
		t.Errorf("%d messages: %+v", len(got), a.Stats())
	}
}

// A cipher suite that QUIC does not use is counted.
func TestQUICUndecrypted(t *testing.T) {
	var q quicTalk
	grams := quicHellos("h3")
	hello := strings.Replace(rfcServerHello, "\x13\x01", "\x13\x05", 1) // TLS_AES_128_CCM_8_SHA256
	grams[1] = gram{true, build.QUICInitial{Server: true, KeyID: rfcID, Dst: clientID, Src: serverID, Frames: build.QUICCrypto(0, hello)}.Packet()}
	a := following(t)
	got := quicTold(t, a, append(grams, q.client([]byte{1}), q.client([]byte{1}))...)
	if s := a.Stats(); len(got) != 0 || s.Undecrypted != 1 || s.Decrypted != 0 || s.Unauthentic != 0 {
		t.Errorf("%v: %+v", got, s)
	}
}

// The newest 16 connection IDs of a side are known, and the newest 4 pairs of ports.
func TestQUICMaxIDs(t *testing.T) {
	id := func(i int) string { return fmt.Sprintf("id-%05d", i) }
	var q quicTalk
	var issue [][]byte
	for i := range 100 {
		issue = append(issue, append([]byte{0x18, 1, 0, 8}, id(i)+strings.Repeat("t", 16)...))
	}
	a := following(t)
	for _, g := range append(quicHellos("h3"), q.server(slices.Concat(issue[:40]...)), q.server(slices.Concat(issue[40:]...))) {
		pushUDP(a, g.packet(), 0, 1, start)
	}
	held := a.Held()
	for i, tt := range []struct {
		id   int
		port uint16
		want bool
	}{{99, 50000, true}, {84, 50001, true}, {83, 50002, false}, {0, 40000, true}, {99, 50003, true}, {99, 50004, true}, {99, 50005, true}, {0, 50000, false}, {0, 50005, true}} {
		b := build.QUICSealed{Dst: id(tt.id), Secret: quicSecret[tls.LabelClientTraffic], Number: uint32(i), Frames: build.QUICStream(uint64(i)*4, 0, section(http3Request), true)}.Packet()
		got := pushUDP(a, build.UDP("192.0.2.1", tt.port, "198.51.100.7", 443, b), 0, 1, start)
		if (len(got) == 1) != tt.want {
			t.Errorf("ID %d, port %d: %d messages", tt.id, tt.port, len(got))
		}
	}
	if grown := a.Held() - held; grown > 20_000 {
		t.Errorf("%d bytes more", grown)
	}
	a.Flush()
	if s := a.Stats(); s.Held != 0 {
		t.Errorf("%+v", s)
	}
}

// Connections with streams that wait do not exceed their share of Config.MaxBytes.
func TestQUICFollowedFlood(t *testing.T) {
	a := following(t)
	a.MaxBytes = 1 << 20
	for i := range 300 {
		var q quicTalk
		addr := fmt.Sprintf("192.0.2.%d", i%200)
		port := uint16(1000 + i)
		grams := append(quicHellos("h3"), q.client(build.QUICStream(0, 0, section(http3Request), false)),
			q.server(build.QUICStream(0, 5, strings.Repeat("x", 1000), false)))
		for _, g := range grams {
			b := build.UDP(addr, port, "198.51.100.7", 443, g.data)
			if g.server {
				b = build.UDP("198.51.100.7", 443, addr, port, g.data)
			}
			pushUDP(a, b, 0, 1, start)
			if s := a.Stats(); s.Held > 300<<10 {
				t.Fatalf("%+v", s)
			}
		}
	}
	s := a.Stats()
	if s.Evicted == 0 || s.Decrypted != 300 {
		t.Errorf("%+v", s)
	}
	a.Flush()
	if s := a.Stats(); s.Held != 0 || s.Open != 0 {
		t.Errorf("%+v", s)
	}
}

// For any frames in packets that authenticate, the limits apply, and nothing is held at
// the end.
func FuzzQUICFollowed(f *testing.F) {
	request, response := exchange()
	issue := append([]byte{0x18, 1, 0, 8}, "issued-1tttttttttttttttt"...)
	f.Add(build.QUICStream(0, 0, request, true), build.QUICStream(0, 0, response, true), issue)
	f.Add(build.QUICStream(0, 9, request[9:], true), []byte{4, 0, 1, 0x40, 99}, build.QUICStream(0, 0, request, false))
	f.Add(build.QUICStream(2, 0, http3Encoder, false), http3Control, build.QUICCrypto(0, "\x04\x00\x00\x01x"))
	f.Add([]byte("\x0c\x00\xff\xff\xff\xff\xff\xff\xff\xfex"), []byte("\x30data"), []byte{0x1d, 1, 0})
	f.Fuzz(func(t *testing.T, x, y, z []byte) {
		if len(x)+len(y)+len(z) > 10000 {
			return
		}
		var q quicTalk
		early := build.QUICSealed{Type: build.QUICZeroRTT, Dst: rfcID, Src: clientID, Secret: quicSecret[tls.LabelClientEarly], Frames: z}.Packet()
		hellos := quicHellos("h3")
		a := following(t)
		a.MaxBytes, a.MaxConn = 1<<17, 1<<12
		grams := []gram{hellos[0], {data: early}, hellos[1], q.client(x), q.server(y), q.client(y), q.server(z), q.client(x, z)}
		for i, g := range grams {
			pushUDP(a, g.packet(), 0, int64(i), start)
			if a.Held() > 1<<17 {
				t.Fatalf("%d bytes held", a.Held())
			}
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.Open != 0 {
			t.Fatalf("%+v", s)
		}
	})
}
