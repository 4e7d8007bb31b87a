package serve

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

const (
	// maxArchived limits the captures of an archive.
	maxArchived = 100

	// maxSniffed is how much of a file decides whether it is a capture.
	maxSniffed = 4 << 10
)

// contents are what is in the data of a request: a capture, or a zip archive of captures
// and key logs, in which another archive may be.
type contents struct {
	report *extract.Report // nil without a capture
	err    error           // that ended reading early, or the first one of a capture
	others int             // files that are neither captures nor key logs
	unread int             // files that are encrypted or damaged, or beyond maxArchived
	late   bool            // a key log came after captures that are too large to read again
}

// readContents reads data with the secrets in the keyring, and adds those of an archive.
// A key log may come after captures that it decrypts: if the archive is at most room
// bytes, it is then read again.
func (s *server) readContents(in *intake, data io.Reader, name string, o extract.Options, ring *keyring, room int64) contents {
	b := bufio.NewReader(data)
	if !isArchive(b) {
		o.Stream.Keys = ring.all()
		c := s.newCaptures(in, o)
		rep, err := c.finish(c.read(name, b))
		return contents{report: rep, err: err}
	}
	copied := &kept{src: b, room: room}
	r := &archiveReader{server: s, in: in, options: o, ring: ring}
	found := r.read(name, copied)
	if r.begun == nil || ring.keys.Len() == r.known || stopped(found.err) {
		return found
	}
	again, ok := copied.again()
	if !ok {
		found.late = true
		return found
	}
	second := (&archiveReader{server: s, in: in, options: o, ring: ring, settled: true}).read(name, again)
	found.report, found.err = second.report, second.err
	return found
}

// An archiveReader reads the files of an archive once.
type archiveReader struct {
	*server
	in      *intake
	options extract.Options
	ring    *keyring
	settled bool // the keyring has the secrets of the archive already

	begun  *captures // nil before the first capture
	known  int       // secrets at the first capture
	count  int       // of captures
	damage error     // the first of a capture
	failed error     // the first of a file that was not read
	contents
}

// read reads an archive to its end.
func (r *archiveReader) read(name string, src io.Reader) contents {
	err := r.files(name, src, true)
	if err == nil {
		_, err = io.Copy(io.Discard, checkedReader{r.in, src}) // the directory
	}
	r.err = r.in.cause(err)
	if r.begun != nil {
		r.report, err = r.begun.finish(r.damage)
		r.err = cmp.Or(r.err, err)
	}
	if r.report == nil && r.err == nil {
		r.err = r.nothing()
	}
	return r.contents
}

// nothing returns the error for an archive without a capture.
func (r *archiveReader) nothing() error {
	switch {
	case r.failed != nil:
		return r.failed
	case r.ring.logs > 0:
		return errOnlyKeys
	}
	return errNoCapture
}

// files reads the files of an archive. The error ends all reading.
func (r *archiveReader) files(prefix string, src io.Reader, outer bool) error {
	a := newArchive(checkedReader{r.in, src})
	for {
		name, c, err := a.next()
		switch {
		case err == io.EOF:
			return nil
		case skippable(err):
			r.skipped(err)
			continue
		case err != nil:
			return err
		}
		if err := r.file(joined(prefix, name), bufio.NewReaderSize(c, maxSniffed), outer); err != nil {
			return err
		}
	}
}

func joined(prefix, name string) string {
	return strings.TrimPrefix(prefix+"/"+name, "/")
}

func (r *archiveReader) skipped(err error) {
	r.unread++
	r.failed = cmp.Or(r.failed, err)
}

// file reads one file. Its error ends all reading; damage of the file alone is counted.
func (r *archiveReader) file(name string, b *bufio.Reader, outer bool) error {
	head, err := b.Peek(maxSniffed)
	switch {
	case err != nil && stopped(err):
		return err
	case outer && isArchive(b):
		return r.inner(name, b)
	case isCapture(head):
		return r.capture(name, b)
	case r.settled:
		return nil
	}
	found, err := r.ring.read(b)
	switch {
	case err != nil && stopped(err):
		return err
	case err != nil:
		r.skipped(err)
	case !found:
		r.others++
	}
	return nil
}

// inner reads an archive in the archive.
func (r *archiveReader) inner(name string, b *bufio.Reader) error {
	err := r.files(name, b, false)
	if err != nil && !stopped(err) {
		r.skipped(err)
		err = nil
	}
	return err
}

func (r *archiveReader) capture(name string, b *bufio.Reader) error {
	if r.count == maxArchived {
		r.unread++
		return nil
	}
	if r.begun == nil {
		r.known = r.ring.keys.Len()
		r.options.Stream.Keys = r.ring.all()
		r.begun = r.newCaptures(r.in, r.options)
	}
	r.count++
	err := r.in.cause(r.begun.read(name, b))
	switch {
	case err != nil && stopped(err):
		return err
	case errors.Is(err, pcap.ErrMagic): // it is compressed, which hid that
		r.others++
		r.failed = cmp.Or(r.failed, err)
	default:
		r.damage = cmp.Or(r.damage, err)
	}
	return nil
}

// isCapture reports whether a file that begins with head is a capture.
func isCapture(head []byte) bool {
	r, err := pcap.NewReaderBytes(head)
	if err == nil {
		_ = r.Close() // of bytes
	}
	return !errors.Is(err, pcap.ErrMagic)
}
