package pcapng

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// Codes of options that every block may have (section 3.5 of the draft). The
// others have a meaning in one kind of block alone, and are listed there.
const (
	optEnd uint16 = 0

	OptComment uint16 = 1 // UTF-8 text, may occur several times

	OptCustomText         uint16 = 2988 // private enterprise number and UTF-8 text
	OptCustomBinary       uint16 = 2989 // private enterprise number and bytes
	OptCustomTextNoCopy   uint16 = 19372
	OptCustomBinaryNoCopy uint16 = 19373
)

const maxOption = 1<<16 - 1

// ErrOption says that options are malformed.
var ErrOption = fmt.Errorf("%w options", pcap.ErrFormat)

// An Option is one option of a block (section 3.5 of the draft). What its Value
// means depends on the kind of block and on Code: the methods read it as one
// type or another, and report false when its length is not that type's.
type Option struct {
	Code      uint16
	Value     []byte // without padding; aliases the block
	BigEndian bool   // byte order of the numbers in Value
}

// Text returns the value as text, which ends at the first zero byte if there is
// one. It comes from the file, and need not be valid UTF-8.
func (o Option) Text() string {
	text, _, _ := bytes.Cut(o.Value, []byte{0})
	return string(text)
}

// Uint32 returns a value of 4 bytes.
func (o Option) Uint32() (n uint32, ok bool) {
	if len(o.Value) != 4 {
		return 0, false
	}
	return ng.Uint32(o.Value, o.BigEndian), true
}

// Uint64 returns a value of 8 bytes.
func (o Option) Uint64() (n uint64, ok bool) {
	if len(o.Value) != 8 {
		return 0, false
	}
	return getUint64(o.Value, o.BigEndian), true
}

// timestamp returns a value of 8 bytes whose upper half comes first, in either
// byte order.
func (o Option) timestamp() (ts uint64, ok bool) {
	if len(o.Value) != 8 {
		return 0, false
	}
	return getTimestamp(o.Value, o.BigEndian), true
}

// Comment returns a comment. What of text is not UTF-8 is replaced.
func Comment(text string) Option { return TextOption(OptComment, text) }

// TextOption returns an option that holds text. What of it is not UTF-8 is
// replaced.
func TextOption(code uint16, text string) Option {
	return Option{Code: code, Value: []byte(strings.ToValidUTF8(text, "\uFFFD"))}
}

// Uint32Option returns an option that holds a number of 4 bytes. A Writer
// stores it in the byte order of its section if the draft defines the code.
func Uint32Option(code uint16, n uint32) Option {
	return Option{Code: code, Value: appendUint32(nil, n, false)}
}

// Uint64Option returns an option that holds a number of 8 bytes. A Writer
// stores it in the byte order of its section if the draft defines the code.
func Uint64Option(code uint16, n uint64) Option {
	return Option{Code: code, Value: appendUint64(nil, n, false)}
}

// Options returns the block's options up to the end-of-options one, or up to
// the first that runs out of the block, which Validate reports. The options of
// custom blocks cannot be told from their data.
func (b *Block) Options() iter.Seq[Option] {
	return func(yield func(Option) bool) { eachOption(b.options(), b.BigEndian, yield) }
}

// PacketOptions returns the options of the pcapng block that rec comes from, up
// to the first that runs out of it. A record of a classic file has none.
func PacketOptions(rec *pcap.Record) iter.Seq[Option] {
	return func(yield func(Option) bool) { eachOption(rec.Options, rec.BigEndian, yield) }
}

// ValidatePacketOptions returns nil, or an error that wraps ErrOption and says
// which option of rec is the first that runs out of its block, or that has a
// length which its code does not allow.
func ValidatePacketOptions(rec *pcap.Record) error {
	if err := validate(rec.Options, rec.BigEndian, EnhancedPacket); err != nil {
		return fmt.Errorf("pcapng: %w", err)
	}
	return nil
}

// eachOption is apart from the iterators, which must be small to be inlined:
// only then does a loop over them cost no allocation.
func eachOption(b []byte, big bool, yield func(Option) bool) {
	for {
		code, value, n := ng.NextOption(b, big)
		if n == 0 || code == optEnd || !yield(Option{code, value, big}) {
			return
		}
		b = b[n:]
	}
}

// validate says what is wrong with the options of a block of type t.
func validate(b []byte, big bool, t BlockType) error {
	for at := 0; at < len(b); {
		code, value, n := ng.NextOption(b[at:], big)
		if n == 0 {
			return fmt.Errorf("%w: the one at byte %d of %d runs out of them", ErrOption, at, len(b))
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

// appendOption appends o, an option of a block of type t, in the byte order
// that big says.
func appendOption(dst []byte, t BlockType, o Option, big bool) []byte {
	dst = appendUint16(appendUint16(dst, o.Code, big), uint16(len(o.Value)), big)
	at := len(dst)
	dst = append(dst, o.Value...)
	if o.BigEndian != big {
		layoutOf(t, o).swap(dst[at:])
	}
	return pad(dst)
}
