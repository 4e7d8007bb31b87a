package stream_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	stdtls "crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// BenchmarkDecrypt decrypts and hashes a download over HTTP/1 and HTTP/2, and does the
// same with the standard library alone.
func BenchmarkDecrypt(b *testing.B) {
	body := strings.Repeat("0123456789abcdef", 1<<19) // 8 MiB
	head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", len(body))
	benchmarkDownload(b, "download", get, head+body, body)
	h := newH2Talk()
	client := h.talk[0].data
	h.c.head(1, true, ":method", "GET", ":scheme", "https", ":authority", "a.example", ":path", "/")
	client += h.c.take()
	h.s.head(1, false, ":status", "200")
	for rest := body; rest != ""; rest = rest[1<<14:] {
		h.s.WriteData(1, len(rest) == 1<<14, []byte(rest[:1<<14]))
	}
	benchmarkDownload(b, "HTTP2", client, h.talk[len(h.talk)-1].data+h.s.take(), body)
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		block, _ := aes.NewCipher(make([]byte, 16))
		aead, _ := cipher.NewGCM(block)
		sealed := aead.Seal(nil, make([]byte, 12), []byte(body[:1<<14]), nil)
		dst := make([]byte, 0, 1<<15)
		for b.Loop() {
			h := sha256.New()
			for range len(body) >> 14 {
				plain, err := aead.Open(dst, make([]byte, 12), sealed, nil)
				if err != nil {
					b.Fatal(err)
				}
				h.Write(plain)
			}
			h.Sum(nil)
		}
	})
}

// benchmarkDownload decodes a conversation in TLS, in which body is downloaded.
func benchmarkDownload(b *testing.B, name, client, server, body string) {
	st := converse(b, &stdtls.Config{}, &stdtls.Config{Certificates: []stdtls.Certificate{identity(b, false)}}, client, server)
	var packets [][]byte
	for _, s := range st.segs(1448) {
		packets = append(packets, s.bytes())
	}
	want := sha256.Sum256([]byte(body))
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var d layers.Decoder
		var p layers.Packet
		for b.Loop() {
			a := stream.Assembler{Config: stream.Config{Keys: st.keys, Hash: stream.HashSHA256}}
			var sum []byte
			for i, data := range packets {
				rec := pcap.Record{Data: data, WireLen: len(data), LinkType: pcap.LinkTypeRaw, Number: int64(i + 1), Time: start}
				d.Decode(&p, &rec)
				for _, m := range a.Push(&p, &rec) {
					if m.Kind == stream.FileEnd {
						sum = m.File.SHA256
					}
				}
			}
			a.Flush()
			if a.Stats().Decrypted != 1 || !bytes.Equal(sum, want[:]) {
				b.Fatal(a.Stats())
			}
		}
	})
}
