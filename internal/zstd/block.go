package zstd

// spare is the room after the content of a block that short copies may overwrite.
const spare = 32

// A blockDecoder decompresses blocks. It holds what blocks of a frame inherit.
type blockDecoder struct {
	literals []byte // memory of them
	huffman  huffman
	lengths  table // of literals
	offsets  table
	matches  table // their lengths
	recent   [3]int
}

// An output is where the content of a block goes: to the end of b, which has room
// for limit bytes and spare ones.
type output struct {
	b             []byte
	reach, window int // how far matches may reach, from the first byte and at most
	limit         int
}

// reset forgets what blocks of a former frame left.
func (d *blockDecoder) reset() {
	d.recent = [3]int{1, 4, 8}
	d.huffman.ready = false
	for _, t := range []*table{&d.lengths, &d.offsets, &d.matches} {
		t.inherited = false
	}
}

// Types of literals, and modes of tables (RFC 8878 sections 3.1.1.3.1.1 and
// 3.1.1.3.2.1.1).
const (
	literalsRaw = iota
	literalsRLE
	literalsCompressed
	literalsTreeless
)

// decode appends the content of the block in b. If that fails, what precedes the
// error is appended.
func (d *blockDecoder) decode(out *output, b []byte) error {
	literals, b, err := d.readLiterals(b, out.limit)
	if err != nil {
		return err
	}
	count, b, err := sequenceCount(b)
	if err != nil {
		return err
	}
	if count == 0 {
		if len(b) > 0 || len(literals) > out.limit {
			return ErrCorrupt
		}
		out.b = append(out.b, literals...)
		return nil
	}
	if b, err = d.readTables(b); err != nil {
		return err
	}
	return d.sequences(out, literals, b, count)
}

// readLiterals returns the literals, and what follows them (RFC 8878 section
// 3.1.1.3.1).
func (d *blockDecoder) readLiterals(b []byte, limit int) (literals, rest []byte, err error) {
	if len(b) == 0 {
		return nil, nil, ErrCorrupt
	}
	kind, format := b[0]&3, b[0]>>2&3
	if kind >= literalsCompressed {
		return d.compressedLiterals(b, kind, format, limit)
	}
	headerLen, shift := 1, 3
	if format&1 != 0 {
		headerLen, shift = 2+int(format>>1), 4
	}
	if len(b) < headerLen {
		return nil, nil, ErrCorrupt
	}
	size := int(littleEndian(b[:headerLen])) >> shift
	b = b[headerLen:]
	switch {
	case size > limit:
		return nil, nil, ErrCorrupt
	case kind == literalsRaw && size <= len(b):
		return b[:size], b[size:], nil
	case kind == literalsRLE && len(b) > 0:
		literals = d.room(size)
		for i := range literals {
			literals[i] = b[0]
		}
		return literals, b[1:], nil
	}
	return nil, nil, ErrCorrupt
}

func (d *blockDecoder) compressedLiterals(b []byte, kind, format byte, limit int) (literals, rest []byte, err error) {
	headerLen, width := 3, 10
	if format > 1 {
		headerLen, width = 2+int(format), 6+4*int(format)
	}
	if len(b) < headerLen {
		return nil, nil, ErrCorrupt
	}
	sizes := littleEndian(b[:headerLen]) >> 4
	size, packed := int(sizes&(1<<width-1)), int(sizes>>width)
	b = b[headerLen:]
	if size > limit || packed > len(b) {
		return nil, nil, ErrCorrupt
	}
	b, rest = b[:packed], b[packed:]
	if kind == literalsCompressed {
		n, err := d.huffman.read(b)
		if err != nil {
			return nil, nil, err
		}
		b = b[n:]
	}
	if !d.huffman.ready {
		return nil, nil, ErrCorrupt
	}
	literals = d.room(size)
	if format == 0 {
		return literals, rest, d.huffman.decode(literals, b)
	}
	return literals, rest, d.huffman.decode4(literals, b)
}

// room returns memory for literals.
func (d *blockDecoder) room(size int) []byte {
	if cap(d.literals) < size {
		d.literals = make([]byte, max(size, min(2*cap(d.literals), blockLimit)))
	}
	return d.literals[:size]
}

// sequenceCount returns the number of sequences, and what follows it (RFC 8878
// section 3.1.1.3.2.1).
func sequenceCount(b []byte) (count int, rest []byte, err error) {
	const long = 0x7f00
	switch {
	case len(b) > 0 && b[0] < 128:
		return int(b[0]), b[1:], nil
	case len(b) > 1 && b[0] < 255:
		return int(b[0]-128)<<8 + int(b[1]), b[2:], nil
	case len(b) > 2 && b[0] == 255:
		return int(b[1]) + int(b[2])<<8 + long, b[3:], nil
	}
	return 0, nil, ErrCorrupt
}

// Modes of tables (RFC 8878 section 3.1.1.3.2.1).
const (
	modePredefined = iota
	modeRLE
	modeDescribed
	modeRepeat
)

// readTables makes the tables of the sequences, and returns what follows them.
func (d *blockDecoder) readTables(b []byte) (rest []byte, err error) {
	if len(b) == 0 || b[0]&3 != 0 {
		return nil, ErrCorrupt
	}
	modes := b[0]
	b = b[1:]
	for i, t := range []*table{&d.lengths, &d.offsets, &d.matches} {
		n, err := t.prepare(&codes[i], modes>>(6-2*i)&3, b)
		if err != nil {
			return nil, err
		}
		b = b[n:]
	}
	return b, nil
}

// prepare makes the table of a mode, and returns how much of b describes it.
func (t *table) prepare(c *code, mode byte, b []byte) (size int, err error) {
	switch mode {
	case modePredefined:
		t.predefine(c)
	case modeRLE:
		size, err = t.repeat(c, b)
	case modeDescribed:
		size, err = t.read(c, b)
	case modeRepeat:
		if !t.inherited {
			err = ErrCorrupt
		}
	}
	t.inherited = err == nil
	return size, err
}
