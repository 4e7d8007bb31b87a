package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// A report is read back without loss.
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

// A report is written while it is made: no write is much larger than a row.
func TestWriteJSONInPieces(t *testing.T) {
	r := readBytes(t, crowd(), Options{})
	w := new(largest)
	if err := r.WriteJSON(w, true); err != nil || w.all < 10*writeSize || w.most > 2*writeSize {
		t.Errorf("%d bytes, at most %d in a write, %v", w.all, w.most, err)
	}
}

// largest counts the bytes written, and those of the largest write.
type largest struct{ all, most int }

func (w *largest) Write(b []byte) (int, error) {
	w.all += len(b)
	w.most = max(w.most, len(b))
	return len(b), nil
}
