package websocket_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/websocket"
	"github.com/sightline-go/sightline/layers/wire"
)

func ExampleFrames() {
	// RFC 6455 section 5.7.
	for f := range websocket.Frames([]byte("\x81\x05Hello\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58\x89\x00")) {
		fmt.Printf("%v: %s\n", f, f.AppendPayload(nil))
	}
	// Output:
	// text fin len 5: Hello
	// text fin masked len 5: Hello
	// ping fin len 0:
}

var views = []viewtest.View{
	viewtest.Of(websocket.ParseFrame, "818537fa213d7f9f4d5158").MayBeMalformed(),
	viewtest.Of(websocket.ParseHeader, "82fe010037fa213d").MayBeMalformed(),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, "text fin masked len 5\nbinary fin masked len 256")
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }

// The examples of RFC 6455 section 5.7.
func TestFrames(t *testing.T) {
	for _, tt := range []struct {
		hex     string
		text    string
		payload string
	}{
		{"810548656c6c6f", "text fin len 5", "Hello"},
		{"818537fa213d7f9f4d5158", "text fin masked len 5", "Hello"},
		{"010348656c", "text len 3", "Hel"},
		{"80026c6f", "continuation fin len 2", "lo"},
		{"890548656c6c6f", "ping fin len 5", "Hello"},
		{"8a8537fa213d7f9f4d5158", "pong fin masked len 5", "Hello"},
	} {
		b := viewtest.Unhex(t, tt.hex)
		f, err := websocket.ParseFrame(append(bytes.Clone(b), 0))
		if err != nil || f.String() != tt.text || string(f.AppendPayload(nil)) != tt.payload || !bytes.Equal(f.Bytes(), b) {
			t.Errorf("%s: %v %q %v", tt.hex, f, f.AppendPayload(nil), err)
		}
	}
	for header, size := range map[string]int{"\x82\x7e\x01\x00": 256, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00": 65536} {
		f, err := websocket.ParseFrame(append([]byte(header), make([]byte, size)...))
		if err != nil || f.Opcode() != websocket.OpBinary || len(f.Payload()) != size || f.PayloadLength() != uint64(size) {
			t.Errorf("%d bytes: %v %v", size, f, err)
		}
	}
}

// RFC 6455 sections 5.2 and 5.5: the shortest form of a length, no fragments of
// control frames, which have at most 125 bytes, no reserved opcodes.
func TestInvalidFrames(t *testing.T) {
	for _, hex := range []string{
		"827e007d", "827f000000000000ffff", "827fffffffffffffffff", "0900", "897e0080", "8300", "8700", "8b00", "8f00",
	} {
		if h, err := websocket.ParseHeader(viewtest.Unhex(t, hex)); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v %v", hex, h, err)
		}
	}
	for _, hex := range []string{"", "81", "8105", "81fe00", "81ff00000000000000800000"} {
		if f, err := websocket.ParseFrame(viewtest.Unhex(t, hex)); !errors.Is(err, wire.Short) {
			t.Errorf("%s: %v %v", hex, f, err)
		}
	}
}

// RFC 6455 section 5.5.1: the code is masked like the rest of the payload.
func TestCloseCode(t *testing.T) {
	for hex, want := range map[string]uint16{"880203e8": 1000, "888237fa213d3412": 1000, "8800": 0, "820203e8": 0} {
		f, err := websocket.ParseFrame(viewtest.Unhex(t, hex))
		if code, ok := f.CloseCode(); err != nil || code != want || ok != (want != 0) {
			t.Errorf("%s: %d %v %v", hex, code, ok, err)
		}
	}
}

// A payload may be unmasked in pieces of any length, and back.
func TestUnmask(t *testing.T) {
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	data := []byte("a payload that is longer than two words of a machine")
	want := make([]byte, len(data))
	for i := range data { // RFC 6455 section 5.3
		want[i] = data[i] ^ key[i%4]
	}
	for size := 1; size <= len(data); size++ {
		b := bytes.Clone(data)
		for off := 0; off < len(b); off += size {
			websocket.Unmask(b[off:min(off+size, len(b))], key, uint64(off))
		}
		if !bytes.Equal(b, want) {
			t.Errorf("pieces of %d bytes: %x", size, b)
		}
	}
}

// The fields are those of RFC 7692 sections 7.1 and 7.1.3.
func TestFindDeflate(t *testing.T) {
	for field, want := range map[string]websocket.Deflate{
		"permessage-deflate": {ClientMaxWindowBits: 15, ServerMaxWindowBits: 15},
		"permessage-deflate; client_no_context_takeover; client_max_window_bits":                       {ClientNoContextTakeover: true, ClientMaxWindowBits: 15, ServerMaxWindowBits: 15},
		"foo, Permessage-Deflate ;server_no_context_takeover; server_max_window_bits=10; x=y, x":       {ServerNoContextTakeover: true, ClientMaxWindowBits: 15, ServerMaxWindowBits: 10},
		`permessage-deflate; client_max_window_bits="8"; server_max_window_bits=16`:                    {ClientMaxWindowBits: 8, ServerMaxWindowBits: 15},
		"permessage-deflate; server_max_window_bits=7, permessage-deflate; client_no_context_takeover": {ClientMaxWindowBits: 15, ServerMaxWindowBits: 15},
	} {
		d, ok := websocket.FindDeflate([]byte(field))
		if diff := cmp.Diff(want, d); !ok || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", field, ok, diff)
		}
	}
	for _, field := range []string{"", ",;", "x-webkit-deflate-frame", "permessage-bzip2; permessage-deflate"} {
		if d, ok := websocket.FindDeflate([]byte(field)); ok {
			t.Errorf("%q: %+v", field, d)
		}
	}
}
