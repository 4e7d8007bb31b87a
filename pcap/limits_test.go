package pcap_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// A record of MaxRecord bytes is accepted, in any format; one more byte is
// ErrTooLarge or, with Resync, a Gap.
func TestMaxRecord(t *testing.T) {
	for _, most := range []int{0, 1000} {
		limit := most
		if limit == 0 {
			limit = 262144
		}
		for _, size := range []int{limit, limit + 1} {
			ng := func(section func(f *build.Pcapng)) []byte {
				f := new(build.Pcapng).Section().Interface(1, 0)
				section(f)
				return f.Enhanced(0, 2, packet(2, 8)).Bytes()
			}
			for name, b := range map[string][]byte{
				"classic":  new(build.Pcap).Add(noon, make([]byte, size)).Add(noon, packet(2, 8)).Bytes(),
				"enhanced": ng(func(f *build.Pcapng) { f.Enhanced(0, 1, make([]byte, size)) }),
				"simple":   ng(func(f *build.Pcapng) { f.Simple(uint32(size), make([]byte, size)) }),
			} {
				r, err := pcap.Config{MaxRecord: most}.NewReader(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				recs, err := drain(r)
				if size > limit && (!errors.Is(err, pcap.ErrTooLarge) || len(recs) != 0) || size == limit && (err != nil || len(recs) != 2) {
					t.Errorf("%s: %d records, %v", name, len(recs), err)
				}
				r, err = pcap.Config{MaxRecord: most, Resync: true}.NewReader(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				var gaps []*pcap.Gap
				for _, err := range r.All() {
					var gap *pcap.Gap
					if errors.As(err, &gap) {
						gaps = append(gaps, gap)
					}
				}
				if size > limit && (len(gaps) != 1 || !errors.Is(gaps[0].Reason, pcap.ErrTooLarge)) || size == limit && len(gaps) != 0 {
					t.Errorf("%s, resync: %v", name, gaps)
				}
			}
		}
	}
}

// Ranges reads a limited part of a capture without records.
func TestRangesReadLittle(t *testing.T) {
	head := classic(1)
	src := &counting{head: head, size: 1 << 30}
	ranges, err := pcap.Config{}.Ranges(src, src.size, 4)
	if err != nil || len(ranges) != 1 || src.read > 3*(6<<20) {
		t.Errorf("%d ranges, %v, %d bytes read", len(ranges), err, src.read)
	}
}

// A counting source is head, and then bytes that are not records.
type counting struct {
	head       []byte
	size, read int64
}

func (c *counting) ReadAt(b []byte, at int64) (int, error) {
	n := int(min(int64(len(b)), max(c.size-at, 0)))
	for i := range b[:n] {
		b[i] = 0xff
	}
	if at < int64(len(c.head)) {
		copy(b[:n], c.head[at:])
	}
	c.read += int64(n)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// A Batch has a maximum number of records, however many are in memory.
func TestMaxBatch(t *testing.T) {
	r, err := pcap.NewReaderBytes(classic(2000))
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for b := new(pcap.Batch); r.Batch(b) == nil; {
		sizes = append(sizes, len(b.Records))
	}
	if want := []int{512, 512, 512, 2000 - 3*512}; !slices.Equal(sizes, want) {
		t.Errorf("%v, want %v", sizes, want)
	}
}
