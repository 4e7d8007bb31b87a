package extract_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
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

// Read a capture and list its HTTP requests and hosts.
func ExampleRead() {
	r, err := pcap.NewReaderBytes(capture()) // pcap.Open for a file
	if err != nil {
		log.Fatal(err)
	}
	rep, err := extract.Read(context.Background(), r, extract.Options{})
	if err != nil {
		log.Print(err) // rep holds everything before the error
	}
	for q := range rep.Requests() {
		first, _ := q.Evidence.First()
		fmt.Println(q.Method, q.URL, "in packet", first.First.Number)
	}
	for h := range rep.Hosts() {
		fmt.Println(h.Addr, "in", h.Count, "packet")
	}
	// Output:
	// GET http://cdn.badfiles.example/a.exe in packet 1
	// 10.0.0.5 in 1 packet
	// 198.51.100.7 in 1 packet
}

// Read a file and list its indicators, with the hashes of transferred files.
func ExampleExtractor_ReadInput() {
	f, err := os.Open("../testdata/story.pcapng")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	o := extract.Options{Workers: 4, Stream: stream.Config{Hash: stream.HashSHA256}}
	x := extract.Extractor{Options: o}
	if err := x.ReadInput(context.Background(), f.Name(), f); err != nil {
		log.Print(err) // the Report holds everything before the error
	}
	ev := event.Of(x.Finish(), event.Options{Only: extract.TopicSetOf(extract.Files)})
	fmt.Println(ev.Info)
	for _, a := range ev.Attributes {
		fmt.Println(a.Type, a.Value)
	}
	// Output:
	// Indicators from story.pcapng
	// filename|sha256 update.bin|b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7
}

// Merge the Reports of two captures, made on different days.
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
			log.Fatal(err) // both Reports hold the same packets
		}
	}
	for q := range all.Requests() {
		first, last, _ := q.Seen()
		fmt.Println(q.URL, q.Count, "times,", first.Format(time.DateOnly), "to", last.Format(time.DateOnly))
	}
	// Output:
	// http://cdn.badfiles.example/a.exe 2 times, 2026-03-04 to 2026-03-05
}

// Store a Report and make the same event of it later.
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
	o := event.Options{Only: extract.TopicSetOf(extract.HTTP)}
	fmt.Println(len(event.Of(kept, o).Attributes), "attributes")
	fmt.Println("the same event:", event.Of(kept, o).UUID == event.Of(rep, o).UUID)
	// Output:
	// 3 attributes
	// the same event: true
}

// Read only the packets of a piece of evidence again, to confirm an observation.
func ExampleReread() {
	open := func(int) (*pcap.Reader, error) { return pcap.NewReaderBytes(capture()) }
	r, err := open(0)
	if err != nil {
		log.Fatal(err)
	}
	rep, _ := extract.Read(context.Background(), r, extract.Options{})
	var evidence []extract.Evidence
	for q := range rep.Requests() {
		evidence = append(evidence, q.Evidence.List()...)
	}
	again, err := extract.Reread(context.Background(), extract.Options{}, evidence, open)
	if err != nil {
		log.Fatal(err)
	}
	for q := range again.Requests() {
		fmt.Println(q.URL, q.Evidence.Shows(&evidence[0]))
	}
	// Output:
	// http://cdn.badfiles.example/a.exe true
}
