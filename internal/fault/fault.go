// Package fault brings about what tests want to see survived: sources and disks
// that fail at any byte. It also measures what must not stay behind: goroutines
// and memory.
package fault

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
)

// A Disk takes Room bytes, and then fails as a full disk does: with Err, or, where
// that is nil, against the rule of io.Writer without an error.
type Disk struct {
	Room int
	Err  error
	b    []byte
}

// Write takes what there is room for.
func (d *Disk) Write(b []byte) (int, error) {
	n := min(len(b), d.Room)
	d.b = append(d.b, b[:n]...)
	d.Room -= n
	if n < len(b) {
		return n, d.Err
	}
	return n, nil
}

// Bytes returns what was taken.
func (d *Disk) Bytes() []byte { return d.b }

// FullDisk calls write for a disk that is full at each byte of what is written,
// which it returns. write returns what ended it, and how to write once more: both
// must give the error of the disk, even if there is room again, and what was taken
// is the beginning of the whole.
func FullDisk(t *testing.T, write func(dst io.Writer) (again func() error, err error)) []byte {
	t.Helper()
	var whole bytes.Buffer
	if _, err := write(&whole); err != nil {
		t.Fatal(err)
	}
	b := whole.Bytes()
	for _, disk := range []error{syscall.ENOSPC, nil} {
		want := disk
		if disk == nil {
			want = io.ErrShortWrite
		}
		for room := range b {
			d := &Disk{Room: room, Err: disk}
			again, err := write(d)
			if !errors.Is(err, want) {
				t.Fatalf("full at %d of %d bytes: %v", room, len(b), err)
			}
			d.Room = 1 << 20
			if err := again(); !errors.Is(err, want) {
				t.Fatalf("full at %d of %d bytes: goes on with %v", room, len(b), err)
			}
			if !bytes.Equal(d.Bytes(), b[:room]) {
				t.Fatalf("full at %d of %d bytes: %d other bytes written", room, len(b), len(d.Bytes()))
			}
		}
	}
	return b
}

// ReaderAt returns r as it is up to the byte at offset at, where it fails with
// EIO.
func ReaderAt(r io.ReaderAt, at int64) io.ReaderAt { return failing{r, at} }

type failing struct {
	r  io.ReaderAt
	at int64
}

func (f failing) ReadAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) <= f.at {
		return f.r.ReadAt(b, off)
	}
	n, _ := f.r.ReadAt(b[:max(f.at-off, 0)], off)
	return n, syscall.EIO
}
