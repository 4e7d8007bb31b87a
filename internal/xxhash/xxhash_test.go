package xxhash_test

import (
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/xxhash"
)

// The sums are those of the program xxhsum -H64.
func TestSum(t *testing.T) {
	for text, want := range map[string]uint64{
		"":    0xef46db3751d8e999,
		"a":   0xd24ec4f1a98c6e5b,
		"abc": 0x44bc2cf5ad770999,
		"The quick brown fox jumps over the lazy dog": 0x0b242d361fda71bc,
	} {
		var d xxhash.Digest
		d.Reset()
		d.Write([]byte(text))
		if got := d.Sum64(); got != want {
			t.Errorf("%q: %#x, want %#x", text, got, want)
		}
	}
}

// How the input is cut changes nothing.
func TestPieces(t *testing.T) {
	text := []byte(strings.Repeat("checksum ", 30))
	for size := range text {
		var whole, pieces xxhash.Digest
		whole.Reset()
		whole.Write(text[:size])
		for step := 1; step < 70; step += 3 {
			pieces.Reset()
			for rest := text[:size]; len(rest) > 0; rest = rest[min(step, len(rest)):] {
				pieces.Write(rest[:min(step, len(rest))])
			}
			if whole.Sum64() != pieces.Sum64() {
				t.Fatalf("%d bytes in pieces of %d", size, step)
			}
		}
	}
}
