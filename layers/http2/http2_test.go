package http2_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	xnet "golang.org/x/net/http2"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/http2"
	"github.com/sightline-go/sightline/layers/wire"
)

func ExampleParseFrame() {
	// HEADERS of RFC 7541 appendix C.4.1.
	b := []byte("\x00\x00\x11\x01\x05\x00\x00\x00\x01\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff")
	f, err := http2.ParseFrame(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f)
	var decoder http2.Decoder
	err = decoder.Decode(f.Content(), func(x http2.Field) {
		fmt.Printf("%s: %s\n", x.Name, x.Value)
	})
	fmt.Println(err)
	// Output:
	// HEADERS stream 1 flags 0x05 length 17
	// :method: GET
	// :scheme: http
	// :path: /
	// :authority: www.example.com
	// <nil>
}

// views has every Parse function of the package: each is cut at every length,
// mutated and fuzzed, with all methods of its view.
var views = []viewtest.View{
	viewtest.Of(http2.ParseFrameHeader, "000011010500000001"),
	viewtest.Of(http2.ParseFrame, "00001a012d0000000102800000030f8286844188f439ce75c875fa5784beef0000"+"00000000"),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
HEADERS stream 1 flags 0x05 length 17
HEADERS stream 1 flags 0x2D length 26`)
}

func FuzzAccessors(f *testing.F) {
	for i, b := range framesOf(f) {
		f.Add(uint8(1), b)
		f.Add(uint8(i), b)
	}
	viewtest.Fuzz(f, views)
}

// framesOf returns a frame of each type, as golang.org/x/net writes it.
func framesOf(t testing.TB) (frames [][]byte) {
	t.Helper()
	var b bytes.Buffer
	x := xnet.NewFramer(&b, nil)
	for _, write := range []func() error{
		func() error { return x.WriteData(1, true, []byte("data")) },
		func() error { return x.WriteDataPadded(3, false, []byte("padded"), make([]byte, 5)) },
		func() error {
			return x.WriteHeaders(xnet.HeadersFrameParam{
				StreamID: 5, BlockFragment: []byte("block"), EndStream: true, EndHeaders: true, PadLength: 3,
				Priority: xnet.PriorityParam{StreamDep: 3, Exclusive: true, Weight: 15},
			})
		},
		func() error { return x.WritePriority(7, xnet.PriorityParam{StreamDep: 5, Weight: 255}) },
		func() error { return x.WriteRSTStream(9, xnet.ErrCodeCancel) },
		func() error {
			return x.WriteSettings(xnet.Setting{ID: xnet.SettingHeaderTableSize, Val: 65536}, xnet.Setting{ID: 0xfafa, Val: 1})
		},
		func() error { return x.WriteSettingsAck() },
		func() error {
			return x.WritePushPromise(xnet.PushPromiseParam{StreamID: 1, PromiseID: 2, BlockFragment: []byte("pushed"), PadLength: 2})
		},
		func() error { return x.WritePing(false, [8]byte{1}) },
		func() error { return x.WriteGoAway(11, xnet.ErrCodeEnhanceYourCalm, []byte("too \"many\"")) },
		func() error { return x.WriteWindowUpdate(0, 1000) },
		func() error { return x.WriteContinuation(5, true, []byte("more")) },
	} {
		b.Reset()
		if err := write(); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, bytes.Clone(b.Bytes()))
	}
	return frames
}

func TestFrames(t *testing.T) {
	var got []string
	for _, b := range framesOf(t) {
		f, err := http2.ParseFrame(append(b[:len(b):len(b)], "after it"...))
		if err != nil || !bytes.Equal(f.Bytes(), b) || len(f.Payload()) != f.Length() {
			t.Errorf("%x: %x, %v", b, f.Bytes(), err)
		}
		line := f.String()
		if c := f.Content(); c != nil {
			line += fmt.Sprintf(" %q", c)
		}
		if p, ok := f.Priority(); ok {
			line += fmt.Sprintf(" %+v", p)
		}
		if id, ok := f.LastStreamID(); ok {
			line += fmt.Sprintf(" last %d", id)
		}
		if n, ok := f.WindowSizeIncrement(); ok {
			line += fmt.Sprintf(" increment %d", n)
		}
		got = append(got, line)
	}
	want := []string{
		`DATA stream 1 flags 0x01 length 4 "data"`,
		`DATA stream 3 flags 0x08 length 12 "padded"`,
		`HEADERS stream 5 flags 0x2D length 14 "block" {StreamDependency:3 Exclusive:true Weight:16}`,
		`PRIORITY stream 7 flags 0x00 length 5 {StreamDependency:5 Exclusive:false Weight:256}`,
		`RST_STREAM stream 9 flags 0x00 length 4 CANCEL`,
		`SETTINGS stream 0 flags 0x00 length 12 HEADER_TABLE_SIZE=65536 SettingID64250=1`,
		`SETTINGS stream 0 flags 0x01 length 0`,
		`PUSH_PROMISE stream 1 flags 0x08 length 13 promises 2 "pushed"`,
		`PING stream 0 flags 0x00 length 8`,
		`GOAWAY stream 0 flags 0x00 length 18 ENHANCE_YOUR_CALM "too \"many\"" last 11`,
		`WINDOW_UPDATE stream 0 flags 0x00 length 4 increment 1000`,
		`CONTINUATION stream 5 flags 0x04 length 4 "more"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Lengths, streams and padding that RFC 9113 section 6 forbids.
func TestRefusedFrames(t *testing.T) {
	for name, b := range map[string]string{
		"DATA of the connection":          "\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		"padding as long as the payload":  "\x00\x00\x02\x00\x08\x00\x00\x00\x01\x02a",
		"no room for the length":          "\x00\x00\x00\x00\x08\x00\x00\x00\x01",
		"no room for the priority":        "\x00\x00\x04\x01\x20\x00\x00\x00\x01abcd",
		"no room for the promised stream": "\x00\x00\x03\x05\x04\x00\x00\x00\x01abc",
		"PRIORITY of 4 bytes":             "\x00\x00\x04\x02\x00\x00\x00\x00\x01abcd",
		"RST_STREAM of the connection":    "\x00\x00\x04\x03\x00\x00\x00\x00\x00abcd",
		"SETTINGS of 5 bytes":             "\x00\x00\x05\x04\x00\x00\x00\x00\x00abcde",
		"SETTINGS of a stream":            "\x00\x00\x00\x04\x00\x00\x00\x00\x01",
		"an acknowledgement of 6 bytes":   "\x00\x00\x06\x04\x01\x00\x00\x00\x00abcdef",
		"PING of 7 bytes":                 "\x00\x00\x07\x06\x00\x00\x00\x00\x00abcdefg",
		"GOAWAY of 7 bytes":               "\x00\x00\x07\x07\x00\x00\x00\x00\x00abcdefg",
		"WINDOW_UPDATE of 3 bytes":        "\x00\x00\x03\x08\x00\x00\x00\x00\x01abc",
	} {
		if f, err := http2.ParseFrame([]byte(b + strings.Repeat("x", 9))); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v, %v", name, f, err)
		}
	}
	// Unknown types must be ignored (section 5.5), whatever they have.
	if f, err := http2.ParseFrame([]byte("\x00\x00\x01\x10\xff\x00\x00\x00\x00x")); err != nil || f.Type().String() != "FrameType16" || f.Content() != nil {
		t.Error(f, err)
	}
}
