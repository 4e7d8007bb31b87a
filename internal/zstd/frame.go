package zstd

import "encoding/binary"

// Of a frame (RFC 8878 section 3.1).
const (
	magicLen       = 4
	magic          = 0xfd2fb528
	magicSkippable = 0x184d2a50 // the last four bits are arbitrary
	skipLen        = 4
	checksumLen    = 4

	blockHeaderLen = 3
	blockLimit     = 128 << 10
)

// Of the frame header descriptor (RFC 8878 section 3.1.1.1.1).
const (
	singleSegment    = 1 << 5
	reservedBit      = 1 << 3
	checksumFlag     = 1 << 2
	dictionaryIDFlag = 3
)

// Types of blocks (RFC 8878 section 3.1.1.2.2).
const (
	blockRaw = iota
	blockRLE
	blockCompressed
)

type frameHeader struct {
	open       bool // in a frame
	ended      bool // only its checksum is missing
	checksum   bool
	sized      bool   // size is known
	size       uint64 // of the content
	blockLimit int
}

// IsMagic reports whether b begins with a frame, which may be a skippable one.
func IsMagic(b []byte) bool {
	if len(b) < magicLen {
		return false
	}
	m := binary.LittleEndian.Uint32(b)
	return m == magic || m&^0xf == magicSkippable
}

// magic begins a frame.
func (r *Reader) magic() error {
	switch m := binary.LittleEndian.Uint32(r.in); {
	case m == magic:
		r.frame.open = true
		r.expect(1, (*Reader).header)
	case m&^0xf == magicSkippable:
		r.frame.open = true
		r.expect(skipLen, (*Reader).skipSize)
	default:
		return ErrMagic
	}
	return nil
}

func (r *Reader) skipSize() error {
	r.skip = int64(binary.LittleEndian.Uint32(r.in))
	return r.skipMore()
}

// skipMore discards a piece of a skippable frame.
func (r *Reader) skipMore() error {
	const piece = 4 << 10
	n := min(r.skip, piece)
	if r.skip -= n; n == 0 {
		r.end()
	} else {
		r.expect(int(n), (*Reader).skipMore)
	}
	return nil
}

var (
	idLens   = [...]int{0, 1, 2, 4}
	sizeLens = [...]int{0, 2, 4, 8}
)

// header reads the frame header (RFC 8878 section 3.1.1.1).
func (r *Reader) header() error {
	d := r.in[0]
	single := d&singleSegment != 0
	idLen, sizeLen, windowLen := idLens[d&dictionaryIDFlag], sizeLens[d>>6], 1
	if single {
		windowLen, sizeLen = 0, max(sizeLen, 1)
	}
	if n := 1 + windowLen + idLen + sizeLen; len(r.in) < n {
		r.more(n)
		return nil
	}
	if d&reservedBit != 0 {
		return ErrCorrupt
	}
	b := r.in[1:]
	size := littleEndian(b[windowLen+idLen:])
	if sizeLen == 2 {
		size += 256
	}
	window := size
	if !single {
		base := uint64(1) << (10 + b[0]>>3)
		window = base + base/8*uint64(b[0]&7)
	}
	if littleEndian(b[windowLen:windowLen+idLen]) != 0 || window > uint64(r.maxWindow) {
		return ErrUnsupported
	}
	r.frame = frameHeader{
		open: true, checksum: d&checksumFlag != 0, sized: sizeLen > 0, size: size,
		blockLimit: int(min(window, blockLimit)),
	}
	r.begin(int(window))
	return nil
}

// begin prepares for the blocks of a frame.
func (r *Reader) begin(window int) {
	r.win.Begin(window)
	r.size = 0
	r.sum.Reset()
	r.block.reset()
	r.expect(blockHeaderLen, (*Reader).blockHeader)
}

// littleEndian returns the number in up to eight bytes.
func littleEndian(b []byte) (n uint64) {
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	return n
}

// blockHeader reads the header of a block (RFC 8878 section 3.1.1.2). Decoders limit
// compressed blocks by what they decompress to alone.
func (r *Reader) blockHeader() error {
	h := int(littleEndian(r.in))
	kind := h >> 1 & 3
	limit := r.frame.blockLimit
	if kind == blockCompressed {
		limit = blockLimit
	}
	r.lastBlock, r.blockSize = h&1 != 0, h>>3
	if r.blockSize > limit {
		return ErrCorrupt
	}
	switch kind {
	case blockRaw:
		r.expect(r.blockSize, (*Reader).rawBlock)
	case blockRLE:
		r.expect(1, (*Reader).repeatedByte)
	case blockCompressed:
		r.expect(r.blockSize, (*Reader).compressedBlock)
	default:
		return ErrCorrupt
	}
	return nil
}

func (r *Reader) rawBlock() error {
	return r.wrote(append(r.win.Reserve(len(r.in)), r.in...))
}

func (r *Reader) repeatedByte() error {
	b := r.win.Reserve(r.blockSize)
	if r.blockSize > 0 {
		at := len(b)
		b = b[:at+r.blockSize]
		b[at] = r.in[0]
		for n := 1; n < r.blockSize; {
			n += copy(b[at+n:], b[at:at+n])
		}
	}
	return r.wrote(b)
}

func (r *Reader) compressedBlock() error {
	limit := r.frame.blockLimit
	if r.frame.sized { // the size saves memory: nothing is reserved because of it
		limit = int(min(uint64(limit), r.frame.size-r.size))
	}
	out := output{reach: r.win.Len(), window: r.win.Size(), limit: limit}
	out.b = r.win.Reserve(limit + spare)
	err := r.block.decode(&out, r.in)
	if err != nil {
		r.win.Wrote(out.b)
		return err
	}
	return r.wrote(out.b)
}

// wrote takes the content of a block, and continues with what follows it.
func (r *Reader) wrote(b []byte) error {
	r.win.Wrote(b)
	pending := r.win.Pending()
	r.size += uint64(len(pending))
	if r.frame.checksum {
		r.sum.Write(pending)
	}
	switch {
	case r.frame.sized && (r.size > r.frame.size || r.lastBlock && r.size < r.frame.size):
		return ErrCorrupt
	case !r.lastBlock:
		r.expect(blockHeaderLen, (*Reader).blockHeader)
	case r.frame.checksum:
		r.frame.ended = true
		r.expect(checksumLen, (*Reader).checksum)
	default:
		r.end()
	}
	return nil
}

// end ends a frame.
func (r *Reader) end() {
	r.frame.open, r.frame.ended = false, false
	r.expect(magicLen, (*Reader).magic)
}

// checksum compares the checksum at the end of a frame.
func (r *Reader) checksum() error {
	r.end()
	if binary.LittleEndian.Uint32(r.in[:checksumLen]) != uint32(r.sum.Sum64()) {
		return ErrChecksum
	}
	return nil
}
