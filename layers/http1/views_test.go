package http1

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	viewtest.Of(ParseRequest, viewtest.Text(rfcRequest)),
	viewtest.Of(ParseRequest, viewtest.Text(oddRequest)),
	viewtest.Of(ParseResponse, viewtest.Text(rfcResponse)),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		GET /hello.txt HTTP/1.1
		get http://u:p@abs.example:81/a b?c HTTP/1.0
		HTTP/1.1 200 OK
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
