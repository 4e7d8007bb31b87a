// Package fault injects faults into tests: sources and disks that fail at any
// byte. It also detects leaks of goroutines and measures memory.
package fault

import (
	"bytes"
	"errors"
	"io"
	"syscall"
	"testing"
)

// A Disk accepts Room bytes, and then fails like a full disk: with Err or, if
// Err is nil, with a short write without error, in violation of io.Writer.
type Disk struct {
	Room int
	Err  error
	b    []byte
}

// Write accepts the bytes for which there is room.
func (d *Disk) Write(b []byte) (int, error) {
	n := min(len(b), d.Room)
	d.b = append(d.b, b[:n]...)
	d.Room -= n
	if n < len(b) {
		return n, d.Err
	}
	return n, nil
}

// Bytes returns the accepted bytes.
func (d *Disk) Bytes() []byte { return d.b }

// FullDisk calls write for disks that are full at each byte of the output, and
// returns the output. write returns its error and a function that writes again.
// Both must return the disk's error, even if there is room again, and the
// accepted bytes must be a prefix of the output.
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
				t.Fatalf("full at %d of %d bytes: continues with %v", room, len(b), err)
			}
			if !bytes.Equal(d.Bytes(), b[:room]) {
				t.Fatalf("full at %d of %d bytes: %d other bytes written", room, len(b), len(d.Bytes()))
			}
		}
	}
	return b
}

// ReaderAt returns a copy of r that fails with EIO at the byte at offset at.
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
