package pcapng

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// Options of every block (section 3.5 of the draft). Options of a single block
// type are listed with that type.
const (
	optEnd uint16 = 0

	OptComment uint16 = 1 // UTF-8 text; repeatable

	OptCustomText         uint16 = 2988 // private enterprise number and UTF-8 text
	OptCustomBinary       uint16 = 2989 // private enterprise number and bytes
	OptCustomTextNoCopy   uint16 = 19372
	OptCustomBinaryNoCopy uint16 = 19373
)

const maxOption = 1<<16 - 1

// ErrOption is the error for malformed options.
var ErrOption = fmt.Errorf("%w options", pcap.ErrFormat)

// An Option is an option of a block (section 3.5 of the draft). The meaning of
// Value depends on Code and the block type: the methods decode it as one type
// or another, and report false if its length does not fit.
type Option struct {
	Code      uint16
	Value     []byte // without padding; aliases the block
	BigEndian bool   // byte order of the numbers in Value
}

// Text returns the value as text, up to the first zero byte. It may be invalid
// UTF-8.
func (o Option) Text() string {
	text, _, _ := bytes.Cut(o.Value, []byte{0})
	return string(text)
}

// Uint32 returns the number in a 4-byte value.
func (o Option) Uint32() (n uint32, ok bool) {
	if len(o.Value) != 4 {
		return 0, false
	}
	return ng.Uint32(o.Value, o.BigEndian), true
}

// Uint64 returns the number in an 8-byte value.
func (o Option) Uint64() (n uint64, ok bool) {
	if len(o.Value) != 8 {
		return 0, false
	}
	return getUint64(o.Value, o.BigEndian), true
}

// timestamp returns the number in an 8-byte value with the upper half first,
// whatever the byte order.
func (o Option) timestamp() (ts uint64, ok bool) {
	if len(o.Value) != 8 {
		return 0, false
	}
	return getTimestamp(o.Value, o.BigEndian), true
}

// Comment returns a comment option. It replaces invalid UTF-8 in text.
func Comment(text string) Option { return TextOption(OptComment, text) }

// TextOption returns an option with text. It replaces invalid UTF-8 in text.
func TextOption(code uint16, text string) Option {
	return Option{Code: code, Value: []byte(strings.ToValidUTF8(text, "\uFFFD"))}
}

// Uint32Option returns an option with a 4-byte number. If the draft defines the
// code, a Writer stores the number in the byte order of its section.
func Uint32Option(code uint16, n uint32) Option {
	return Option{Code: code, Value: appendUint32(nil, n, false)}
}

// Uint64Option returns an option with an 8-byte number. If the draft defines
// the code, a Writer stores the number in the byte order of its section.
func Uint64Option(code uint16, n uint64) Option {
	return Option{Code: code, Value: appendUint64(nil, n, false)}
}

// Options returns the block's options up to the end-of-options or the first
// that exceeds the block, which Validate reports. It returns none for custom
// blocks, whose options cannot be told apart from their data.
func (b *Block) Options() iter.Seq[Option] {
	return func(yield func(Option) bool) { eachOption(b.options(), b.BigEndian, yield) }
}

// PacketOptions returns the options of the pcapng block of rec, up to the first
// that exceeds it. A record of a classic file has none.
func PacketOptions(rec *pcap.Record) iter.Seq[Option] {
	return func(yield func(Option) bool) { eachOption(rec.Options, rec.BigEndian, yield) }
}

// ValidatePacketOptions returns nil, or an error that wraps ErrOption and
// describes the first option of rec that exceeds its block or has a length its
// code does not allow.
func ValidatePacketOptions(rec *pcap.Record) error {
	if err := validate(rec.Options, rec.BigEndian, EnhancedPacket); err != nil {
		return fmt.Errorf("pcapng: %w", err)
	}
	return nil
}

// eachOption is separate from the iterators, which must be small enough to be
// inlined so that a loop over them does not allocate.
func eachOption(b []byte, big bool, yield func(Option) bool) {
	for {
		code, value, n := ng.NextOption(b, big)
		if n == 0 || code == optEnd || !yield(Option{code, value, big}) {
			return
		}
		b = b[n:]
	}
}

// validate checks the options of a block of type t.
func validate(b []byte, big bool, t BlockType) error {
	for at := 0; at < len(b); {
		code, value, n := ng.NextOption(b[at:], big)
		if n == 0 {
			return fmt.Errorf("%w: the option at byte %d of %d is truncated", ErrOption, at, len(b))
		}
		if code == optEnd {
			break
		}
		if l := layoutOf(t, Option{code, value, big}); len(value) < l.min || len(value) > l.max {
			return fmt.Errorf("%w: option %d at byte %d has %d bytes", ErrOption, code, at, len(value))
		}
		at += n
	}
	return nil
}

// appendOption appends o, an option of a block of type t, in byte order big.
func appendOption(dst []byte, t BlockType, o Option, big bool) []byte {
	dst = appendUint16(appendUint16(dst, o.Code, big), uint16(len(o.Value)), big)
	at := len(dst)
	dst = append(dst, o.Value...)
	if o.BigEndian != big {
		layoutOf(t, o).swap(dst[at:])
	}
	return pad(dst)
}
