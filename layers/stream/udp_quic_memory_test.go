package stream_test

import (
	"runtime"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// heapNow returns the heap bytes in use.
func heapNow() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// The heap grows to at most twice Held with connections whose secrets are known, open
// streams and waiting bytes. Connections with 100 streams one after another are
// as small as with one, and 10,000 of them use less than 150 MB.
func TestQUICHeldIsMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes thousands of connections to see their memory in the heap")
	}
	request, response := exchange()
	for name, tt := range map[string]struct {
		n      int
		frames func(q *quicTalk) []gram
	}{
		"a hundred streams": {1000, func(q *quicTalk) (all []gram) {
			all = append(all, q.server([]byte{0x1e})) // HANDSHAKE_DONE
			for i := range uint64(100) {
				all = append(all, q.client(build.QUICStream(4*i, 0, request, true)), q.server(build.QUICStream(4*i, 0, response, true)))
			}
			return all
		}},
		"open streams": {500, func(q *quicTalk) (all []gram) {
			for i := range uint64(20) {
				all = append(all, q.client(build.QUICStream(4*i, 0, request, false)), q.server(build.QUICStream(4*i, 0, response[:len(response)-5], false)))
			}
			return all
		}},
		"waiting runs": {200, func(q *quicTalk) (all []gram) {
			for i := range uint64(100) {
				all = append(all, q.server(build.QUICStream(0, 10+20*i, "0123456789", false)))
			}
			return all
		}},
	} {
		a := following(t)
		a.MaxBytes = 1 << 30
		var q quicTalk
		grams := append(quicHellos("h3"), tt.frames(&q)...)
		before := heapNow()
		for i := range tt.n {
			for _, g := range grams {
				addr := [4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}
				pushUDP(a, g.from(addr), 0, 1, start)
			}
		}
		grown, s := heapNow()-before, a.Stats()
		if grown > 2*s.Held || s.Decrypted != tt.n {
			t.Errorf("%s: the heap grew by %d, %d held, %d decrypted", name, grown, s.Held, s.Decrypted)
		}
		if name == "a hundred streams" && grown/tt.n > 150e6/10_000 {
			t.Errorf("%d bytes of heap for each connection: 10,000 of them exceed 150 MB", grown/tt.n)
		}
		t.Logf("%s: %d bytes of heap, %d held for each of %d connections", name, grown/tt.n, s.Held/tt.n, tt.n)
		runtime.KeepAlive(a)
	}
}

// from returns the datagram in an IP packet, with another address of the client.
func (g gram) from(addr [4]byte) []byte {
	b := g.packet()
	at := 12
	if g.server {
		at = 16
	}
	copy(b[at:], addr[:])
	return b
}

// BenchmarkQUICDownload measures decrypting and following a download over HTTP/3.
func BenchmarkQUICDownload(b *testing.B) {
	var q quicTalk
	request, _ := exchange()
	a := following(b)
	for _, g := range append(quicHellos("h3"), q.client(build.QUICStream(0, 0, request, true))) {
		pushUDP(a, g.packet(), 0, 1, start)
	}
	head := section(":status 200") + string([]byte{0, 0xbf, 0xff, 0xff, 0xff})
	pushUDP(a, q.server(build.QUICStream(0, 0, head, false)).packet(), 0, 1, start)
	data := string(make([]byte, 1200))
	var packets [][]byte
	for i := range 10_000 {
		packets = append(packets, q.server(build.QUICStream(0, uint64(len(head)+i*len(data)), data, false)).packet())
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n == len(packets) {
			b.Skip("more packets than were built")
		}
		pushUDP(a, packets[n], 0, 1, start)
		n++
	}
	_ = stream.HashSHA256
}
