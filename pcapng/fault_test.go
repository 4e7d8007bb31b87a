package pcapng_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
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

// With a source that fails at any byte, the blocks before it are returned, and
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

// With a disk that is full at any byte, the error is the disk's, further calls
// return it too, and the bytes written are a prefix of the file.
func TestDiskFullAtEveryByte(t *testing.T) {
	rec := &pcap.Record{Time: time.Unix(1, 0), Data: make([]byte, 41), WireLen: 41, LinkType: 1}
	fault.FullDisk(t, func(dst io.Writer) (func() error, error) {
		w := pcapng.NewWriter(dst)
		err := w.Write(rec)
		for range 3 {
			if err == nil {
				err = w.Write(rec, pcapng.Option{Code: pcapng.OptComment, Value: []byte("comment")})
			}
		}
		return func() error { return w.Write(rec) }, err
	})
}
