package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sort"
	"time"
)

// An Index holds the places of every so many records of an uncompressed
// capture, to start reading there. Create one with Config.Index, or load a
// saved one: it implements encoding.BinaryMarshaler and
// encoding.BinaryUnmarshaler.
type Index struct {
	Size    int64   // of the capture, in bytes
	Entries []Entry // in file order, starting with record 1
}

// An Entry is the place and time of a record.
type Entry struct {
	Place
	Time time.Time // zero if the record has none
}

// Index reads the capture of size bytes in src and returns an Index of record 1
// and every every-th record after it. If the capture is damaged, it returns the
// Index of the records before the damage, and the error.
func (c Config) Index(src io.ReaderAt, size, every int64) (*Index, error) {
	x := &Index{Size: size}
	r, err := c.OpenRange(src, size, Range{From: start, To: size})
	if err != nil {
		return x, err
	}
	for every = max(every, 1); ; {
		var at Place
		due := r.number%every == 0
		if due {
			at = r.Place()
		}
		rec, err := r.Next()
		switch {
		case err == io.EOF:
			return x, nil
		case err != nil && !isGap(err):
			return x, err
		case err == nil && due:
			x.add(Entry{at, rec.Time})
		}
	}
}

// add appends e, sharing its interfaces with the previous entry.
func (x *Index) add(e Entry) {
	if n := len(x.Entries); n > 0 {
		have := x.Entries[n-1].Interfaces
		if k := len(have); k <= len(e.Interfaces) && slices.Equal(have, e.Interfaces[:k]) {
			e.Interfaces = append(have, e.Interfaces[k:]...)
		}
	}
	x.Entries = append(x.Entries, e)
}

// OpenRecord returns a Reader of the capture in src, indexed by x, whose next
// record has the given number. It returns io.EOF if there are fewer records.
func (c Config) OpenRecord(src io.ReaderAt, x *Index, number int64) (*Reader, error) {
	from := start
	if i := sort.Search(len(x.Entries), func(i int) bool { return x.Entries[i].Number >= number }); i > 0 {
		from = x.Entries[i-1].Place
	}
	r, err := c.OpenRange(src, x.Size, Range{from, x.Size})
	for err == nil && r.number < number-1 {
		if _, err = r.Next(); isGap(err) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// At returns the last entry before the first one later than t. If the capture
// is in chronological order, all records before it are earlier than t.
func (x *Index) At(t time.Time) (e Entry, ok bool) {
	i := slices.IndexFunc(x.Entries, func(e Entry) bool { return e.Time.After(t) })
	if i < 0 {
		i = len(x.Entries)
	}
	if i == 0 {
		return Entry{}, false
	}
	return x.Entries[i-1], true
}

// The saved form: indexMagic, then numbers as differences to the previous
// entry.
const indexMagic = "sightline capture index 1\n"

// MarshalBinary returns x in a compact form.
func (x *Index) MarshalBinary() ([]byte, error) {
	b := binary.AppendUvarint([]byte(indexMagic), uint64(x.Size))
	b = binary.AppendUvarint(b, uint64(len(x.Entries)))
	var last Entry
	for i := range x.Entries {
		e := &x.Entries[i]
		for _, d := range []int64{e.Offset - last.Offset, e.Number - last.Number, e.Seconds - last.Seconds, int64(e.Section - last.Section), e.SectionAt - last.SectionAt} {
			b = binary.AppendVarint(b, d)
		}
		if slices.Equal(e.Interfaces, last.Interfaces) {
			b = append(b, 0)
		} else {
			b = binary.AppendUvarint(b, 1+uint64(len(e.Interfaces)))
			for _, at := range e.Interfaces {
				b = binary.AppendVarint(b, at)
			}
		}
		b = binary.AppendVarint(b, e.Time.Unix())
		b = binary.AppendUvarint(b, uint64(e.Time.Nanosecond()))
		last = *e
	}
	return b, nil
}

// UnmarshalBinary sets x from the output of MarshalBinary.
func (x *Index) UnmarshalBinary(b []byte) error {
	if len(b) < len(indexMagic) || string(b[:len(indexMagic)]) != indexMagic {
		return fmt.Errorf("%w index", ErrFormat)
	}
	d := decoder{b: b[len(indexMagic):]}
	out := Index{Size: int64(d.uvarint())}
	var last Entry
	count := d.uvarint()
	for range count {
		if d.failed {
			break
		}
		e := Entry{Place: Place{
			last.Offset + d.varint(), last.Number + d.varint(), last.Seconds + d.varint(),
			last.Section + int(d.varint()), last.SectionAt + d.varint(), last.Interfaces,
		}}
		if n := d.uvarint(); n > 0 {
			e.Interfaces = nil
			for range n - 1 {
				if d.failed {
					break
				}
				e.Interfaces = append(e.Interfaces, d.varint())
			}
		}
		e.Time = time.Unix(d.varint(), int64(d.uvarint())).UTC()
		out.Entries = append(out.Entries, e)
		last = e
	}
	if d.failed {
		return fmt.Errorf("%w index: %w", ErrFormat, io.ErrUnexpectedEOF)
	}
	*x = out
	return nil
}

// A decoder reads varints from b.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	d.take(n)
	return v
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	d.take(n)
	return v
}

func (d *decoder) take(n int) {
	if n <= 0 {
		d.failed, n = true, len(d.b)
	}
	d.b = d.b[n:]
}
