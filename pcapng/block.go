package pcapng

import (
	"strconv"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// A BlockType says what a block holds (section 11.1 of the draft).
type BlockType uint32

// The types of blocks.
const (
	SectionHeader        BlockType = ng.TypeSectionHeader
	InterfaceDescription BlockType = ng.TypeInterface
	Packet               BlockType = ng.TypePacket // obsolete
	SimplePacket         BlockType = ng.TypeSimplePacket
	NameResolution       BlockType = 4
	InterfaceStatistics  BlockType = 5
	EnhancedPacket       BlockType = ng.TypeEnhancedPacket
	SystemdJournal       BlockType = 9
	DecryptionSecrets    BlockType = 10
	Custom               BlockType = 0x00000bad // may be copied to a changed file
	CustomNoCopy         BlockType = 0x40000bad
)

// String returns the type's name, or its number in hexadecimal.
func (t BlockType) String() string {
	switch t {
	case SectionHeader:
		return "section header"
	case InterfaceDescription:
		return "interface description"
	case Packet:
		return "packet"
	case SimplePacket:
		return "simple packet"
	case NameResolution:
		return "name resolution"
	case InterfaceStatistics:
		return "interface statistics"
	case EnhancedPacket:
		return "enhanced packet"
	case SystemdJournal:
		return "systemd journal"
	case DecryptionSecrets:
		return "decryption secrets"
	case Custom, CustomNoCopy:
		return "custom"
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// A Block is one block. Body aliases the Reader's bytes until its next call.
type Block struct {
	Type      BlockType
	Section   int   // number of the section in the file, from 0
	Offset    int64 // in the input, in bytes
	BigEndian bool  // byte order of the section
	Body      []byte
}

// Parse returns the block that pcap.Config.OnBlock was given. It aliases raw.
func Parse(raw pcap.RawBlock) *Block {
	return &Block{BlockType(raw.Type), raw.Section, raw.Offset, raw.BigEndian, raw.Body}
}

// optionsAt returns where in the body of a block of type t its options begin,
// when that does not depend on the body.
func (t BlockType) optionsAt() (off int, ok bool) {
	switch t {
	case SectionHeader:
		return 16, true
	case InterfaceDescription:
		return 8, true
	case InterfaceStatistics:
		return 12, true
	}
	return 0, false
}

// options returns the block's options, nil when it has none.
func (b *Block) options() []byte {
	off, ok := b.Type.optionsAt()
	switch b.Type {
	case EnhancedPacket, Packet:
		if len(b.Body) >= 20 {
			off, ok = 20+(int(ng.Uint32(b.Body[12:], b.BigEndian)&0x7fffffff)+3)&^3, true
		}
	}
	if !ok || off < 0 || off > len(b.Body) {
		return nil
	}
	return b.Body[off:]
}
