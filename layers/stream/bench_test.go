package stream

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// BenchmarkPush pushes segments of 1000 bytes in order, decoding included.
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
