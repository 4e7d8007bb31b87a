package layers

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A report of version 3 (RFC 9776 section 4.2): one record changes 233.252.0.1 to include two sources.
const igmpSample = "22 00 0000 0000 0001 03 00 0002 e9fc0001 c0000201 c0000202"

func TestIGMP(t *testing.T) {
	h, err := ParseIGMP(viewtest.Unhex(t, igmpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 34
		MaxResponse 0
		Checksum 0
		Group invalid IP
		Payload 03000002e9fc0001c0000201c0000202
		Text type 34`)
}

func TestIGMPRecords(t *testing.T) {
	h, err := ParseIGMP(viewtest.Unhex(t, igmpSample))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range h.Records() {
		for s := range r.Sources() {
			got = append(got, fmt.Sprint(r.Type, r.Group, s))
		}
	}
	want := []string{"3 233.252.0.1 192.0.2.1", "3 233.252.0.1 192.0.2.2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A membership query of version 2 (RFC 2236 section 2).
func TestIGMPQuery(t *testing.T) {
	h, err := ParseIGMP(viewtest.Unhex(t, "11 64 0499 e9fc0001"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Type 17
		MaxResponse 100
		Group 233.252.0.1
		Records
		Text type 17 group 233.252.0.1`)
}
