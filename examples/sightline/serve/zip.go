package serve

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
)

// MISP stores a malware sample as an encrypted zip archive (PKWARE APPNOTE 6.3.10) with
// two entries: the content, named by its MD5, and a text with the file's name. The
// archive is read as it arrives, so only the headers before the entries count.

const (
	samplePassword = "infected"

	// nameSuffix ends the name of the entry that holds the file's name.
	nameSuffix = ".filename.txt"
)

// A sampleError says why a malware sample cannot be read.
type sampleError string

func (e sampleError) Error() string { return string(e) }

const (
	errNotZip     = sampleError("it is not a zip archive")
	errNoContent  = sampleError("the zip archive has no content")
	errCutZip     = sampleError("the zip archive is truncated")
	errNoSize     = sampleError("the zip archive does not say where its content ends")
	errPassword   = sampleError(`the zip archive does not have the password "` + samplePassword + `"`)
	errEncryption = sampleError("the zip archive has an unsupported encryption")
	errChecksum   = sampleError("the content of the zip archive does not match its checksum")
	errSize       = sampleError("the content of the zip archive does not have the stated size")
	errEncrypted  = sampleError("the zip archive is encrypted")
	errNoCapture  = sampleError("the zip archive has no capture")
	errOnlyKeys   = sampleError("the zip archive has keys, but no capture")
)

// Signatures of APPNOTE section 4.3.
const (
	zipMagic       = "PK\x03\x04" // signLocal
	signLocal      = 0x04034b50
	signDescriptor = 0x08074b50
	signDirectory  = 0x02014b50
	signEnd        = 0x06054b50 // of an archive without entries
	signExtra      = 0x08064b50 // before the directory
	localLen       = 30

	extraZip64 = 1 // APPNOTE section 4.5.3
)

// Flags and compression methods of APPNOTE sections 4.4.4 and 4.4.5.
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // a data descriptor follows the data
	flagStrong     = 1 << 6

	methodStored   = 0
	methodDeflated = 8
	methodAES      = 99
)

// An entry is the local header of an entry.
type entry struct {
	flags, method, time uint16
	crc                 uint32
	packed, size        int64
	name                string
	extra               []byte
}

// unsized reports whether only the descriptor after the data has its size, as where a
// program cannot seek in what it writes.
func (e *entry) unsized() bool {
	return e.flags&flagDescriptor != 0 && e.packed == 0 && !e.isDir()
}

func (e *entry) isDir() bool { return strings.HasSuffix(e.name, "/") }

// openSample returns the content of a malware sample. Its errors are sampleErrors and
// those of src.
func openSample(src io.Reader) (io.Reader, error) {
	r := bufio.NewReaderSize(src, 64<<10)
	for missing := errNotZip; ; missing = errNoContent {
		e, err := readEntry(r, missing)
		if err != nil {
			return nil, err
		}
		if !strings.HasSuffix(e.name, nameSuffix) && !e.isDir() {
			c, err := e.open(r)
			if err != nil {
				return nil, err
			}
			return c, nil
		}
		if err := e.skip(r); err != nil {
			return nil, err
		}
	}
}

// readEntry reads a local header. Without one it returns missing.
func readEntry(r *bufio.Reader, missing error) (*entry, error) {
	sign, err := r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if len(sign) < 4 || binary.LittleEndian.Uint32(sign) != signLocal {
		return nil, missing
	}
	var head [localLen]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, cut(err)
	}
	u16, u32 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
	e := &entry{
		flags: u16(head[6:]), method: u16(head[8:]), time: u16(head[10:]),
		crc: u32(head[14:]), packed: int64(u32(head[18:])), size: int64(u32(head[22:])),
	}
	nameLen := u16(head[26:])
	text := make([]byte, int(nameLen)+int(u16(head[28:])))
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, cut(err)
	}
	e.name, e.extra = string(text[:nameLen]), text[nameLen:]
	e.setLarge()
	if e.packed == 0 && e.method == methodStored {
		e.packed = e.size // which Info-ZIP has even in a pipe
	}
	return e, nil
}

// setLarge sets the sizes that the header has in a field of 64-bit numbers.
func (e *entry) setLarge() {
	const large = 1<<32 - 1
	field := e.field(extraZip64)
	if e.packed != large && e.size != large || len(field) < 16 {
		return
	}
	e.size = int64(binary.LittleEndian.Uint64(field) & math.MaxInt64)
	e.packed = int64(binary.LittleEndian.Uint64(field[8:]) & math.MaxInt64)
}

// cut turns the end of the input into a sampleError.
func cut(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutZip
	}
	return err
}

// skip skips the data of the entry, and its data descriptor.
func (e *entry) skip(r *bufio.Reader) error {
	if e.unsized() {
		c, err := e.open(r)
		if err != nil {
			return err
		}
		return c.skip()
	}
	return e.skipData(r, e.packed)
}

// skipData skips the last n bytes of data whose size the header has, and the data
// descriptor.
func (e *entry) skipData(r *bufio.Reader, n int64) error {
	if _, err := io.CopyN(io.Discard, r, n); err != nil {
		return cut(err)
	}
	if e.flags&flagDescriptor == 0 {
		return nil
	}
	_, _, length := descriptor(r)
	_, err := r.Discard(length)
	return cut(err)
}

// descriptor returns the data descriptor that comes next, and its length, or 0 if there
// is none. Its signature is optional, and its sizes may have 64 bits: only the signature
// after it shows that (APPNOTE sections 4.3.9.2 and 4.3.9.3).
func descriptor(r *bufio.Reader) (crc uint32, size int64, length int) {
	const sign, word, longest = 4, 4, 24
	b, _ := r.Peek(longest + sign) // less at the end of the input
	at := 0
	if len(b) >= sign && binary.LittleEndian.Uint32(b) == signDescriptor {
		at = sign
	}
	for _, width := range [...]int{4, 8} {
		end := at + word + 2*width
		if len(b) < end || len(b) > end && !strings.HasPrefix(string(b[end:]), "PK") {
			continue
		}
		return binary.LittleEndian.Uint32(b[at:]), int64(binary.LittleEndian.Uint32(b[end-width:])), end
	}
	return 0, 0, 0
}
