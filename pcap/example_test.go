package pcap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// capture returns a small classic capture file.
func capture() []byte {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var f build.Pcap
	for i, name := range []string{"one", "two", "three"} {
		query := build.DNSQuery(uint16(i), name, "example")
		packet := build.Ethernet(0x0800, build.UDP("192.0.2.1", 5353, "192.0.2.53", 53, query))
		f.Add(at.Add(time.Duration(i)*time.Second), packet)
	}
	return f.Bytes()
}

func Example() {
	var file io.Reader = bytes.NewReader(capture())

	r, err := pcap.NewReader(file)
	if err != nil {
		log.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(rec.Number, rec.Time.Format(time.RFC3339), rec.LinkType, len(rec.Data), "of", rec.WireLen, "bytes")
	}
	// Output:
	// 1 2026-03-01T12:00:00Z ETHERNET 71 of 71 bytes
	// 2 2026-03-01T12:00:01Z ETHERNET 71 of 71 bytes
	// 3 2026-03-01T12:00:02Z ETHERNET 73 of 73 bytes
}

// A truncated capture: the complete records come first, then an error with the
// location.
func ExampleReader_Next() {
	b := capture()
	r, err := pcap.NewReaderBytes(b[:len(b)-10])
	if err != nil {
		log.Fatal(err)
	}
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			var at *pcap.Error
			fmt.Println(errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &at), at.Offset)
			fmt.Println(err)
			break
		}
		fmt.Println(rec.Number, "at offset", rec.Offset)
	}
	// Output:
	// 1 at offset 24
	// 2 at offset 111
	// true true 198
	// pcap: offset 198, after 2 records: record has 79 of 89 bytes: unexpected EOF
}

// A record is valid until the next call: Clone those that you keep.
func ExampleRecord_Clone() {
	r, err := pcap.NewReaderBytes(capture())
	if err != nil {
		log.Fatal(err)
	}
	var last *pcap.Record
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		if rec.Number == 3 {
			last = rec.Clone()
		}
	}
	fmt.Println(last.Number, last.Time.Format(time.TimeOnly))
	// Output: 3 12:00:02
}

// Print the blocks of a pcapng file that do not hold packets.
func ExampleConfig_OnBlock() {
	var f build.Pcapng
	f.Section().Interface(1, 0)
	f.Block(10, []uint32{0x544c534b, 4}, []byte("keys")) // decryption secrets
	f.Enhanced(0, 0, make([]byte, 60))

	c := pcap.Config{OnBlock: func(b pcap.RawBlock) {
		fmt.Printf("block of type %#x at offset %d\n", b.Type, b.Offset)
	}}
	r, err := c.NewReaderBytes(f.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("packet of interface", rec.Interface)
	}
	// Output:
	// block of type 0xa0d0d0a at offset 0
	// block of type 0x1 at offset 28
	// block of type 0xa at offset 48
	// packet of interface 0
}

// Process records in several goroutines, in batches.
func ExampleReader_Batch() {
	r, err := pcap.NewReader(bytes.NewReader(capture()))
	if err != nil {
		log.Fatal(err)
	}
	var total atomic.Int64
	var workers sync.WaitGroup
	for {
		b := new(pcap.Batch) // a program reuses released ones
		if err := r.Batch(b); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		workers.Go(func() {
			for i := range b.Records {
				total.Add(int64(b.Records[i].WireLen))
			}
			b.Release()
		})
	}
	workers.Wait()
	fmt.Println(total.Load(), "bytes on the wire")
	// Output: 215 bytes on the wire
}

// Read a capture with a damaged record: print the readable records, and the
// damage.
func ExampleGap() {
	b := capture()
	copy(b[111+8:], "\xff\xff\xff\xff") // the captured length of the second record
	r, err := pcap.Config{Resync: true}.NewReaderBytes(b)
	if err != nil {
		log.Fatal(err)
	}
	for rec, err := range r.All() {
		var gap *pcap.Gap
		switch {
		case errors.As(err, &gap):
			fmt.Println(gap)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println("record", rec.Number, "at offset", rec.Offset)
		}
	}
	// Output:
	// record 1 at offset 24
	// pcap: gap of 87 bytes at offset 111: record of 4294967295 bytes is larger than the limit of 262144
	// record 2 at offset 198
}

// Read a capture in four parts at once, with the result of a sequential read.
func ExampleConfig_ReadRanges() {
	var file build.Pcap
	for i := range 4000 {
		file.Add(time.Unix(int64(i), 0), make([]byte, 100+i%7))
	}
	src := bytes.NewReader(file.Bytes()) // or a file and its size

	ranges, err := pcap.Config{}.Ranges(src, src.Size(), 4)
	if err != nil {
		log.Fatal(err)
	}
	records := make([]int, len(ranges))
	_, err = pcap.Config{}.ReadRanges(src, src.Size(), ranges, func(i int, r *pcap.Reader) error {
		records[i] = 0 // if the range is read again
		for _, err := range r.All() {
			if err != nil {
				return err
			}
			records[i]++
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	total := 0
	for _, n := range records {
		total += n
	}
	fmt.Println(len(ranges), "ranges,", total, "records")
	// Output: 4 ranges, 4000 records
}

// Create and save an index, and use it to start reading at a record.
func ExampleIndex() {
	src := bytes.NewReader(capture())
	index, err := pcap.Config{}.Index(src, src.Size(), 2)
	if err != nil {
		log.Fatal(err)
	}
	saved, err := index.MarshalBinary()
	if err != nil {
		log.Fatal(err)
	}

	var loaded pcap.Index
	if err := loaded.UnmarshalBinary(saved); err != nil {
		log.Fatal(err)
	}
	r, err := pcap.Config{}.OpenRecord(src, &loaded, 3)
	if err != nil {
		log.Fatal(err)
	}
	rec, err := r.Next()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("record", rec.Number, "at offset", rec.Offset)
	// Output: record 3 at offset 198
}

// Write the packets of a pcapng file to a classic one.
func ExampleNewWriter() {
	var ng build.Pcapng
	ng.Section().Interface(1, 0).Enhanced(0, 1e15, make([]byte, 60))

	r, err := pcap.NewReaderBytes(ng.Bytes())
	if err != nil {
		log.Fatal(err)
	}
	var out bytes.Buffer
	w, err := pcap.NewWriter(&out, pcap.LinkTypeEthernet)
	if err != nil {
		log.Fatal(err)
	}
	for rec, err := range r.All() {
		if err != nil {
			log.Fatal(err)
		}
		if err := w.Write(rec); err != nil { // ErrLinkType: the record needs another file
			log.Fatal(err)
		}
	}
	fmt.Printf("%d bytes, beginning with %x\n", out.Len(), out.Bytes()[:4])
	// Output: 100 bytes, beginning with d4c3b2a1
}
