package serve

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// An archive reads the entries of a zip archive as it arrives.
type archive struct {
	r    *bufio.Reader
	last *content // of the last entry, if it was opened
}

// errNoEntry reports the lack of a local header where an entry could begin.
var errNoEntry = errors.New("not an entry")

// end returns io.EOF if the directory of the archive comes next, which follows the entries.
func (a *archive) end() error {
	sign, err := a.r.Peek(4)
	if err != nil && err != io.EOF {
		return err
	}
	if len(sign) == 4 && slices.Contains([]uint32{signDirectory, signEnd, signExtra}, binary.LittleEndian.Uint32(sign)) {
		return io.EOF
	}
	return errCutZip
}

func newArchive(src io.Reader) *archive {
	return &archive{r: bufio.NewReaderSize(src, 64<<10)}
}

// isArchive reports whether a file begins like a zip archive with an entry.
func isArchive(b *bufio.Reader) bool {
	head, _ := b.Peek(localLen)
	return len(head) == localLen && string(head[:len(zipMagic)]) == zipMagic
}

// next returns the next file. At the end of the archive the error is io.EOF. If it is an
// entryError, the file cannot be read, but those after it can.
func (a *archive) next() (name string, c *content, err error) {
	for {
		if a.last != nil {
			if err := a.last.skip(); err != nil {
				return "", nil, err
			}
			a.last = nil
		}
		e, err := readEntry(a.r, errNoEntry)
		if err == errNoEntry {
			return "", nil, a.end()
		}
		if err != nil {
			return "", nil, err
		}
		if !e.isDir() {
			return a.open(e)
		}
		if err := e.skip(a.r); err != nil {
			return "", nil, err
		}
	}
}

func (a *archive) open(e *entry) (name string, c *content, err error) {
	if e.flags&flagEncrypted != 0 {
		err = errEncrypted
	} else {
		c, err = e.open(a.r)
	}
	if err == nil {
		a.last = c
		return e.name, c, nil
	}
	if e.unsized() {
		return e.name, nil, err
	}
	if skipErr := e.skip(a.r); skipErr != nil {
		return e.name, nil, skipErr
	}
	return e.name, nil, entryError{err}
}

// An entryError is the error of a file of which the archive has the size.
type entryError struct{ error }

func (e entryError) Unwrap() error { return e.error }

// skippable reports whether the files after the one with this error can be read.
func skippable(err error) bool {
	var e entryError
	return errors.As(err, &e)
}
