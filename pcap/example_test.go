package pcap_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
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

// A capture that was cut: the whole records come first, then an error that says
// where.
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

// The blocks of a pcapng file that hold no packet.
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
