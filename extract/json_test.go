package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// A report that is written is read back without loss.
func TestJSON(t *testing.T) {
	reports := []*Report{new(Report), readBytes(t, crowd(), small)}
	for _, name := range captures(t) {
		reports = append(reports, readFile(t, name, Options{Stream: stream.Config{Hash: stream.HashAll}}))
	}
	for i, r := range reports {
		want := jsonOf(t, r, true)
		back, err := ReadJSON(strings.NewReader(want))
		if err != nil {
			t.Fatal(i, err)
		}
		sameText(t, fmt.Sprint("report ", i), want, jsonOf(t, back, true))
	}
}
