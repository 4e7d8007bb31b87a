package extract

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// sizedReport reads b with a limit on the memory of all rows.
func sizedReport(t *testing.T, b []byte, limit, workers int) *Report {
	t.Helper()
	r, err := pcap.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	rep, err := Read(context.Background(), r, Options{
		MaxValues: 1 << 20, MaxConns: 1 << 20, MaxReport: limit, Workers: workers, Stream: stream.Config{Hash: stream.HashSHA256},
	})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func sizeOf(r *Report) (size int) {
	for _, t := range r.tables {
		size += t.size()
	}
	return size
}

// MaxReport limits all rows together. Which ones stay does not depend on the workers.
func TestMaxReport(t *testing.T) {
	b := crowd()
	all := sizeOf(sizedReport(t, b, 0, 1))
	for _, limit := range []int{all, all - 1, all / 3, 10 * rowCost, 1} {
		rep := sizedReport(t, b, limit, 1)
		size := sizeOf(rep)
		if size > limit || limit > 10*rowCost && size < limit-rowCost-longestKey {
			t.Errorf("%d bytes of %d", size, limit)
		}
		if left := len(rep.LeftOut()); left > 0 != (limit < all) {
			t.Errorf("limit %d of %d: %d kinds left out", limit, all, left)
		}
		want := jsonOf(t, rep, true)
		for _, workers := range []int{2, 8} {
			sameText(t, fmt.Sprint(workers, " workers"), want, jsonOf(t, sizedReport(t, b, limit, workers), true))
		}
		back, err := ReadJSON(strings.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, "read back", want, jsonOf(t, back, true))
	}
}

// longestKey is more than the key of any row of crowd has.
const longestKey = 200

// The order of merging makes no difference at MaxReport, also after a report was read
// back.
func TestMaxReportMerge(t *testing.T) {
	list := parts(crowd(), 3)
	limit := sizeOf(sizedReport(t, list[0], 0, 1)) / 2
	part := func(i int) *Report {
		var x Extractor
		x.Options = Options{MaxValues: 1 << 20, MaxConns: 1 << 20, MaxReport: limit}
		r, err := pcap.NewReaderBytes(list[i])
		if err != nil {
			t.Fatal(err)
		}
		x.Read(context.Background(), fmt.Sprint(i), r)
		rep := x.Finish()
		back, err := ReadJSON(strings.NewReader(jsonOf(t, rep, true)))
		if err != nil {
			t.Fatal(err)
		}
		return back
	}
	var want string
	for _, order := range [][3]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		r := part(order[0])
		for _, i := range order[1:] {
			if err := r.Merge(part(i)); err != nil {
				t.Fatal(err)
			}
		}
		if size := sizeOf(r); size > limit {
			t.Errorf("%v: %d bytes of %d", order, size, limit)
		}
		if got := jsonOf(t, r, true); want == "" {
			want = got
		} else {
			sameText(t, fmt.Sprint(order), want, got)
		}
	}
}
