package pcapng

import (
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// An Option is one option of a block (section 3.5 of the draft). Value has no
// padding, and aliases the block.
type Option struct {
	Code  uint16
	Value []byte
}

// Codes of options. Those that all blocks share come first; the others have a
// meaning in their block alone.
const (
	OptComment uint16 = 1 // UTF-8 text, may occur several times

	OptHardware uint16 = 2 // section header: hardware that captured
	OptOS       uint16 = 3 // section header: operating system
	OptUserAppl uint16 = 4 // section header: program that wrote the file

	OptIfName        uint16 = 2 // interface description: name
	OptIfDescription uint16 = 3 // interface description: description
	OptIfTSResol     uint16 = 9 // interface description: resolution of times
	OptIfFilter      uint16 = 11
	OptIfOS          uint16 = 12
	OptIfFCSLen      uint16 = 13
	OptIfTSOffset    uint16 = 14

	OptPacketFlags uint16 = 2 // packet: direction, reception, FCS length, errors
	OptPacketHash  uint16 = 3 // packet: hash of the packet
	OptPacketDrops uint16 = 4 // packet: packets lost since the one before
)

// ErrOption says that options are malformed.
var ErrOption = fmt.Errorf("pcapng: %w options", pcap.ErrFormat)

// Options returns the block's options up to the end-of-options one, or up to
// the first that is malformed; ValidateOptions tells which.
func (b *Block) Options() iter.Seq[Option] { return options(b.options(), b.BigEndian) }

// ValidateOptions returns nil, or an error that wraps ErrOption when an option
// runs out of the block.
func (b *Block) ValidateOptions() error { return validate(b.options(), b.BigEndian) }

// PacketOptions returns the options of the pcapng block that rec comes from, up
// to the first that is malformed. A record of a classic file has none.
func PacketOptions(rec *pcap.Record) iter.Seq[Option] { return options(rec.Options, rec.BigEndian) }

// ValidatePacketOptions returns nil, or an error that wraps ErrOption when an
// option of rec runs out of its block.
func ValidatePacketOptions(rec *pcap.Record) error { return validate(rec.Options, rec.BigEndian) }

func options(b []byte, big bool) iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for {
			code, value, n := ng.NextOption(b, big)
			if n == 0 || code == 0 || !yield(Option{code, value}) {
				return
			}
			b = b[n:]
		}
	}
}

func validate(b []byte, big bool) error {
	for at := 0; at < len(b); {
		code, _, n := ng.NextOption(b[at:], big)
		if n == 0 {
			return fmt.Errorf("%w: at byte %d of %d", ErrOption, at, len(b))
		}
		if code == 0 {
			break
		}
		at += n
	}
	return nil
}
