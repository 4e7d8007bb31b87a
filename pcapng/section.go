package pcapng

// A section header block begins with byte-order magic, version and section
// length (section 4.1 of the draft).
const (
	sectionLen     = 16
	byteOrderMagic = 0x1a2b3c4d
	versionMajor   = 1
	versionMinor   = 0
)

// Options of a section header block (section 4.1 of the draft), all text.
const (
	OptHardware uint16 = 2 // capturing hardware
	OptOS       uint16 = 3 // operating system
	OptUserAppl uint16 = 4 // program that wrote the file
)

// A Section is the content of a section header block (section 4.1 of the
// draft). It belongs to the caller.
type Section struct {
	BigEndian    bool
	VersionMajor int
	VersionMinor int
	Length       int64 // bytes of the section after its header, -1 if not stated
	Hardware     string
	OS           string
	Application  string
	Comments     []string
}

// Header decodes a section header block. It reports false for other blocks.
func (b *Block) Header() (Section, bool) {
	if b.Type != SectionHeader || len(b.Body) < sectionLen {
		return Section{}, false
	}
	s := Section{
		BigEndian:    b.BigEndian,
		VersionMajor: int(b.uint16(4)),
		VersionMinor: int(b.uint16(6)),
		Length:       int64(getUint64(b.Body[8:], b.BigEndian)),
	}
	for o := range b.Options() {
		switch o.Code {
		case OptComment:
			s.Comments = append(s.Comments, o.Text())
		case OptHardware:
			s.Hardware = o.Text()
		case OptOS:
			s.OS = o.Text()
		case OptUserAppl:
			s.Application = o.Text()
		}
	}
	return s, true
}

// BeginSection begins a section with the byte order and texts of s, and with
// opts. Its version is 1.0 and it states no length, whatever s says. It has no
// interfaces yet.
func (w *Writer) BeginSection(s Section, opts ...Option) error {
	before := w.big
	w.big = s.BigEndian
	w.start(SectionHeader)
	w.uint32(byteOrderMagic)
	w.uint16(versionMajor)
	w.uint16(versionMinor)
	w.uint64(^uint64(0))
	w.texts(OptComment, s.Comments...)
	w.texts(OptHardware, s.Hardware)
	w.texts(OptOS, s.OS)
	w.texts(OptUserAppl, s.Application)
	w.options(opts)
	if err := w.finish(); err != nil {
		w.big = before
		return err
	}
	w.begun, w.ifaces = true, w.ifaces[:0]
	return nil
}
