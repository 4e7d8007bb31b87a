package stream

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/http2"
)

// BenchmarkPush decodes and pushes segments of 1000 bytes in order.
func BenchmarkPush(b *testing.B) {
	packet := rawSegment{flags: layers.TCPAck, data: strings.Repeat("?", 1000)}.packet()
	for _, n := range []int{1, 10_000} {
		b.Run(map[int]string{1: "one connection", 10_000: "10,000 connections"}[n], func(b *testing.B) {
			f := newFeed(packet)
			b.SetBytes(int64(len(packet)))
			b.ReportAllocs()
			seq, from := uint32(0), uint32(0)
			for b.Loop() {
				binary.BigEndian.PutUint32(packet[atSource:], from)
				binary.BigEndian.PutUint32(packet[atSeq:], seq)
				f.push()
				if from++; from == uint32(n) {
					from, seq = 0, seq+1000
				}
			}
		})
	}
}

// BenchmarkBackwards pushes 1,024 segments of 1 byte in reverse order.
func BenchmarkBackwards(b *testing.B) {
	packet := rawSegment{flags: layers.TCPAck, data: "?"}.packet()
	b.ReportAllocs()
	for b.Loop() {
		f := newFeed(packet)
		binary.BigEndian.PutUint32(packet[atSeq:], 0)
		f.push()
		for i := range uint32(1024) {
			binary.BigEndian.PutUint32(packet[atSeq:], 1024-i)
			f.push()
		}
	}
}

// BenchmarkHTTP2 pushes a download of 1 MiB in frames of 16 KiB, and computes its
// SHA-256.
func BenchmarkHTTP2(b *testing.B) {
	var download strings.Builder
	download.WriteString(h2frame(http2.FrameSettings, 0, 0, "") + h2frame(http2.FrameHeaders, http2.FlagEndHeaders, 1, "\x88"))
	for range 64 {
		download.WriteString(h2frame(http2.FrameData, 0, 1, strings.Repeat("x", 1<<14)))
	}
	download.WriteString(h2frame(http2.FrameData, http2.FlagEndStream, 1, ""))
	b.SetBytes(1 << 20)
	b.ReportAllocs()
	f := newFeed(nil)
	f.a.Hash = HashSHA256
	packet := rawSegment{side: 1, flags: layers.TCPAck, data: strings.Repeat("?", 1024)}.packet()
	for i := 0; b.Loop(); i++ {
		f.a.Flush()
		pushRaw(&f.a, rawSegment{flags: layers.TCPAck, data: h2begin + h2frame(http2.FrameHeaders, h2whole, 1, h2simple)})
		rest, header := download.String(), len(packet)-1024
		for seq := 0; len(rest) > 0; {
			n := copy(packet[header:], rest)
			f.rec.Data = packet[:header+n]
			binary.BigEndian.PutUint16(f.rec.Data[2:], uint16(header+n))
			f.rec.WireLen = header + n
			binary.BigEndian.PutUint32(packet[atSeq:], uint32(seq))
			f.push()
			seq, rest = seq+n, rest[n:]
		}
		if f.a.Stats().Protos[HTTP2] != i+1 {
			b.Fatalf("%+v", f.a.Stats())
		}
	}
}
