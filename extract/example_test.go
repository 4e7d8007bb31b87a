package extract_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

func capture() []byte {
	var f build.Pcap
	f.Add(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), build.Ethernet(0x0800, build.TCP{
		Src: "10.0.0.5", SrcPort: 40000, Dst: "198.51.100.7", DstPort: 80, Seq: 1, Flags: 0x18,
		Data: "GET /a.exe HTTP/1.1\r\nHost: cdn.badfiles.example\r\nUser-Agent: updater/1.0\r\n\r\n",
	}.Packet()))
	return f.Bytes()
}

// From a capture to the attributes of a MISP event.
func ExampleRead() {
	r, err := pcap.NewReaderBytes(capture()) // pcap.Open for a file
	if err != nil {
		log.Fatal(err)
	}
	rep, err := extract.Read(context.Background(), r, extract.Options{})
	if err != nil {
		log.Print(err) // rep holds what was before the damage
	}
	for _, a := range rep.Event(extract.EventOptions{Info: "Case 42"}).Attributes {
		fmt.Println(a.Type, a.Value)
	}
	// Output:
	// url http://cdn.badfiles.example/a.exe
	// hostname cdn.badfiles.example
	// ip-dst 198.51.100.7
	// user-agent updater/1.0
}

// What speaks for an attribute, and what was left out.
func ExampleReport_Select() {
	r, err := pcap.NewReaderBytes(capture())
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	o := extract.EventOptions{Only: []extract.Topic{extract.IP}}
	for _, a := range rep.Select(o).Attributes {
		fmt.Println(a.Type, a.Value, "in packet", a.Evidence[0].First.Number)
	}
	for _, l := range rep.Select(o).LeftOut {
		fmt.Println(l.Value, "is left out:", l.Rule)
	}
	// Output:
	// ip-dst 198.51.100.7 in packet 1
	// 10.0.0.5 is left out: private address
}
