package pcapng_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcapng"
)

// The texts are the examples in section 4.1 of the draft.
func TestHeader(t *testing.T) {
	both(func(big bool) {
		f := build.Pcapng{BigEndian: big}
		f.Section(opt(1, []byte("one")...), opt(1, []byte("two")...), opt(2, []byte("x86 Personal Computer")...),
			opt(3, []byte("openSUSE 10.2")...), opt(4, []byte("dumpcap V0.99.7")...))
		want := pcapng.Section{
			BigEndian: big, VersionMajor: 1, Length: -1, Hardware: "x86 Personal Computer",
			OS: "openSUSE 10.2", Application: "dumpcap V0.99.7", Comments: []string{"one", "two"},
		}
		got, ok := block(t, &f, pcapng.SectionHeader).Header()
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Error(ok, diff)
		}
	})
}

// A section of version 1.2 with a length of 8 bytes.
func TestHeaderNumbers(t *testing.T) {
	b := unhex(t, "0a0d0d0a 0000001c 1a2b3c4d 0001 0002 0000000000000008 0000001c")
	blocks, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := blocks[0].Header()
	want := pcapng.Section{BigEndian: true, VersionMajor: 1, VersionMinor: 2, Length: 8}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(ok, diff)
	}
	if _, ok := (&pcapng.Block{Type: pcapng.SectionHeader, Body: make([]byte, 15)}).Header(); ok {
		t.Error("decoded a header of 15 bytes")
	}
	if _, ok := (&pcapng.Block{Type: pcapng.Custom, Body: make([]byte, 16)}).Header(); ok {
		t.Error("decoded a header in a custom block")
	}
}
