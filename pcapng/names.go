package pcapng

import (
	"bytes"
	"fmt"
	"iter"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// A NameType is the address type of a NameRecord (section 4.5 of the draft).
type NameType uint16

// The record types.
const (
	namesEndRecord NameType = 0

	NameIPv4  NameType = 1
	NameIPv6  NameType = 2
	NameEUI48 NameType = 3
	NameEUI64 NameType = 4
)

// Options of a name resolution block (section 4.5 of the draft), about the
// server that resolved the names.
const (
	OptDNSName     uint16 = 2 // its name
	OptDNSIPv4Addr uint16 = 3 // 4 bytes
	OptDNSIPv6Addr uint16 = 4 // 16 bytes
)

func namesLayout(code uint16) layout {
	switch code {
	case OptDNSIPv4Addr:
		return exactly(4)
	case OptDNSIPv6Addr:
		return exactly(16)
	}
	return anything()
}

// String returns the type's name.
func (t NameType) String() string {
	switch t {
	case NameIPv4:
		return "IPv4"
	case NameIPv6:
		return "IPv6"
	case NameEUI48:
		return "EUI-48"
	case NameEUI64:
		return "EUI-64"
	}
	return "name record " + strconv.Itoa(int(t))
}

// size returns the length of an address in bytes, 0 if the draft does not
// specify it.
func (t NameType) size() int {
	switch t {
	case NameIPv4:
		return 4
	case NameIPv6:
		return 16
	case NameEUI48:
		return 6
	case NameEUI64:
		return 8
	}
	return 0
}

// A NameRecord is an address with its names (section 4.5 of the draft). Value
// holds the address and then zero-terminated names. It aliases the block.
type NameRecord struct {
	Type  NameType
	Value []byte
}

// AddrNames returns a record with the names of an IP address. A name ends at
// its first zero byte. Invalid UTF-8 is replaced.
func AddrNames(addr netip.Addr, names ...string) NameRecord {
	t := NameIPv6
	if addr.Is4() {
		t = NameIPv4
	}
	return newNameRecord(t, addr.AsSlice(), names)
}

// EUI48Names is AddrNames for a 48-bit hardware address.
func EUI48Names(addr EUI48, names ...string) NameRecord {
	return newNameRecord(NameEUI48, addr[:], names)
}

// EUI64Names is AddrNames for a 64-bit hardware address.
func EUI64Names(addr EUI64, names ...string) NameRecord {
	return newNameRecord(NameEUI64, addr[:], names)
}

func newNameRecord(t NameType, addr []byte, names []string) NameRecord {
	value := addr
	for _, name := range names {
		name, _, _ = strings.Cut(strings.ToValidUTF8(name, "\uFFFD"), "\x00")
		value = append(append(value, name...), 0)
	}
	return NameRecord{t, value}
}

// Addr returns the address of a record for an IP address. It reports false for
// other records.
func (r NameRecord) Addr() (addr netip.Addr, ok bool) {
	if r.Type != NameIPv4 && r.Type != NameIPv6 || len(r.Value) < r.Type.size() {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(r.Value[:r.Type.size()])
}

// EUI48 returns the address of a record for a 48-bit hardware address. It
// reports false for other records.
func (r NameRecord) EUI48() (addr EUI48, ok bool) {
	if r.Type != NameEUI48 || len(r.Value) < len(addr) {
		return addr, false
	}
	return EUI48(r.Value), true
}

// EUI64 returns the address of a record for a 64-bit hardware address. It
// reports false for other records.
func (r NameRecord) EUI64() (addr EUI64, ok bool) {
	if r.Type != NameEUI64 || len(r.Value) < len(addr) {
		return addr, false
	}
	return EUI64(r.Value), true
}

// Names returns the names in a record of known type, up to the first
// unterminated one. They may be invalid UTF-8.
func (r NameRecord) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		size := r.Type.size()
		if size == 0 || len(r.Value) < size {
			return
		}
		for rest := r.Value[size:]; ; {
			name, after, ended := bytes.Cut(rest, []byte{0})
			if !ended || !yield(string(name)) {
				return
			}
			rest = after
		}
	}
}

func (r NameRecord) check() error {
	size := r.Type.size()
	if size > 0 && (len(r.Value) < size+2 || r.Value[len(r.Value)-1] != 0) {
		return fmt.Errorf("%w: %s record without a zero byte after its names", pcap.ErrFormat, r.Type)
	}
	return nil
}

// Names returns the records of a name resolution block, including those of
// unknown type, up to the end record or the first that exceeds the block.
func (b *Block) Names() iter.Seq[NameRecord] {
	return func(yield func(NameRecord) bool) { b.eachName(yield) }
}

func (b *Block) eachName(yield func(NameRecord) bool) {
	if b.Type != NameResolution {
		return
	}
	for rest := b.Body; ; {
		r, n := nextName(rest, b.BigEndian)
		if n == 0 || r.Type == namesEndRecord || !yield(r) {
			return
		}
		rest = rest[n:]
	}
}

// nextName returns the record at the start of b and its length, 0 if it exceeds
// b. Records have the layout of options.
func nextName(b []byte, big bool) (NameRecord, int) {
	typ, value, n := ng.NextOption(b, big)
	return NameRecord{NameType(typ), value}, n
}

// namesEnd returns the offset of the options of a name resolution block.
func (b *Block) namesEnd() int64 {
	for at := 0; ; {
		r, n := nextName(b.Body[at:], b.BigEndian)
		at += n
		switch {
		case n == 0:
			return -1
		case r.Type == namesEndRecord:
			return int64(at)
		}
	}
}

func (b *Block) checkNames() error {
	for r := range b.Names() {
		if err := r.check(); err != nil {
			return err
		}
	}
	if b.namesEnd() < 0 {
		return fmt.Errorf("%w: unterminated name records", pcap.ErrFormat)
	}
	return nil
}

// WriteNames writes a name resolution block.
func (w *Writer) WriteNames(records []NameRecord, opts ...Option) error {
	if err := w.begin(w.big); err != nil {
		return err
	}
	w.start(NameResolution)
	for _, r := range records {
		if err := r.check(); err != nil || r.Type == namesEndRecord || len(r.Value) > maxOption {
			return fmt.Errorf("pcapng: a name record of type %d and %d bytes cannot be written", r.Type, len(r.Value))
		}
		w.buf = appendOption(w.buf, 0, Option{uint16(r.Type), r.Value, w.big}, w.big)
	}
	w.uint32(0) // end of records
	w.options(opts)
	return w.finish()
}
