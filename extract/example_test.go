package extract_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

func capture() []byte { return captureAt(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)) }

func captureAt(t time.Time) []byte {
	var f build.Pcap
	f.Add(t, build.Ethernet(0x0800, build.TCP{
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

// From a file to its event, with the hashes of the files that were transferred.
func ExampleExtractor_ReadInput() {
	f, err := os.Open("../testdata/story.pcapng")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	o := extract.Options{Workers: 4, Stream: stream.Config{Hash: stream.HashSHA256}}
	x := extract.Extractor{Options: o}
	if err := x.ReadInput(context.Background(), f.Name(), f); err != nil {
		log.Print(err) // all that was before the damage is there
	}
	ev := x.Finish().Event(extract.EventOptions{Only: extract.TopicSetOf(extract.Files)})
	fmt.Println(ev.Info)
	for _, a := range ev.Attributes {
		fmt.Println(a.Type, a.Value)
	}
	// Output:
	// Indicators from story.pcapng
	// filename|sha256 update.bin|b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7
}

// What speaks for an attribute, and what was left out.
func ExampleReport_Select() {
	r, err := pcap.NewReaderBytes(capture())
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	o := extract.EventOptions{Only: extract.TopicSetOf(extract.IP)}
	for _, a := range rep.Select(o).Attributes {
		first, _ := a.Evidence.First()
		fmt.Println(a.Type, a.Value, "in packet", first.First.Number)
	}
	for _, l := range rep.Select(o).LeftOut {
		fmt.Println(l.Value, "is left out:", l.Rule)
	}
	// Output:
	// ip-dst 198.51.100.7 in packet 1
	// 10.0.0.5 is left out: private address
}

// Reports of captures that were read apart, here on two days.
func ExampleReport_Merge() {
	day := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	all := new(extract.Report)
	for _, b := range [][]byte{captureAt(day), captureAt(day.AddDate(0, 0, 1))} {
		r, err := pcap.NewReaderBytes(b)
		if err != nil {
			log.Fatal(err)
		}
		rep, err := extract.Read(context.Background(), r, extract.Options{})
		if err != nil {
			log.Print(err)
		}
		if err := all.Merge(rep); err != nil {
			log.Fatal(err) // both hold the same packets
		}
	}
	for q := range all.Requests() {
		first, last, _ := q.Seen()
		fmt.Println(q.URL, q.Count, "times,", first.Format(time.DateOnly), "to", last.Format(time.DateOnly))
	}
	// Output:
	// http://cdn.badfiles.example/a.exe 2 times, 2026-03-04 to 2026-03-05
}

// A report that is kept, and gives its event later.
func ExampleReadJSON() {
	r, err := pcap.NewReaderBytes(capture())
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	var file bytes.Buffer
	if err := rep.WriteJSON(&file, true); err != nil {
		log.Fatal(err)
	}
	kept, err := extract.ReadJSON(&file)
	if err != nil {
		log.Fatal(err)
	}
	o := extract.EventOptions{Only: extract.TopicSetOf(extract.HTTP)}
	fmt.Println(len(kept.Event(o).Attributes), "attributes")
	fmt.Println("the same event:", kept.Event(o).UUID == rep.Event(o).UUID)
	// Output:
	// 3 attributes
	// the same event: true
}

// What the packets behind an attribute show by themselves.
func ExampleVerify() {
	open := func(int) (*pcap.Reader, error) { return pcap.NewReaderBytes(capture()) }
	r, err := open(0)
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	attributes := rep.Select(extract.EventOptions{}).Attributes
	attributes[1].Value = "www.partner.example" // which no packet holds
	missing, err := extract.Verify(context.Background(), extract.Options{}, attributes, open)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("of", len(attributes), "attributes are missing:")
	for _, a := range missing {
		fmt.Println(a.Type, a.Value)
	}
	// Output:
	// of 4 attributes are missing:
	// hostname www.partner.example
}

// Objects hold what belongs together, and refer to one another.
func ExampleSelection_objects() {
	r, err := pcap.Open("../testdata/story.pcapng")
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	rep, err := extract.Read(context.Background(), r, extract.Options{})
	if err != nil {
		log.Print(err)
	}
	o := extract.EventOptions{Detail: extract.Objects, Only: extract.TopicSetOf(extract.HTTP, extract.Connections)}
	objects := rep.Select(o).Objects
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
