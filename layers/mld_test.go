package layers

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A version 2 report (RFC 9777 section 5.2) with two records, the first with a
// source.
const mldSample = "8f00 0000 0000 0002" +
	"05 00 0001 ff0e0000000000000000000000000001 20010db8000000000000000000000001" +
	"04 00 0000 ff020000000000000000000000000002"

func TestMLDRecords(t *testing.T) {
	h, err := ParseICMPv6(viewtest.Unhex(t, mldSample))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range h.MLDRecords() {
		line := fmt.Sprint(r.Type, r.Group)
		for s := range r.Sources() {
			line += fmt.Sprint(" ", s)
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{"5 ff0e::1 2001:db8::1", "4 ff02::2"}, got); diff != "" {
		t.Error(diff)
	}
}

// Version 1 messages are about one group (RFC 2710 section 3).
func TestMLDGroup(t *testing.T) {
	h, err := ParseICMPv6(viewtest.Unhex(t, "8300 0000 0000 0000 ff0e0000000000000000000000000001"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		MLDGroup ff0e::1
		MLDRecords
		NDPTarget invalid IP`)
}
