package carve

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// The bytes held of one file and of all incomplete files are limited; files above
// the limits are listed and not written.
func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("it fills 256 MiB")
	}
	var out bytes.Buffer
	c := carver{w: &out, files: map[*stream.File]*bytes.Buffer{}}
	piece := make([]byte, 1<<20)
	gather := func(n int) *stream.File {
		f := &stream.File{Size: int64(n * len(piece))}
		c.take([]stream.Message{{Kind: stream.FileBegin, File: f}})
		for range n {
			c.take([]stream.Message{{Kind: stream.FileData, File: f, Data: piece}})
		}
		return f
	}
	var files []*stream.File
	for range 5 {
		files = append(files, gather(maxFile/len(piece)+1))
		if n := c.files[files[len(files)-1]].Len(); n > maxFile || c.held > maxHeld {
			t.Fatalf("%d bytes held of a file, %d of all", n, c.held)
		}
	}
	if c.held != maxHeld {
		t.Errorf("%d bytes held", c.held)
	}
	for _, f := range files {
		if err := c.take([]stream.Message{{Kind: stream.FileEnd, File: f}}); err != nil {
			t.Error(err)
		}
	}
	if n := strings.Count(out.String(), "not written: 68157440 bytes"); n != 5 || c.held != 0 || len(c.files) != 0 {
		t.Errorf("%d files are listed, %d bytes held\n%s", n, c.held, &out)
	}
}
