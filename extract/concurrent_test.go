package extract

import (
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// Many goroutines may read a complete report: iterators, JSON and events. The test
// is for the race detector.
func TestConcurrentReading(t *testing.T) {
	o := Options{Stream: stream.Config{Hash: stream.HashAll}}
	fresh := func() *Report { return readFile(t, "../testdata/story.pcapng", o) }
	merged := readFile(t, "../testdata/smtp.pcap", o)
	if err := merged.Merge(fresh()); err != nil {
		t.Fatal(err)
	}
	back, err := ReadJSON(strings.NewReader(jsonOf(t, fresh(), true)))
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*Report{"finished": fresh(), "merged": merged, "read back": back, "zero": new(Report)} {
		var readers sync.WaitGroup
		texts := make([]string, 8)
		for i := range texts {
			readers.Go(func() {
				n := 0
				for range r.Hosts() {
					n++
				}
				for range r.Requests() {
					n++
				}
				for range r.Flows() {
					n++
				}
				r.LeftOut()
				r.WriteJSON(io.Discard, false)
				texts[i] = jsonOf(t, r, true)
			})
		}
		readers.Wait()
		for _, text := range texts {
			sameText(t, name, texts[0], text)
		}
	}
}

// Merging a small report does not sort the rows of a large one again.
func TestMergeIsLinear(t *testing.T) {
	large, small := readBytes(t, story(20_000).Bytes(), Options{}), readFile(t, "../testdata/dns.pcap", Options{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := large.Merge(small); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.Mallocs - before.Mallocs; n > 3000 {
		t.Errorf("%d allocations for a small report", n)
	}
}
