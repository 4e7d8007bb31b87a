package grpc_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/grpc"
	"github.com/sightline-go/sightline/layers/wire"
)

func ExampleMessages() {
	body := []byte("\x00\x00\x00\x00\x05hello\x01\x00\x00\x00\x02\x8b\x1f\x80\x00\x00\x00\x0fgrpc-status:0\r\n")
	for m := range grpc.Messages(body) {
		fmt.Printf("%v: %q\n", m, m.Payload())
	}
	// Output:
	// len 5: "hello"
	// compressed len 2: "\x8b\x1f"
	// trailer len 15: "grpc-status:0\r\n"
}

var views = []viewtest.View{
	viewtest.Of(grpc.ParsePrefix, "0100000102"),
	viewtest.Of(grpc.ParseMessage, "8000000003616263"),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) { viewtest.Texts(t, views, "compressed len 258\ntrailer len 3") }

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }

// Flags that doc/PROTOCOL-HTTP2.md and doc/PROTOCOL-WEB.md do not define, and messages
// that are not all there.
func TestErrors(t *testing.T) {
	for text, want := range map[string]wire.Reason{
		"":                         wire.Short,
		"\x00\x00\x00\x00":         wire.Short,
		"\x00\x00\x00\x00\x01":     wire.Short,
		"\x00\xff\xff\xff\xffabcd": wire.Short,
		"\x02":                     wire.Malformed,
		"\x40\x00\x00\x00\x00":     wire.Malformed,
		"MZ\x90\x00\x03":           wire.Malformed,
	} {
		if _, err := grpc.ParseMessage([]byte(text)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", text, err, want)
		}
	}
}

// Content types of doc/PROTOCOL-HTTP2.md and doc/PROTOCOL-WEB.md, and others.
func TestFormatOf(t *testing.T) {
	got := map[string]string{}
	want := map[string]string{
		"application/grpc": "gRPC", "application/grpc+proto": "gRPC", "Application/GRPC+json; charset=utf-8": "gRPC",
		"application/grpc;x": "gRPC", " application/grpc ": "gRPC",
		"application/grpc-web": "gRPC-Web", "application/grpc-web+thrift": "gRPC-Web",
		"application/grpc-web-text": "gRPC-Web-Text", "application/grpc-web-text+proto": "gRPC-Web-Text",
		"application/grpcx": "none", "application/grpc-webs": "none", "text/html": "none", "": "none", "application/x+grpc": "none",
	}
	for typ := range want {
		got[typ] = grpc.FormatOf([]byte(typ)).String()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
