package stream

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// gzipped returns data in the gzip format, n times over.
func gzipped(data string, n int) string {
	for range n {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		w.Write([]byte(data))
		w.Close()
		data = b.String()
	}
	return data
}

const gzipHeader = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"

// emptyBlocks returns a gzip file of n deflate blocks without output, each with
// Huffman codes of its own (RFC 1951 section 3.2.7).
func emptyBlocks(n int) string {
	var block []byte // bits
	put := func(v, bits int) {
		for i := range bits {
			block = append(block, byte(v>>i&1))
		}
	}
	put(0, 1)  // not the last block
	put(2, 2)  // dynamic Huffman codes
	put(0, 10) // 257 literals, 1 distance
	put(14, 4) // the lengths of 18 codes:
	for _, symbol := range []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1} {
		put(map[int]int{18: 1, 0: 2, 1: 2}[symbol], 3)
	}
	put(0, 1) // 18: 138 zeros
	put(127, 7)
	put(0, 1) // 18: 118 zeros
	put(107, 7)
	put(3, 2) // 1: the length of literal 256, the end of a block
	put(1, 2) // 0: no distance
	put(0, 1) // literal 256
	out, bits := []byte(gzipHeader), 0
	var b byte
	for range n {
		for _, bit := range block {
			b |= bit << (bits % 8)
			if bits++; bits%8 == 0 {
				out, b = append(out, b), 0
			}
		}
	}
	return string(append(out, b))
}

// answer returns a response with a body in n gzip codings, in segments.
func answer(body string, n int) (lines []line) {
	return answerIn("gzip"+strings.Repeat(", gzip", n-1), body)
}

// answerIn returns a response with a body in the given codings, in segments.
func answerIn(codings, body string) (lines []line) {
	b := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", codings, len(body), body)
	lines = append(lines, client("GET /x HTTP/1.1\r\nHost: www.example\r\n\r\n"))
	for len(b) > 0 {
		k := min(len(b), 1400)
		lines, b = append(lines, server(b[:k])), b[k:]
	}
	return lines
}

// zerosInBrotli is 16 MiB of zeros: a meta-block of literals that need no bits (RFC
// 7932 section 9.2).
const zerosInBrotli = "\xf2\xff\xff\x1f\x00\x04\x40\xe0\x17\x80\xef\xe9\x3f"

// copiesInBrotli is 16 MiB of commands that copy two bytes, and need no bits.
const copiesInBrotli = "\x30\x00\x10\x61\x62\x63\x64\xf9\xff\xff\x0f\x00\x02\x20\x00\x08\x00"

// zstdTables returns a zstd frame of n blocks of three bytes, each with three
// tables of its own (RFC 8878 section 3.1.1.3).
func zstdTables(n int) string {
	const block = "\x6c\x00\x00\x00\x01\xa8\xe4\xff\xe3\x7f\xe4\xff\x00\x00\x00\x04"
	return "\x28\xb5\x2f\xfd\x00\x58\x40\x00\x00abcdefgh" + strings.Repeat(block, n) + "\x01\x00\x00"
}

// length returns the bytes of lines.
func length(lines []line) (n int) {
	for _, l := range lines {
		n += len(l.data)
	}
	return n
}

// No body costs more work than its connection and MaxWork pay for, however it is
// made: zeros, blocks and members without output, each in one coding or two.
func TestMaxWork(t *testing.T) {
	members := strings.Repeat(gzipHeader+"\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00", 200_000)
	for name, lines := range map[string][]line{
		"zeros":                 answer(gzipped(strings.Repeat("\x00", 16<<20), 1), 1),
		"zeros in gzip":         answer(gzipped(strings.Repeat("\x00", 16<<20), 2), 2),
		"empty blocks":          answer(emptyBlocks(20_000), 1),
		"empty blocks in gzip":  answer(gzipped(emptyBlocks(200_000), 1), 2),
		"empty members":         answer(members, 1),
		"empty members in gzip": answer(gzipped(members, 1), 2),
		"zeros in br":           answerIn("br", zerosInBrotli),
		"copies in br":          answerIn("br", copiesInBrotli),
		"br in gzip":            answerIn("br, gzip", gzipped(zerosInBrotli, 1)),
		"meta-blocks in gzip":   answerIn("br, gzip", gzipped("\x0c"+strings.Repeat("\x06", 4<<20)+"\x03", 1)),
		"zeros in zstd":         answerIn("zstd", "\x28\xb5\x2f\xfd\x00\x58"+strings.Repeat("\x02\x00\x10\x00", 128)+"\x01\x00\x00"),
		"zstd in gzip":          answerIn("zstd, gzip", gzipped(zstdTables(200_000), 1)),
	} {
		for _, most := range []int{-1, 100_000, 0} {
			f := newFeed(nil)
			f.a.Hash, f.a.MaxWork = HashAll, most
			ms := f.say(0, lines...)
			state := ms[len(ms)-1].File.State
			limit := int64(max(withDefault(most, defaultMaxWork), 0)) + workPerByte*int64(length(lines))
			s := f.a.Stats()
			if s.Work > limit || s.TooCostly > 0 != (state == Oversized) {
				t.Errorf("%s: work %d of %d, %d too costly, %v", name, s.Work, limit, s.TooCostly, state)
			}
			if most < 0 && state == Complete && name != "empty members" { // these cost no more than their bytes
				t.Errorf("%s: decoded completely", name)
			}
		}
	}
}

// What other connections spent does not matter to one that pays for itself.
func TestWorkIsTheConnections(t *testing.T) {
	f := newFeed(nil)
	f.a.Hash = HashSHA256
	for i := range 4 {
		f.say(i, answer(gzipped(strings.Repeat("\x00", 16<<20), 2), 2)...)
	}
	ms := f.say(5, answer(gzipped(strings.Repeat("\x00", 50_000), 1), 1)...)
	if last := ms[len(ms)-1].File; last.State != Complete || last.Size != 50_000 {
		t.Errorf("%+v", last)
	}
	if s := f.a.Stats(); s.TooCostly != 4 {
		t.Errorf("%+v", s)
	}
}

// A highly compressed file is decoded, as MaxWork pays for it.
func TestWorkOfFiles(t *testing.T) {
	for n := 1; n <= maxCodings; n++ {
		f := newFeed(nil)
		f.a.Hash = HashSHA256
		ms := f.say(0, answer(gzipped(strings.Repeat("\x00", 1<<20), n), n)...)
		if last := ms[len(ms)-1].File; last.State != Complete || last.Size != 1<<20 {
			t.Errorf("%d codings: %+v", n, last)
		}
	}
}

// withinWork fails if a did more work than the captured bytes and MaxWork allow.
func withinWork(t testing.TB, a *Assembler, captured int) {
	t.Helper()
	limit := int64(max(withDefault(a.MaxWork, defaultMaxWork), 0)) + (workPerByte+workOfOverlap)*int64(captured)
	if s := a.Stats(); s.Work > limit {
		t.Fatalf("work %d from %d bytes captured, at most %d", s.Work, captured, limit)
	}
}

// A large segment that overlaps many small ones is cut at each.
func TestWorkOfOverlaps(t *testing.T) {
	f := newFeed(nil)
	captured := 0
	push := func(seq uint32, data string) {
		f.rec.Data = rawSegment{flags: layers.TCPAck, seq: seq, data: data}.packet()
		f.rec.WireLen = len(f.rec.Data)
		captured += len(f.rec.Data)
		f.push()
		withinWork(t, &f.a, captured)
	}
	push(1, "x")
	for i := range uint32(700) {
		push(10+2*i, "x")
	}
	before := f.a.Stats().Work
	for range 100 {
		push(10, strings.Repeat("x", 1400))
	}
	if work := f.a.Stats().Work - before; work < 100*700*workOfOverlap {
		t.Errorf("work %d", work)
	}
	f.flushed(t)
}

// Whatever a body holds, and however many codings it claims, the work is within
// its limit.
func FuzzWork(f *testing.F) {
	f.Add([]byte(emptyBlocks(3)), uint8(0), uint16(100))
	f.Add([]byte(gzipped("text", 1)), uint8(1), uint16(3))
	f.Add([]byte(gzipped(strings.Repeat("\x00", 1<<20), 1)), uint8(1), uint16(1))
	f.Add([]byte(zerosInBrotli), uint8(2), uint16(0))
	f.Add([]byte(zstdTables(100)), uint8(5), uint16(3))
	f.Fuzz(func(t *testing.T, b []byte, around uint8, repeat uint16) {
		if len(b) > 4096 {
			return
		}
		n := int(around) % maxCodings
		codings := []string{"gzip", "br", "zstd"}[int(around)/maxCodings%3] + strings.Repeat(", gzip", n)
		lines := answerIn(codings, gzipped(strings.Repeat(string(b), 1+int(repeat)%50), n))
		feed := newFeed(nil)
		feed.a.Hash, feed.a.MaxWork = HashSHA256, 10_000
		feed.say(0, lines...)
		feed.a.Flush()
		withinWork(t, &feed.a, length(lines))
	})
}
