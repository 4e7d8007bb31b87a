package pcap_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
)

// Flip each bit of the first 4 KiB: reading ends, and uses no more memory than
// the input.
func TestFlippedBits(t *testing.T) {
	for name, b := range map[string][]byte{"classic": classic(8), "pcapng": sections(), "gzip": gzipped(classic(8)), "zstd": build.Zstd(classic(8))} {
		for i := 0; i < 8*min(len(b), 4096); i += fault.Size(1, 15) {
			flipped := bytes.Clone(b)
			flipped[i/8] ^= 1 << (i % 8)
			if name != "gzip" && name != "zstd" {
				survive(t, fmt.Sprintf("%s, bit %d", name, i), flipped)
			} else if n := fault.Allocated(func() { drainAll(flipped) }); n > 1<<20 {
				t.Errorf("%s, bit %d: %d bytes allocated", name, i, n)
			}
		}
	}
}
