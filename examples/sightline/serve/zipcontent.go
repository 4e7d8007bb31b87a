package serve

import (
	"bufio"
	"compress/flate"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
)

// open returns the content of the entry.
func (e *entry) open(r *bufio.Reader) (*content, error) {
	data := &limited{r, e.packed}
	out := &content{crc: crc32.NewIEEE(), want: e, from: r, data: data, unsized: e.unsized()}
	var err error
	switch {
	case out.unsized && (e.flags&flagEncrypted != 0 || e.method != methodDeflated):
		return nil, errNoSize
	case out.unsized:
		out.src, e.size = r, math.MaxInt64
	case e.flags&flagEncrypted == 0:
		out.src = data
	case e.flags&flagStrong != 0:
		return nil, errEncryption
	case e.method == methodAES:
		var a *aesReader
		a, err = e.decryptAES(data)
		out.src, out.verify = a, a.verify
	default:
		out.src, err = e.decryptTraditional(data)
	}
	if err != nil {
		return nil, err
	}
	switch e.method {
	case methodStored:
	case methodDeflated:
		out.src = flate.NewReader(out.src) // which reads no further than its end in a bufio.Reader
	default:
		return nil, sampleError(fmt.Sprintf("the zip archive has the unsupported compression method %d", e.method))
	}
	return out, nil
}

// A limited reads n bytes. If the source ends before, the error is errCutZip.
type limited struct {
	src io.Reader
	n   int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.n <= 0 {
		return 0, io.EOF
	}
	n, err := l.src.Read(p[:min(int64(len(p)), l.n)])
	if l.n -= int64(n); err != nil && l.n > 0 {
		err = cut(err)
	}
	return n, err
}

// A content compares the content of an entry with what the header and the encryption say of it.
type content struct {
	src     io.Reader
	crc     hash.Hash32
	size    int64
	want    *entry
	from    *bufio.Reader // the archive
	data    *limited      // of from, unless unsized
	unsized bool
	verify  func() error // nil: the encryption does not authenticate
	err     error        // of the last Read
}

func (c *content) Read(p []byte) (n int, err error) {
	if c.err != nil {
		return 0, c.err
	}
	n, c.err = c.src.Read(p)
	c.size += int64(n)
	c.crc.Write(p[:n])
	if c.size > c.want.size {
		c.err = errSize
	}
	if c.err == io.EOF {
		c.err = c.end()
	}
	return n, c.err
}

// end returns io.EOF, or an error if the content is not what it should be. An archive
// with AES may have 0 in place of the checksum.
func (c *content) end() error {
	if c.unsized {
		crc, size, n := descriptor(c.from)
		if n == 0 {
			return errCutZip
		}
		c.want.crc, c.want.size = crc, c.size&^math.MaxUint32|size // size has 32 bits
		_, _ = c.from.Discard(n)                                   // bytes that descriptor saw
	}
	if c.want.flags&flagDescriptor != 0 && c.want.crc == 0 && c.data.n == 0 {
		c.want.crc, _, _ = descriptor(c.from)
	}
	if c.size != c.want.size {
		return errSize
	}
	if c.verify != nil {
		if err := c.verify(); err != nil {
			return err
		}
		if c.want.crc == 0 {
			return io.EOF
		}
	}
	if c.crc.Sum32() != c.want.crc {
		return errChecksum
	}
	return io.EOF
}

// skip reads to the end of the entry, and past its descriptor. Its error says that what
// follows cannot be found.
func (c *content) skip() error {
	if !c.unsized {
		return c.want.skipData(c.from, c.data.n)
	}
	for c.err == nil {
		_, _ = io.Copy(io.Discard, c) // which sets c.err
	}
	if c.err == io.EOF || c.err == errChecksum || c.err == errSize {
		return nil
	}
	return cut(c.err)
}
