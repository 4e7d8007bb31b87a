package pcap_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
)

// Each bit of the first 4 KiB is turned: whatever comes of it ends, and costs no
// more memory than the input.
func TestFlippedBits(t *testing.T) {
	for name, b := range map[string][]byte{"classic": classic(8), "pcapng": sections(), "gzip": gzipped(classic(8))} {
		for i := 0; i < 8*min(len(b), 4096); i += fault.Size(1, 15) {
			flipped := bytes.Clone(b)
			flipped[i/8] ^= 1 << (i % 8)
			if name != "gzip" {
				survive(t, fmt.Sprintf("%s, bit %d", name, i), flipped)
			} else if n := fault.Allocated(func() { drainAll(flipped) }); n > 1<<20 {
				t.Errorf("gzip, bit %d: %d bytes allocated", i, n)
			}
		}
	}
}
