package pcapng

// A custom block begins with a private enterprise number (section 4.8 of the
// draft).
const customLen = 4

// A CustomData is the data of a custom block or option (sections 4.8 and 3.5.1
// of the draft). Its format is defined by the owner of PEN, a number from
// IANA's registry of private enterprise numbers.
type CustomData struct {
	PEN    uint32
	NoCopy bool   // must not be copied to a modified file
	Text   bool   // option only: Data is UTF-8 text
	Data   []byte // aliases the block; in a block, includes padding and options
}

// Custom returns the data of a custom block. It reports false for other blocks.
func (b *Block) Custom() (CustomData, bool) {
	if b.Type != Custom && b.Type != CustomNoCopy || len(b.Body) < customLen {
		return CustomData{}, false
	}
	return CustomData{PEN: b.uint32(0), NoCopy: b.Type == CustomNoCopy, Data: b.Body[customLen:]}, true
}

// Custom returns the data of a custom option. It reports false for other
// options.
func (o Option) Custom() (CustomData, bool) {
	c := CustomData{}
	switch o.Code {
	case OptCustomText:
		c.Text = true
	case OptCustomTextNoCopy:
		c.Text, c.NoCopy = true, true
	case OptCustomBinary:
	case OptCustomBinaryNoCopy:
		c.NoCopy = true
	default:
		return c, false
	}
	if len(o.Value) < customLen {
		return c, false
	}
	c.PEN, _ = Option{Value: o.Value[:customLen], BigEndian: o.BigEndian}.Uint32()
	c.Data = o.Value[customLen:]
	return c, true
}

// Option returns c as an option.
func (c CustomData) Option() Option {
	o := Option{Code: OptCustomBinary, Value: append(appendUint32(nil, c.PEN, false), c.Data...)}
	switch {
	case c.Text && c.NoCopy:
		o.Code = OptCustomTextNoCopy
	case c.Text:
		o.Code = OptCustomText
	case c.NoCopy:
		o.Code = OptCustomBinaryNoCopy
	}
	return o
}

// WriteCustom writes a custom block.
func (w *Writer) WriteCustom(c CustomData) error {
	if err := w.begin(w.big); err != nil {
		return err
	}
	t := Custom
	if c.NoCopy {
		t = CustomNoCopy
	}
	w.start(t)
	w.uint32(c.PEN)
	w.bytes(c.Data)
	return w.finish()
}
