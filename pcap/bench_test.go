package pcap_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// benchCaptures are captures of the same packets, with the sizes of DNS and web
// traffic.
func benchCaptures() map[string][]byte {
	out := map[string][]byte{}
	for name, size := range map[string]int{"small": 77, "large": 825} {
		var f build.Pcap
		var g build.Pcapng
		g.Section().Interface(1, 0)
		for i := range 16 << 20 / size {
			f.Add(noon, packet(i, size))
			g.Enhanced(0, uint64(i), packet(i, size))
		}
		out["pcap/"+name], out["pcapng/"+name] = f.Bytes(), g.Bytes()
	}
	return out
}

// BenchmarkNext reads a capture from a Reader, as from a file.
func BenchmarkNext(b *testing.B) {
	for name, file := range benchCaptures() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			r, err := pcap.NewReader(bytes.NewReader(file))
			if err != nil {
				b.Fatal(err)
			}
			records := 0
			for b.Loop() {
				if err := r.Reset(bytes.NewReader(file)); err != nil {
					b.Fatal(err)
				}
				for {
					if _, err := r.Next(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
					records++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(records), "ns/record")
		})
	}
}

// BenchmarkBatch is BenchmarkNext in batches.
func BenchmarkBatch(b *testing.B) {
	for name, file := range benchCaptures() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			r, err := pcap.NewReader(bytes.NewReader(file))
			if err != nil {
				b.Fatal(err)
			}
			var batch pcap.Batch
			for b.Loop() {
				if err := r.Reset(bytes.NewReader(file)); err != nil {
					b.Fatal(err)
				}
				for {
					if err := r.Batch(&batch); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkResync reads a capture with damage in every hundredth record.
func BenchmarkResync(b *testing.B) {
	f := traffic(1, 20000)
	file := f.Bytes()
	for at, i := 24, 0; at < len(file); i++ {
		size := 16 + int(file[at+8]) + int(file[at+9])<<8
		if i%100 == 99 {
			copy(file[at+8:], "\xff\xff\xff\xff")
		}
		at += size
	}
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		r, err := resync.NewReaderBytes(file)
		if err != nil {
			b.Fatal(err)
		}
		for range r.All() {
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	w, err := pcap.NewWriter(io.Discard, 1)
	if err != nil {
		b.Fatal(err)
	}
	rec := &pcap.Record{Time: noon, Data: packet(1, 825), WireLen: 825, LinkType: 1}
	b.SetBytes(825)
	b.ReportAllocs()
	for b.Loop() {
		w.Write(rec)
	}
}
