package http3

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	viewtest.Of(ParseFrameHeader, "01 4100"),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		HEADERS length 256
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
