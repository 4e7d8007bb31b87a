package pcap

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// open detects the format of w and reads its first header.
func (r *Reader) open(w window.Window) error {
	r.w = w
	r.maxRecord, r.limit, r.numbered, r.special = r.config.maxRecord(), math.MaxInt64, -1, r.config.Resync
	r.from, r.seconds = start, -1
	b, err := r.w.Peek(4)
	if err != nil && err != io.EOF {
		return r.fail(0, err)
	}
	if c := compressionOf(b); c != CompressionNone && r.header.Compression == CompressionNone {
		return r.openCompressed(c)
	}
	switch {
	case len(b) < 4:
		return r.fail(0, fmt.Errorf("%w: only %d bytes", ErrMagic, len(b)))
	case binary.BigEndian.Uint32(b) == ng.TypeSectionHeader:
		return r.openNG()
	case r.header.isClassic(b):
		return r.openClassic()
	}
	b, _ = r.w.Peek(longestMagic) // no more if that suffices: the input may be a pipe
	what := foreignFormat(b[:min(len(b), longestMagic)])
	if what == "" {
		b, _ = r.w.Peek(sniffed)
		what = describe(b[:min(len(b), sniffed)])
	}
	subject := "it"
	if r.header.Compression != CompressionNone {
		subject = "its content"
	}
	return r.fail(0, fmt.Errorf("%w: %s %s", ErrMagic, subject, what))
}
