package stream

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A cost is what pushing one side of a connection costs.
type cost struct {
	allocated uint64 // bytes in total
	held      int    // maximum bytes
	messages  int
	stats     Stats
}

// costOf pushes a client's bytes in segments of size bytes.
func costOf(c Config, size int, data string) (sum cost) {
	a := &Assembler{Config: c}
	var packets [][]byte
	for seq := 0; seq < len(data); seq += size {
		packets = append(packets, rawSegment{flags: layers.TCPAck, seq: 1 + uint32(seq), data: data[seq:min(seq+size, len(data))]}.packet())
	}
	var before, after runtime.MemStats
	var p layers.Packet
	runtime.ReadMemStats(&before)
	for _, b := range packets {
		rec := pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: time.Unix(1700000000, 0)}
		new(layers.Decoder).Decode(&p, &rec)
		sum.messages += len(a.Push(&p, &rec))
		sum.held = max(sum.held, a.stats.Held)
	}
	a.Flush()
	runtime.ReadMemStats(&after)
	sum.allocated, sum.stats = after.TotalAlloc-before.TotalAlloc, a.Stats()
	return sum
}

// grown is the largest capacity of a buffer of n bytes: append doubles small
// ones, and grows large ones by a quarter.
func grown(n int) int { return n + n/2 + 1024 }

// tlsRecords splits a message into records of size bytes.
func tlsRecords(message string, size int) string {
	var b strings.Builder
	for len(message) > 0 {
		n := min(size, len(message))
		fmt.Fprintf(&b, "\x16\x03\x01%c%s", 0, string([]byte{byte(n)}))
		b.WriteString(message[:n])
		message = message[n:]
	}
	return b.String()
}

// A ClientHello of 64 KiB in one-byte records and segments, and certificates of
// 16 MiB in records of 255 bytes, are returned at a cost proportional to their
// length.
func TestLongHandshake(t *testing.T) {
	hello := "\x01\x00\xff\xfc" + strings.Repeat("x", 0xfffc)
	chain := "\x0b\xff\xff\xfb\xff\xff\xf8" + strings.Repeat("x", 0xfffff8)
	for _, tt := range []struct {
		name   string
		config Config
		size   int
		data   string
		length int
	}{
		{"a hello in records of a byte", Config{}, 1460, tlsRecords(hello, 1), len(hello)},
		{"a hello in segments of a byte", Config{}, 1, tlsRecords(hello, 255), len(hello)},
		{"certificates of 16 MiB", Config{MaxMessage: 1 << 24}, 60000, tlsRecords("\x02\x00\x00\x01a"+chain, 255), len(chain)},
	} {
		began := time.Now()
		c := costOf(tt.config, tt.size, tt.data)
		if want := 1 + len(tt.data)/len(chain); c.messages != want || c.held > grown(tt.length)+connectionCost+tcbCost || c.stats.Held != 0 {
			t.Errorf("%s: %d messages, %d bytes held, %+v", tt.name, c.messages, c.held, c.stats)
		}
		if c.allocated > uint64(8*tt.length+1<<20) {
			t.Errorf("%s: %d bytes allocated for %d", tt.name, c.allocated, tt.length)
		}
		if d := time.Since(began); d > 10*time.Second {
			t.Errorf("%s took %v", tt.name, d)
		}
	}
}

// A large length with little data holds only the received data.
func TestLengthsThatLie(t *testing.T) {
	const text = 20_000
	for name, head := range map[string]string{
		"TLS handshake":      "\x16\x03\x03\x40\x00\x01\x0f\xff\xff",
		"TLS record":         "\x16\x03\x03\xff\xff\x01\x00\x40\x00",
		"HTTP body":          "POST / HTTP/1.1\r\nContent-Length: 9223372036854775807\r\n\r\n",
		"HTTP body, coded":   "POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 9223372036854775807\r\n\r\n",
		"HTTP chunk":         "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n",
		"HTTP chunk, beyond": "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"HTTP chunk's line":  "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP form":          "POST / HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9223372036854775807\r\n\r\n--b\r\n",
		"HTTP, not a length": "POST / HTTP/1.1\r\nContent-Length: 9223372036854775808\r\n\r\n",
		"SMTP chunk":         "EHLO x\r\nBDAT 9223372036854775807 LAST\r\n",
		"IMAP literal":       "1 LOGIN x y\r\n2 APPEND x {9223372036854775807}\r\n",
		"SSH packet":         "SSH-2.0-x\r\n\x00\x04\x00\x00",
		"SSH packet, longer": "SSH-2.0-x\r\n\xff\xff\xff\xff",
		"OpenVPN":            "\x00\x0e\x38session1\x00\x00\x00\x00\x00\xff\xff\x20",
		"SSL 2":              "\xff\xff\x04\x00\x01\x00\x02\x7f\xf4\x00\x00\x00\x00",
	} {
		c := costOf(Config{Hash: HashSHA256}, 100, head+strings.Repeat("x", text))
		if len(c.stats.Protos) == 0 {
			t.Errorf("%s is not recognised", name)
		}
		if c.held > grown(len(head)+text)+connectionCost+tcbCost+mimeCost+fileCost+bodyCost || c.stats.Held != 0 {
			t.Errorf("%s: %d bytes held, %+v", name, c.held, c.stats)
		}
		if c.allocated > 16*(text+connectionCost+spareSize) {
			t.Errorf("%s: %d bytes allocated", name, c.allocated)
		}
	}
}
