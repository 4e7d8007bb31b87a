package pcap_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

// Captures of real programs, truncated at every byte, return all complete
// records and then the end, which is clean only between two records or blocks.
func TestTestdataCutAtEveryByte(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.pcap*")
	if err != nil || len(files) == 0 {
		t.Fatal("no captures", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".gz") {
			continue // compressed, so its bytes are not records
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ends := littleEndianUnits(b)
		for cut := 0; cut < len(b); cut += fault.Size(1, 5) {
			records, clean := 0, false
			for _, u := range ends {
				if u.end <= cut && u.packet {
					records++
				}
				clean = clean || u.end == cut
			}
			n, err := count(b[:cut])
			if n != records || clean != (err == io.EOF) || !clean && cut >= 4 && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s truncated at %d: %d records, want %d; %v", file, cut, n, records, err)
			}
		}
	}
}

// count returns the number of records of a Reader, and the final error.
func count(b []byte) (n int, err error) {
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		return 0, err
	}
	for ; err == nil; n++ {
		_, err = r.Next()
	}
	return n - 1, err
}

// littleEndianUnits returns the end offsets of the file header and of each
// record or block of a little-endian file.
func littleEndianUnits(b []byte) (all []unit) {
	le := binary.LittleEndian
	if le.Uint32(b) != 0x0a0d0d0a {
		all = append(all, unit{0, 24, false})
		for at := 24; at < len(b); {
			end := at + 16 + int(le.Uint32(b[at+8:]))
			all = append(all, unit{at, end, true})
			at = end
		}
		return all
	}
	for at := 0; at < len(b); {
		end := at + int(le.Uint32(b[at+4:]))
		all = append(all, unit{at, end, le.Uint32(b[at:]) == 6})
		at = end
	}
	return all
}
