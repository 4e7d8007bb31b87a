package extract

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// minutes returns a capture with a DNS query at each of these minutes.
func minutes(at ...int) []byte {
	start := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	var f build.Pcap
	for _, m := range at {
		f.Add(start.Add(time.Duration(m)*time.Minute), build.Ethernet(0x0800, build.UDP("10.0.0.1", 5000, "198.51.100.1", 53, build.DNSQuery(uint16(m), fmt.Sprint("host", m), "example"))))
	}
	return f.Bytes()
}

// Packets are skipped as often as the capture before has them, an Extractor and a Scan
// count the others alike, and ranges count all records.
func TestSeam(t *testing.T) {
	captures := [][]byte{minutes(0, 1, 2, 2, 3), minutes(2, 2, 2, 3, 1, 4, 5), minutes(5, 5), minutes(6)}
	times := []int{0, 2, 5, 6}
	ctx := context.Background()
	var seam, again Seam
	var x Extractor
	for i, b := range captures {
		var next time.Time
		if i+1 < len(captures) {
			next = time.Date(2026, 1, 2, 3, times[i+1], 0, 0, time.UTC)
		}
		x.Skip = seam.Begin(next)
		if err := x.ReadInput(ctx, "", bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		scan, err := ScanInput(ctx, "", bytes.NewReader(b), 100, again.Begin(next))
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, fmt.Sprint("capture ", i), jsonText(t, x.report.Captures[i]), jsonText(t, scan.Capture))
		if got := scan.Start.Minute(); got != times[i] {
			t.Errorf("capture %d starts at minute %d", i, got)
		}
		if last := scan.Ranges[len(scan.Ranges)-1].From.Number; i == 1 && last < 5 {
			t.Errorf("the last range begins at record %d", last)
		}
	}
	rep := x.Finish()
	var got []int64
	for _, c := range rep.Captures {
		got = append(got, c.Packets)
	}
	if want := []int64{5, 4, 1, 1}; !slices.Equal(want, got) || rep.Unseen.Repeated != 4 {
		t.Errorf("%d packets, %d repeated", got, rep.Unseen.Repeated)
	}
}

// An overlap of more than maxOverlap packets is skipped as far as that.
func TestLongOverlap(t *testing.T) {
	var seam Seam
	rec := pcap.Record{Time: time.Unix(1, 0), Data: make([]byte, 4)}
	read := func(next time.Time) (skipped int) {
		skip := seam.Begin(next)
		for i := range maxOverlap + 10 {
			rec.Data[0], rec.Data[1], rec.Data[2] = byte(i), byte(i>>8), byte(i>>16)
			if skip(&rec) {
				skipped++
			}
		}
		return skipped
	}
	if read(rec.Time); read(time.Time{}) != maxOverlap {
		t.Error("not as many as maxOverlap are skipped")
	}
}
