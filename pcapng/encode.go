package pcapng

import (
	"fmt"
	"io"

	"github.com/sightline-go/sightline/pcap"
)

// start begins a block, which finish writes.
func (w *Writer) start(t BlockType) {
	w.typ, w.optionCount, w.refused = t, 0, nil
	w.buf = appendUint32(w.buf[:0], uint32(t), w.big)
	w.uint32(0) // set by finish
}

func (w *Writer) uint16(v uint16) { w.buf = appendUint16(w.buf, v, w.big) }

func (w *Writer) uint32(v uint32) { w.buf = appendUint32(w.buf, v, w.big) }

func (w *Writer) uint64(v uint64) { w.buf = appendUint64(w.buf, v, w.big) }

func (w *Writer) timestamp(ts uint64) { w.buf = appendTimestamp(w.buf, ts, w.big) }

// bytes appends b with padding. It drops bytes that make the block too long, to
// save memory.
func (w *Writer) bytes(b []byte) {
	if len(b) > maxBlock {
		w.refuse(fmt.Errorf("block of more than %d bytes is %w", len(b), pcap.ErrTooLarge))
		return
	}
	w.buf = pad(append(w.buf, b...))
}

func (w *Writer) options(opts []Option) {
	for _, o := range opts {
		w.option(o)
	}
	if w.optionCount > 0 {
		w.uint32(0) // end of options
	}
}

func (w *Writer) option(o Option) {
	if l := layoutOf(w.typ, o); o.Code == optEnd || len(o.Value) < l.min || len(o.Value) > l.max {
		w.refuse(fmt.Errorf("%w: option %d cannot have %d bytes", ErrOption, o.Code, len(o.Value)))
		return
	}
	w.buf = appendOption(w.buf, w.typ, o, w.big)
	w.optionCount++
}

// texts appends an option for each non-empty text.
func (w *Writer) texts(code uint16, texts ...string) {
	for _, text := range texts {
		if text != "" {
			w.option(TextOption(code, text))
		}
	}
}

// number appends an option for a nonzero number.
func (w *Writer) number(code uint16, n uint64) {
	if n != 0 {
		w.option(Uint64Option(code, n))
	}
}

func (w *Writer) refuse(err error) {
	if w.refused == nil {
		w.refused = err
	}
}

func (w *Writer) finish() error { return w.finishAs(0) }

// finishAs writes the block. The block states length if that is its length
// without padding.
func (w *Writer) finishAs(length uint32) error {
	total := int64(len(w.buf)) + 4
	if total > maxBlock {
		w.refuse(fmt.Errorf("block of %d bytes is %w", total, pcap.ErrTooLarge))
	}
	switch {
	case w.err != nil:
		return w.err
	case w.refused != nil:
		return fmt.Errorf("pcapng: %s block: %w", w.typ, w.refused)
	}
	if padded(int64(length)) != total {
		length = uint32(total)
	}
	putUint32(w.buf[4:], length, w.big)
	w.uint32(length)
	n, err := w.out.Write(w.buf)
	if err == nil && n < len(w.buf) {
		err = io.ErrShortWrite
	}
	w.err = err
	return err
}
