package event_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
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

// Print the attributes of a capture's MISP event.
func ExampleOf() {
	r, err := pcap.NewReaderBytes(capture()) // pcap.Open for a file
	if err != nil {
		log.Fatal(err)
	}
	rep, err := extract.Read(context.Background(), r, extract.Options{})
	if err != nil {
		log.Print(err) // rep covers the packets before the error
	}
	for _, a := range event.Of(rep, event.Options{Info: "Case 42"}).Attributes {
		fmt.Println(a.Type, a.Value)
	}
	// Output:
	// url http://cdn.badfiles.example/a.exe
	// hostname cdn.badfiles.example
	// ip-dst 198.51.100.7
	// user-agent updater/1.0
}

// Print the evidence of attributes, and the observations left out.
func ExampleSelect() {
	r, err := pcap.NewReaderBytes(capture())
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	o := event.Options{Only: extract.TopicSetOf(extract.IP)}
	for _, a := range event.Select(rep, o).Attributes {
		first, _ := a.Evidence.First()
		fmt.Println(a.Type, a.Value, "in packet", first.First.Number)
	}
	for _, l := range event.Select(rep, o).LeftOut {
		fmt.Println(l.Value, "is left out:", l.Rule)
	}
	// Output:
	// ip-dst 198.51.100.7 in packet 1
	// 10.0.0.5 is left out: private address
}

// Find an attribute that its evidence does not support.
func ExampleVerify() {
	open := func(int) (*pcap.Reader, error) { return pcap.NewReaderBytes(capture()) }
	r, err := open(0)
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	attributes := event.Select(rep, event.Options{}).Attributes
	attributes[1].Value = "www.partner.example" // not in the capture
	missing, err := event.Verify(context.Background(), extract.Options{}, attributes, open)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(missing), "of", len(attributes), "attributes not found:")
	for _, a := range missing {
		fmt.Println(a.Type, a.Value)
	}
	// Output:
	// 1 of 4 attributes not found:
	// hostname www.partner.example
}

// Print the HTTP requests and the references between them.
func ExampleSelection_objects() {
	r, err := pcap.Open("../../testdata/story.pcapng")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	rep, err := extract.Read(context.Background(), r, extract.Options{})
	if err != nil {
		log.Print(err)
	}
	o := event.Options{Detail: event.Objects, Only: extract.TopicSetOf(extract.HTTP, extract.Connections)}
	objects := event.Select(rep, o).Objects
	comments := map[misp.UUID]string{}
	for _, o := range objects {
		comments[o.UUID] = o.Comment
	}
	for _, o := range objects {
		if o.Template != misp.TemplateHTTPRequest {
			continue
		}
		fmt.Println(o.Comment)
		for _, ref := range o.References {
			fmt.Println(" ", ref.Relationship, comments[ref.To])
		}
	}
	// Output:
	// GET http://www.news.example/
	// GET http://cdn.badfiles.example/get/update.bin
	//   redirects-to GET http://cdn.badfiles.example/files/9f2c/update.bin
	// GET http://cdn.badfiles.example/files/9f2c/update.bin
	// GET http://www.news.example/robots.txt
}
