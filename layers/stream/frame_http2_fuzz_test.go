package stream_test

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/sightline-go/sightline/layers/stream"
)

// FuzzHTTP2 compares the heads and bodies that are found whole and split, for frames that
// golang.org/x/net accepts. For any others, nothing remains held.
func FuzzHTTP2(f *testing.F) {
	h := newH2Talk()
	h.c.head(1, false, append(getFields("/"), "x", "y")...)
	h.c.WriteDataPadded(1, true, []byte("body"), make([]byte, 3))
	h.s.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, BlockFragment: h.s.fields(getFields("/p")...), EndHeaders: true})
	h.s.head(1, false, ":status", "200", "content-length", "3")
	h.s.WriteData(1, false, []byte("abc"))
	h.s.head(1, true, "trailer", "x")
	f.Add([]byte(h.c.take()), []byte(h.s.take()), uint8(3))
	f.Add([]byte("\x00\x00\x06\x01\x04\x00\x00\x00\x01\x82\x86\x84\x01\x01a\x00\x00\x00\x09\x04\x00\x00\x00\x01"), []byte("\x00\x00\x04\x03\x00\x00\x00\x00\x01abcd"), uint8(1))
	f.Add([]byte("\x00\x00\x0a\x01\x04\x00\x00\x00\x03\x02\x07CONNECT\x01"), []byte("\x00\x00\x01\x01\x04\x00\x00\x00\x03\x88"), uint8(9))
	f.Fuzz(func(t *testing.T, client, server []byte, cut uint8) {
		if len(client)+len(server) > 4096 || cut == 0 {
			return
		}
		const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
		tk := talk{{false, http2.ClientPreface + settings}, {true, settings}, {false, string(client)}, {true, string(server)}}
		valid := areFrames(string(client)) && areFrames(string(server))
		var want []string
		for i, size := range []int{1 << 14, int(cut)} {
			a := &stream.Assembler{}
			got := h2transcript(a, tk.segs(size))
			if s := a.Stats(); s.Held != 0 || s.Work > 4<<20+448*int64(len(client)+len(server)+200) {
				t.Fatalf("%+v", s)
			}
			if i == 0 {
				want = got
			} else if diff := cmp.Diff(want, got); valid && diff != "" {
				t.Fatalf("segments of %d bytes:\n%s", size, diff)
			}
		}
	})
}

// areFrames reports whether golang.org/x/net reads all of b as frames, with fields that
// are valid. Streams that tunnel are left out: what is in them depends on how it is split.
func areFrames(b string) bool {
	r := http2.NewFramer(nil, strings.NewReader(b))
	r.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	for {
		f, err := r.ReadFrame()
		if err != nil {
			return err == io.EOF
		}
		if h, ok := f.(*http2.MetaHeadersFrame); ok && h.PseudoValue("method") == "CONNECT" {
			return false
		}
		if _, ok := f.(*http2.PushPromiseFrame); ok {
			r.ReadMetaHeaders = nil // it does not decode these
		}
	}
}
