package pcapng_test

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// ordinary is a small file with a block of each kind.
func ordinary() []byte {
	f := new(build.Pcapng).Section(build.Option{Code: 4, Value: []byte("program")}).Interface(1, 96, build.Option{Code: 9, Value: []byte{9}})
	f.Enhanced(0, 1, make([]byte, 41), build.Option{Code: 1, Value: []byte("comment")}).Simple(50, make([]byte, 50))
	f.Block(4, []uint32{1 | 8<<16, 0x0100007f, 0x00636261, 0}, nil).Block(10, []uint32{0x544c534b, 4}, []byte("keys"))
	return f.Block(5, []uint32{0, 0, 1}, nil).Enhanced(0, 2, make([]byte, 3)).Bytes()
}

// A source that fails at any byte: the blocks that came before are returned, and
// the source's error.
func TestSourceFailsAtEveryByte(t *testing.T) {
	broken := errors.New("broken")
	b := ordinary()
	for at := range b {
		whole := 0
		for _, err := range pcapng.NewReaderBytes(b[:at]).Blocks() {
			if err == nil {
				whole++
			}
		}
		for _, src := range []io.Reader{bytes.NewReader(b[:at]), iotest.OneByteReader(bytes.NewReader(b[:at]))} {
			n, err := exercise(t, pcapng.NewReader(io.MultiReader(src, iotest.ErrReader(broken))))
			if !errors.Is(err, broken) || n.blocks != whole {
				t.Fatalf("failing at %d of %d bytes: %d blocks of %d, %v", at, len(b), n.blocks, whole, err)
			}
		}
	}
}

// A full takes so many bytes, and then fails as a full disk does, or, against the
// rule, without an error.
type full struct {
	b    bytes.Buffer
	room int
	err  error
}

func (w *full) Write(b []byte) (int, error) {
	n := min(len(b), w.room)
	w.b.Write(b[:n])
	w.room -= n
	if n < len(b) {
		return n, w.err
	}
	return n, nil
}

// A disk that is full at any byte: the error is that of the disk, further calls
// return it too, and what was written is the beginning of the file.
func TestDiskFullAtEveryByte(t *testing.T) {
	write := func(dst io.Writer) (*pcapng.Writer, error) {
		w := pcapng.NewWriter(dst)
		rec := &pcap.Record{Time: time.Unix(1, 0), Data: make([]byte, 41), WireLen: 41, LinkType: 1}
		err := w.Write(rec)
		for range 3 {
			if err == nil {
				err = w.Write(rec, pcapng.Option{Code: pcapng.OptComment, Value: []byte("comment")})
			}
		}
		return w, err
	}
	whole := &full{room: 1 << 20}
	if _, err := write(whole); err != nil {
		t.Fatal(err)
	}
	b := whole.b.Bytes()
	for _, disk := range []error{syscall.ENOSPC, nil} {
		want := disk
		if disk == nil {
			want = io.ErrShortWrite
		}
		for room := range b {
			dst := &full{room: room, err: disk}
			w, err := write(dst)
			if !errors.Is(err, want) {
				t.Fatalf("full at %d of %d bytes: %v", room, len(b), err)
			}
			dst.room = 1 << 20
			if err := w.Write(&pcap.Record{Time: time.Unix(1, 0), LinkType: 1}); !errors.Is(err, want) {
				t.Fatalf("full at %d of %d bytes: goes on with %v", room, len(b), err)
			}
			if !bytes.Equal(dst.b.Bytes(), b[:room]) {
				t.Fatalf("full at %d of %d bytes: %d other bytes written", room, len(b), dst.b.Len())
			}
		}
	}
}
