package pcapng_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcapng"
)

// A tally counts the output of the methods of a file's blocks.
type tally struct {
	blocks, records, options, names, fields, valid int
}

// exercise calls every method on every block of r, and returns the error that
// ended the blocks.
func exercise(t testing.TB, r *pcapng.Reader) (n tally, err error) {
	for b, err := range r.Blocks() {
		if err != nil {
			return n, err
		}
		n.blocks++
		if rec, ok := r.Record(b); ok {
			n.records++
			for range pcapng.PacketOptions(rec) {
			}
			_ = pcapng.ValidatePacketOptions(rec)
		}
		n.block(t, b)
	}
	for _, i := range r.Interfaces() {
		i.Timestamp(i.Time(1 << 60))
	}
	return n, nil
}

// block calls every method of a block.
func (n *tally) block(t testing.TB, b *pcapng.Block) {
	most := len(b.Body)/4 + 1
	before := *n
	for o := range b.Options() {
		n.options++
		o.Text()
		o.Uint32()
		o.Uint64()
		o.Flags()
		o.Hash()
		o.Verdict()
		o.ProcessThread()
		o.Custom()
	}
	for r := range b.Names() {
		n.names++
		r.Addr()
		r.EUI48()
		r.EUI64()
		for range r.Names() {
			n.names++
		}
	}
	for range b.Journal() {
		n.fields++
	}
	b.JournalTime()
	b.DropCount()
	b.Header()
	b.Interface()
	b.Stats()
	b.Custom()
	_, isSecrets := b.Secrets()
	err := b.Validate()
	if err == nil {
		n.valid++
	}
	if n.options-before.options > most || n.names-before.names > len(b.Body) || n.fields-before.fields > len(b.Body) {
		t.Fatalf("%s block of %d bytes: more items than bytes: %+v", b.Type, len(b.Body), n)
	}
	if err == nil && b.Type == pcapng.DecryptionSecrets && !isSecrets {
		t.Fatal("a valid secrets block without secrets")
	}
}

// Set every number of every block to 0, 1, the maximum and random values:
// lengths, counts, types and the rest.
func TestEveryField(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	both(func(big bool) {
		b := everything(big)
		whole, err := exercise(t, pcapng.NewReaderBytes(b))
		if err != nil || whole.valid != whole.blocks {
			t.Fatal(whole, err)
		}
		for width := 2; width <= 8; width *= 2 {
			for at := 0; at+width <= len(b); at += min(width, 4) * fault.Size(1, 7) {
				for _, v := range []uint64{0, 1, 1<<64 - 1, random.Uint64()} {
					lie := bytes.Clone(b)
					copy(lie[at:], order(big, v, width))
					readLie(t, lie, whole.blocks)
				}
			}
		}
	})
}

// readLie reads a damaged file from memory and as a stream.
func readLie(t *testing.T, lie []byte, most int) {
	t.Helper()
	var n, streamed tally
	var err, streamErr error
	size := fault.Allocated(func() {
		n, err = exercise(t, pcapng.NewReaderBytes(lie))
		streamed, streamErr = exercise(t, pcapng.NewReader(bytes.NewReader(lie)))
	})
	if size > uint64(len(lie))+1<<20 {
		t.Fatalf("%d bytes allocated for a file of %d", size, len(lie))
	}
	if n != streamed || (err == nil) != (streamErr == nil) {
		t.Fatalf("memory gives %+v, %v, the stream %+v, %v", n, err, streamed, streamErr)
	}
	// A wrong length may split a block in two, never more.
	if n.blocks > most+20 {
		t.Fatalf("%d blocks", n.blocks)
	}
	got, copyErr := copied(lie)
	if err == nil && (copyErr != nil || !bytes.Equal(got, lie)) {
		t.Fatalf("the copy differs: %v", copyErr)
	}
}

// Every block truncated at every length, with an intact frame.
func TestEveryLength(t *testing.T) {
	both(func(big bool) {
		blocks, err := read(everything(big))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks {
			var whole tally
			whole.block(t, b)
			body := b.Body
			for size := range len(body) {
				b.Body = body[:size:size]
				var n tally
				n.block(t, b)
				if n.options > whole.options || n.names > whole.names || n.fields > whole.fields {
					t.Fatalf("%s block truncated to %d bytes has more than the complete block: %+v, %+v", b.Type, size, n, whole)
				}
			}
		}
	})
}

// A file truncated at every length returns the complete blocks, and an error
// for the truncation.
func TestCutAnywhere(t *testing.T) {
	b := everything(true)
	blocks, err := read(b)
	if err != nil {
		t.Fatal(err)
	}
	for size := range len(b) {
		want := 0
		clean := size == 0
		for _, block := range blocks {
			if end := block.Offset + int64(len(block.Body)) + 12; end <= int64(size) {
				want++
				clean = end == int64(size)
			}
		}
		got, err := read(b[:size])
		if len(got) != want || (err == nil) != clean || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("truncated to %d bytes: %d blocks, want %d; %v", size, len(got), want, err)
		}
	}
}

// Blocks full of small items take linear time.
func TestManyItems(t *testing.T) {
	size := fault.Size(8, 1) << 20
	empty := slices.Repeat([]byte{0x34, 0x12, 0, 0}, size/4)
	fields := append([]byte("__REALTIME_TIMESTAMP=1\n"), bytes.Repeat([]byte("A=\n"), size/3)...)
	for _, b := range []*pcapng.Block{
		{Type: pcapng.SectionHeader, Body: append(make([]byte, 16), empty...)},
		{Type: pcapng.NameResolution, Body: empty},
		{Type: pcapng.NameResolution, Body: append([]byte{1, 0, 0xff, 0xff}, make([]byte, 1<<16)...)},
		{Type: pcapng.SystemdJournal, Body: fields},
		{Type: pcapng.SystemdJournal, Body: bytes.Repeat([]byte("A"), size)},
	} {
		var n tally
		n.block(t, b)
	}
}
