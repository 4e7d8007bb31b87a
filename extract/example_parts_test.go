package extract_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// request returns a capture of a request that is in two packets, 0 and 1, or of one of
// them, a second apart.
func request(packets ...int) []byte {
	var f build.Pcap
	data := []string{"GET /a.exe HTTP/1.1\r\nHost: cdn.badf", "iles.example\r\n\r\n"}
	for _, i := range packets {
		f.Add(time.Date(2026, 3, 4, 5, 6, i, 0, time.UTC), build.Ethernet(0x0800, build.TCP{
			Src: "10.0.0.5", SrcPort: 40000, Dst: "198.51.100.7", DstPort: 80, Seq: uint32(1 + i*len(data[0])), Flags: 0x18, Data: data[i],
		}.Packet()))
	}
	return f.Bytes()
}

// Read the captures of a sensor in two runs, with a state between them. The connection
// that begins in the first one continues in the second.
func ExampleSurvey() {
	ctx := context.Background()
	var state []byte // in a file
	for i, capture := range [][]byte{request(0), request(1)} {
		var s extract.Survey
		if state != nil {
			if err := s.Resume(bytes.NewReader(state)); err != nil {
				log.Fatal(err)
			}
		}
		r, err := pcap.NewReaderBytes(capture)
		if err != nil {
			log.Fatal(err)
		}
		if err := s.Read(ctx, r); err != nil {
			log.Fatal(err)
		}
		x := s.Extractor()
		if err := x.ReadInput(ctx, fmt.Sprintf("%d.pcap", i+1), bytes.NewReader(capture)); err != nil {
			log.Print(err) // the Report holds everything before the error
		}
		var next bytes.Buffer
		rep, err := x.Suspend(&next)
		if err != nil {
			log.Fatal(err) // the next run needs the state of this one
		}
		state = next.Bytes()
		fmt.Println("run", i+1, "knows", rep.Packets, "packets and", len(slices.Collect(rep.Requests())), "requests")
	}
	// Output:
	// run 1 knows 1 packets and 0 requests
	// run 2 knows 2 packets and 1 requests
}

// Count a packet once that two consecutive captures have.
func ExampleSeam() {
	second := time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC) // first packet of the second capture
	var x extract.Extractor
	var s extract.Seam
	for i, next := range []time.Time{second, {}} { // no capture follows the second one
		capture := [][]byte{request(0), request(0, 1)}[i]
		x.Skip = s.Begin(next)
		if err := x.ReadInput(context.Background(), fmt.Sprintf("%d.pcap", i+1), bytes.NewReader(capture)); err != nil {
			log.Print(err)
		}
	}
	rep := x.Finish()
	fmt.Println(rep.Packets, "packets,", rep.Unseen.Repeated, "repeated")
	// Output:
	// 2 packets, 1 repeated
}

// Do the work of an Extractor in pieces, all of them here. On many machines, files or
// messages carry the tasks and the pieces, and each loop may be divided among them.
func ExampleDivider() {
	capture := request(0, 1)
	src := bytes.NewReader(capture)
	var o extract.Options
	var pieces []*extract.Piece
	var tasks [extract.Shards + 1][][]byte // the last are fragments
	yield := func(shard int, task []byte) { tasks[shard] = append(tasks[shard], bytes.Clone(task)) }

	// The captures of a sensor, in the order of Scan.Start; here one, in two ranges.
	scan, err := extract.ScanInput(context.Background(), "capture.pcap", src, 100, nil)
	if err != nil {
		log.Fatal(err)
	}
	pieces = append(pieces, extract.Scanned([]*extract.Scan{scan}))
	before := int64(0) // packets of the captures before this one
	for _, keys := range scan.Keys {
		for shard := range extract.Shards {
			yield(shard, extract.KeysTask(before, keys))
		}
	}
	opening, more := extract.Opening{}, true // of the first packets of all
	for _, rg := range scan.Ranges {
		r, err := pcap.Config{}.OpenRange(src, src.Size(), rg) // a compressed capture: pcap.NewReader
		if err != nil {
			log.Fatal(err)
		}
		d := extract.Divider{Options: o, Capture: 0, Before: before + rg.From.Number}
		var dec layers.Decoder
		var p layers.Packet
		for rec, err := range r.All() {
			if err != nil {
				break // as in Scan.Capture.Err
			}
			dec.Decode(&p, rec)
			d.Divide(&p, rec, yield)
			more = more && opening.Add(&p, rec, yield)
		}
		pieces = append(pieces, d.Finish())
	}

	// The datagrams of the fragments.
	g := extract.Datagrams{Options: o}
	slices.SortFunc(tasks[extract.Fragments], bytes.Compare)
	for _, task := range tasks[extract.Fragments] {
		if err := g.Do(task, yield); err != nil {
			log.Fatal(err)
		}
	}
	pieces = append(pieces, g.Finish(yield))

	// Each shard, and all pieces together.
	for shard := range extract.Shards {
		s := extract.Shard{Options: o}
		slices.SortFunc(tasks[shard], bytes.Compare)
		for _, task := range tasks[shard] {
			if err := s.Do(task); err != nil {
				log.Print(err)
			}
		}
		p, err := s.Finish()
		if err != nil {
			log.Print(err)
		}
		pieces = append(pieces, p)
	}
	var all extract.Piece
	for _, p := range pieces {
		if err := all.Merge(p); err != nil {
			log.Fatal(err)
		}
	}
	rep, err := all.Report()
	if err != nil {
		log.Fatal(err)
	}
	for q := range rep.Requests() {
		fmt.Println(q.URL, "from", len(scan.Ranges), "ranges")
	}
	// Output:
	// http://cdn.badfiles.example/a.exe from 2 ranges
}
