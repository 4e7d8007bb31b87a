package extract

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A dialogue adds the segments of TCP connections, without Ethernet, to a capture.
type dialogue struct {
	file build.Pcap
	n    int // connections
}

func (d *dialogue) full(size int) bool { return len(d.file.Bytes()) >= size }

func (d *dialogue) packet(b []byte) { d.file.Add(start.Add(0), b) }

// say adds a connection in which the client sends request and the server response,
// in segments of the given size.
func (d *dialogue) say(port uint16, request, response string, segment int) {
	d.n++
	client := netip.AddrFrom4([4]byte{10, byte(d.n >> 16), byte(d.n >> 8), byte(d.n)}).String()
	from := build.TCP{Src: client, Dst: "198.51.100.7", SrcPort: 40000, DstPort: port, Seq: 1, Ack: 1, Flags: 0x18}
	back := build.TCP{Src: from.Dst, Dst: client, SrcPort: port, DstPort: from.SrcPort, Seq: 1, Ack: uint32(1 + len(request)), Flags: 0x18}
	for _, half := range []struct {
		*build.TCP
		text string
	}{{&from, request}, {&back, response}} {
		for text := half.text; len(text) > 0; text = text[len(half.Data):] {
			half.Data = text[:min(len(text), segment)]
			d.packet(half.Packet())
			half.Seq += uint32(len(half.Data))
		}
	}
}

const fullSegment = 1400

func coded(coding, body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, len(body), body)
}

func zip(data string) string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	w.Write([]byte(data))
	w.Close()
	return b.String()
}

func deflate(data string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	w.Write([]byte(data))
	w.Close()
	return b.String()
}

const get = "GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n"

// worst makes captures that are expensive for their size, of about size bytes.
func worst(size int) map[string][]byte {
	all := map[string][]byte{}
	fill := func(name string, add func(d *dialogue, i int)) {
		d := dialogue{file: build.Pcap{LinkType: uint32(pcap.LinkTypeRaw)}}
		for i := 0; !d.full(size); i++ {
			add(&d, i)
		}
		all[name] = d.file.Bytes()
	}
	zeros := strings.Repeat("\x00", 1<<20)
	// Two deflate blocks without output, each with Huffman codes of its own (RFC 1951
	// section 3.2.7), of 92 bits.
	const block = "\x04\xc0\x81\x08\x00\x00\x00\x00\x20\x7f\xeb\x43\x00\x1c\x88\x00\x00\x00\x00\x00\xf2\xb7\x3e"
	blocks := zip("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + strings.Repeat(block, 50_000))
	members := zip(strings.Repeat(zip(""), 50_000))
	fill("gzip of zeros", func(d *dialogue, _ int) { d.say(80, get, coded("gzip", zip(zeros)), fullSegment) })
	fill("gzip of gzip of zeros", func(d *dialogue, _ int) { d.say(80, get, coded("gzip, gzip", zip(zip(zeros))), fullSegment) })
	fill("gzip of blocks", func(d *dialogue, _ int) { d.say(80, get, coded("gzip, gzip", blocks), fullSegment) })
	fill("gzip of members", func(d *dialogue, _ int) { d.say(80, get, coded("gzip, gzip", members), fullSegment) })
	fill("gzip in three", func(d *dialogue, _ int) { d.say(80, get, coded("gzip, gzip, gzip", zip(blocks)), fullSegment) })
	for name, body := range worstBodies() {
		coding, _, _ := strings.Cut(name, " ")
		fill(name, func(d *dialogue, _ int) { d.say(80, get, coded(coding, body), fullSegment) })
		fill(name+" in gzip", func(d *dialogue, _ int) { d.say(80, get, coded(coding+", gzip", zip(body)), fullSegment) })
	}
	fill("tiny deflate", func(d *dialogue, _ int) {
		d.say(80, strings.Repeat("GET / HTTP/1.1\r\n\r\n", 100), strings.Repeat(coded("deflate", deflate("x")), 100), fullSegment)
	})
	fill("tiny files", func(d *dialogue, i int) {
		var body strings.Builder
		for j := range 100 {
			fmt.Fprintf(&body, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nMZ%05x", 100*i+j)
		}
		d.say(80, strings.Repeat("GET / HTTP/1.1\r\n\r\n", 100), body.String(), fullSegment)
	})
	fill("user agents", func(d *dialogue, i int) {
		var b strings.Builder
		for j := range 100 {
			fmt.Fprintf(&b, "GET /%x HTTP/1.1\r\nHost: h%x\r\nUser-Agent: %x\r\n\r\n", 100*i+j, 100*i+j, 100*i+j)
		}
		d.say(80, b.String(), "", fullSegment)
	})
	fill("header fields", func(d *dialogue, _ int) {
		d.say(80, "GET / HTTP/1.1\r\n"+strings.Repeat("a:\n", 300_000)+"\n", "", fullSegment)
	})
	fill("chunks", func(d *dialogue, _ int) {
		d.say(80, get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"+strings.Repeat("1\nx\n", 100_000), fullSegment)
	})
	fill("one byte", func(d *dialogue, _ int) { d.say(80, get, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 10_000), 1) })
	fill("connections", func(d *dialogue, i int) {
		d.say(80, fmt.Sprintf("GET /%d HTTP/1.0\r\n\r\n", i), "", fullSegment)
	})
	fill("overlaps", overlaps)
	fill("fragments", fragments)
	fill("DNS pointers", dnsPointers)
	fill("DNS names", func(d *dialogue, i int) {
		d.packet(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(uint16(i), fmt.Sprintf("%x", i*7919), "example")))
	})
	fill("MIME", func(d *dialogue, _ int) {
		mail := "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
			strings.Repeat("--b\nContent-Type: multipart/mixed; boundary=b\n\n", 10_000) + "\r\n.\r\n"
		d.say(25, mail, "220 x ESMTP\r\n250 x\r\n250 x\r\n250 x\r\n354 go\r\n250 x\r\n", fullSegment)
	})
	fill("mails", func(d *dialogue, i int) {
		var b strings.Builder
		b.WriteString("EHLO x\r\n")
		for j := range 50 {
			n := 50*i + j
			fmt.Fprintf(&b, "MAIL FROM:<%x@a.b>\r\nRCPT TO:<%x@c.d>\r\nDATA\r\nFrom: %x@a.b\r\nTo: %x@c.d, %x@e.f\r\nSubject: %x\r\n\r\n.\r\n", n, n, n, n, n, n)
		}
		d.say(25, b.String(), "220 x ESMTP\r\n250 x\r\n"+strings.Repeat("250 x\r\n250 x\r\n354 go\r\n250 x\r\n", 50), fullSegment)
	})
	fill("certificates", certificateChains)
	fill("QUIC frames", func(d *dialogue, i int) {
		var frames []byte
		for j := range 200 {
			frames = append(frames, build.QUICCrypto(uint64(2*(199-j)), "x")...)
		}
		var id [8]byte
		binary.BigEndian.PutUint64(id[:], uint64(i))
		d.packet(build.UDP("10.0.0.5", uint16(i), "198.51.100.7", 443, build.QUICInitial{Dst: string(id[:]), Src: string(id[:]), Frames: frames}.Packet()))
	})
	return all
}

// worstBodies returns bodies in br and zstd, by the coding and what they hold.
func worstBodies() map[string]string {
	const (
		copies = "\x30\x00\x10abcd\xf9\xff\xff\x0f\x00\x02\x20\x00\x08\x00"         // 16 MiB of commands that copy two bytes, and need no bits
		frame  = "\x28\xb5\x2f\xfd\x00\x68"                                         // a window of 8 MiB
		repeat = "\x02\x00\x10\x00"                                                 // 128 KiB of zeros
		tables = "\x6c\x00\x00\x00\x01\xa8\xe4\xff\xe3\x7f\xe4\xff\x00\x00\x00\x04" // a block of three bytes with three tables
		last   = "\x01\x00\x00"
	)
	return map[string]string{
		"br of copies":      copies,
		"br of meta-blocks": "\x0c" + strings.Repeat("\x06", 200_000) + "\x03",
		"zstd of zeros":     frame + strings.Repeat(repeat, 64) + last,
		"zstd of tables":    frame + "\x40\x00\x00abcdefgh" + strings.Repeat(tables, 20_000) + last,
		"zstd of frames":    strings.Repeat(frame+last, 20_000),
	}
}

// overlaps adds segments after a gap, and large ones that overlap them.
func overlaps(d *dialogue, i int) {
	t := build.TCP{Src: "10.0.0.5", Dst: "198.51.100.7", SrcPort: uint16(i), DstPort: 80, Seq: 1, Flags: 0x18, Data: "x"}
	d.packet(t.Packet())
	for j := range uint32(300) {
		t.Seq = 10 + 2*j
		d.packet(t.Packet())
	}
	for j := range uint32(100) {
		t.Seq, t.Data = 9+j%2, strings.Repeat("x", fullSegment)
		d.packet(t.Packet())
	}
}

// fragments adds the fragments of a datagram, eight bytes each, shuffled, without
// the first one.
func fragments(d *dialogue, i int) {
	for _, j := range rand.New(rand.NewPCG(1, uint64(i))).Perm(1000) {
		b := build.IP("10.0.0.5", "198.51.100.7", 17, make([]byte, 8))
		binary.BigEndian.PutUint16(b[4:], uint16(i))
		binary.BigEndian.PutUint16(b[6:], 1<<13|uint16(j+1))
		d.packet(b)
	}
}

// dnsPointers adds DNS over TCP with names that are chains of pointers.
func dnsPointers(d *dialogue, i int) {
	m := []byte("\x00\x01\x81\x80\x00\x00\x0f\x00\x00\x00\x00\x00")
	record := func(name ...byte) {
		m = append(append(m, name...), "\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x0a\x00\x00\x01"...)
	}
	record(append([]byte("\x3f"+strings.Repeat(string(rune('a'+i%26)), 63)), 0)...)
	last := 12
	for j := range 3800 {
		at := len(m)
		if j < 100 {
			record(1, byte(j), 0xc0|byte(last>>8), byte(last))
			last = at
		} else {
			record(0xc0|byte(last>>8), byte(last))
		}
	}
	d.say(53, "", string(binary.BigEndian.AppendUint16(nil, uint16(len(m))))+string(m), fullSegment)
}

// certificateChains adds TLS handshakes with chains of the smallest certificates.
func certificateChains(d *dialogue, i int) {
	length := func(n int) string { return string([]byte{byte(n >> 16), byte(n >> 8), byte(n)}) }
	message := func(typ byte, body string) string {
		m := string(typ) + length(len(body)) + body
		return "\x16\x03\x03" + string(binary.BigEndian.AppendUint16(nil, uint16(len(m)))) + m
	}
	hello := message(2, "\x03\x03"+strings.Repeat("r", 32)+"\x00\x00\x2f\x00")
	var all strings.Builder
	for j := range 50 {
		chain := ""
		for k := range 60 {
			der := fmt.Sprintf("\x30\x06%06x", (50*i+j)*60+k)
			chain += length(len(der)) + der
		}
		all.WriteString(message(11, length(len(chain))+chain))
	}
	d.say(443, message(1, "\x03\x03"+strings.Repeat("r", 32)+"\x00\x00\x02\x00\x2f\x01\x00"), hello+all.String(), fullSegment)
}

// The worst known inputs do not exceed the work and the memory that their
// bytes pay for. SIGHTLINE_WORST names a directory to write them to.
func TestWorst(t *testing.T) {
	size := 1 << 20
	if testing.Short() {
		size = 128 << 10
	}
	for name, b := range worst(size) {
		if dir := os.Getenv("SIGHTLINE_WORST"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".pcap"), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := Options{Stream: stream.Config{Hash: stream.HashAll}}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		rep := readBytes(t, b, o)
		runtime.GC()
		runtime.ReadMemStats(&after)
		withinWork(t, name, rep, o)
		if held := int(after.HeapAlloc) - int(before.HeapAlloc); held > 16<<20+64*len(b) {
			t.Errorf("%s: a report of %d bytes from %d", name, held, len(b))
		}
		runtime.KeepAlive(rep)
	}
}
