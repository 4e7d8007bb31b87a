package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The dictionary of package brotli is what the program finds in a text with the
// form of the RFC: in lines of hexadecimal digits, on pages.
func TestDictionary(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("..", "..", "brotli", "dictionary.bin"))
	if err != nil {
		t.Fatal(err)
	}
	var rfc strings.Builder
	rfc.WriteString("   Appendix A.  Static Dictionary Data . . . 26\n\nAppendix A.  Static Dictionary Data\n\n   The hexadecimal form of the words is:\n\n")
	for piece := range slices.Chunk(want, 32) {
		rfc.WriteString("      " + hex.EncodeToString(piece) + "\n")
		if rfc.Len()%7 == 0 {
			rfc.WriteString("\n\n\nAlakuijala & Szabadka         Informational                    [Page 27]\n\f\nRFC 7932                         Brotli                        July 2016\n\n\n")
		}
	}
	rfc.WriteString("\nAppendix B.  List of Word Transformations\n\n      00ff\n")
	if got, err := dictionary(strings.NewReader(rfc.String())); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := dictionary(strings.NewReader(rfc.String()[:100_000])); err == nil {
		t.Error("a part of the dictionary is accepted")
	}
}
