package pcapng

import (
	"fmt"
	"strconv"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/pcap"
)

// A BlockType is the type of a block (section 10.1 of the draft). Types with
// the top bit set are for local use.
type BlockType uint32

// The block types.
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

// A Block is a block of any type. A Block from a Reader, including its Body, is
// valid until the Reader's next call. Header, Interface, Names, Secrets, Stats,
// Journal and Custom decode the blocks of their type, and return nothing for
// others.
type Block struct {
	Type      BlockType
	Section   int    // number of the section in the file, from 0
	Offset    int64  // in the input, in bytes
	BigEndian bool   // byte order of the section
	Body      []byte // without type and lengths, as in the file

	length uint32 // as stated by the block; 0 if unknown
	ifaces int    // one more than the section's interfaces so far; 0 if unknown
}

// Parse returns the block passed to pcap.Config.OnBlock. It aliases raw.
func Parse(raw pcap.RawBlock) *Block {
	return &Block{
		Type: BlockType(raw.Type), Section: raw.Section, Offset: raw.Offset,
		BigEndian: raw.BigEndian, Body: raw.Body,
	}
}

// Validate returns nil, or an error that wraps pcap.ErrFormat and describes the
// first violation of the draft in the block. The methods of Block return the
// content before it. Validate does not check that text is UTF-8.
func (b *Block) Validate() error {
	err := b.check()
	if err == nil {
		err = validate(b.options(), b.BigEndian, b.Type)
	}
	if err != nil {
		return fmt.Errorf("pcapng: %s block at offset %d: %w", b.Type, b.Offset, err)
	}
	return nil
}

// check validates the block except its options.
func (b *Block) check() error {
	switch b.Type {
	case SectionHeader:
		return b.atLeast(sectionLen)
	case InterfaceDescription:
		return b.checkInterface()
	case EnhancedPacket, Packet, SimplePacket:
		return b.checkPacket()
	case NameResolution:
		return b.checkNames()
	case InterfaceStatistics:
		return b.checkStats()
	case DecryptionSecrets:
		return b.checkSecrets()
	case SystemdJournal:
		return b.checkJournal()
	case Custom, CustomNoCopy:
		return b.atLeast(customLen)
	}
	return nil
}

// atLeast checks that the fixed part of the block, n bytes, is complete.
func (b *Block) atLeast(n int) error {
	if len(b.Body) < n {
		return fmt.Errorf("%w: %d bytes, but the fixed part needs %d", pcap.ErrFormat, len(b.Body), n)
	}
	return nil
}

// ofInterface checks that the section has interface id.
func (b *Block) ofInterface(id uint32) error {
	if n := b.ifaces - 1; n >= 0 && int64(id) >= int64(n) {
		return fmt.Errorf("%w: interface %d, but the section has %d", pcap.ErrFormat, id, n)
	}
	return nil
}

// options returns the block's options, nil if it has none.
func (b *Block) options() []byte {
	var at int64
	switch b.Type {
	case SectionHeader:
		at = sectionLen
	case InterfaceDescription:
		at = interfaceLen
	case EnhancedPacket, Packet:
		at = b.packetEnd()
	case NameResolution:
		at = b.namesEnd()
	case InterfaceStatistics:
		at = statsLen
	case DecryptionSecrets:
		at = b.secretsEnd()
	case SystemdJournal:
		at = b.journalEnd()
	default:
		return nil
	}
	if at < 0 || at >= int64(len(b.Body)) {
		return nil
	}
	return b.Body[at:]
}

func (b *Block) uint16(at int) uint16 { return ng.Uint16(b.Body[at:], b.BigEndian) }

func (b *Block) uint32(at int) uint32 { return ng.Uint32(b.Body[at:], b.BigEndian) }
