package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/pcap"
)

// The requests are those that testdata/README.md lists; nginx answered them.
func TestRun(t *testing.T) {
	r, err := pcap.Open("../../testdata/http.pcap")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, r); err != nil {
		t.Fatal(err)
	}
	const news, cdn = `"http://www.news.example`, `"http://cdn.badfiles.example`
	want := []string{
		"200 GET " + news + `/robots.txt"`, "200 GET " + news + `/"`, "200 GET " + news + `/live/now.txt"`,
		"200 POST " + news + `/comment?id=7"`, "200 HEAD " + news + `/robots.txt"`, "304 GET " + news + `/robots.txt"`,
		"404 GET " + news + `/missing%20page"`, "301 GET " + news + `/old"`, "200 GET " + news + `/index.html"`,
		"302 GET " + cdn + `/get/update.bin"`, "200 GET " + cdn + `/files/9f2c/update.bin"`,
		"206 GET " + cdn + `/files/9f2c/update.bin"`, "200 GET " + news + `/robots.txt"`, "200 GET " + news + `/robots.txt?again"`,
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(out.String()), "\n")); diff != "" {
		t.Error(diff)
	}
}
