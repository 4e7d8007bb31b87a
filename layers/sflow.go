package layers

import (
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// sFlow version 5 datagram (https://sflow.org/sflow_version_5.txt section 5):
// version, agent address, sub-agent, sequence number, uptime, number of
// samples, and samples of format, length and data. A flow sample has its own
// fields and then records in the same form; the record of format 1 is the start
// of a packet. All numbers have 32 bits.
const (
	sflowVersion     = 5
	sflowMinLen      = 28 // with an IPv4 agent
	sflowIPv6Len     = 40
	sflowRecordLen   = 8
	sflowFlow        = 1 // sample formats
	sflowExpanded    = 3
	sflowFlowLen     = 32 // of the sample before its records
	sflowExpandedLen = 44
	sflowRawHeader   = 1 // record format
	sflowRawLen      = 16
)

// SFlow is a view of an sFlow version 5 datagram
// (https://sflow.org/sflow_version_5.txt section 5). The packets it samples are
// not layers of the Packet; Packets returns them.
type SFlow struct{ b []byte }

// ParseSFlow checks that b begins with the header of an sFlow datagram of
// version 5 and returns a view of it that aliases b. The error is Short or
// Malformed.
func ParseSFlow(b []byte) (SFlow, error) {
	if need, _, _, r := stepSFlow(b); r != 0 {
		return SFlow{}, fail(KindSFlow, r, b, need)
	}
	return SFlow{cut(b, len(b))}, nil
}

func stepSFlow(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < sflowMinLen {
		return sflowMinLen, 0, 0, wire.Short
	}
	h := SFlow{b}
	if family := binary.BigEndian.Uint32(b[4:]); binary.BigEndian.Uint32(b) != sflowVersion || family != 1 && family != 2 {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < h.headerLen() {
		return h.headerLen(), 0, 0, wire.Short
	}
	return h.headerLen(), len(b), KindPayload, 0
}

func (h SFlow) headerLen() int {
	if binary.BigEndian.Uint32(h.b[4:]) == 2 {
		return sflowIPv6Len
	}
	return sflowMinLen
}

// Agent returns the address of the sampling device.
func (h SFlow) Agent() netip.Addr {
	if h.headerLen() == sflowIPv6Len {
		return netip.AddrFrom16([16]byte(h.b[8:]))
	}
	return netip.AddrFrom4([4]byte(h.b[8:]))
}

// Seq returns the sequence number of the datagram.
func (h SFlow) Seq() uint32 { return binary.BigEndian.Uint32(h.b[h.headerLen()-12:]) }

// An SFlowPacket is a sampled packet. Data aliases the datagram.
type SFlowPacket struct {
	LinkType pcap.LinkType // of Data: decode it with DecodeBytes
	Known    bool          // whether LinkType is known
	WireLen  int           // length on the wire, in bytes
	Data     []byte        // the start of the packet
}

// Packets returns the packets in the flow samples whose start was captured, up
// to the first malformed or truncated sample.
func (h SFlow) Packets() iter.Seq[SFlowPacket] {
	return func(yield func(SFlowPacket) bool) {
		for format, sample := range sflowRecords(h.b[h.headerLen():]) {
			for format, record := range sflowRecords(sflowFlowRecords(format, sample)) {
				if p, ok := sflowPacket(format, record); ok && !yield(p) {
					return
				}
			}
		}
	}
}

// sflowRecords returns the format and data of the samples or records in b.
func sflowRecords(b []byte) iter.Seq2[uint32, []byte] {
	return func(yield func(uint32, []byte) bool) {
		for len(b) >= sflowRecordLen {
			size := int64(binary.BigEndian.Uint32(b[4:]))
			data := b[sflowRecordLen:]
			if size > int64(len(data)) {
				size = int64(len(data))
			}
			if !yield(binary.BigEndian.Uint32(b), data[:size:size]) {
				return
			}
			b = data[size:]
		}
	}
}

// sflowFlowRecords returns the records of a flow sample, nil for other samples.
func sflowFlowRecords(format uint32, sample []byte) []byte {
	switch {
	case format == sflowFlow && len(sample) > sflowFlowLen:
		return sample[sflowFlowLen:]
	case format == sflowExpanded && len(sample) > sflowExpandedLen:
		return sample[sflowExpandedLen:]
	}
	return nil
}

// sflowPacket decodes a raw packet header record: protocol, length on the wire,
// bytes stripped, length of the start of the packet.
func sflowPacket(format uint32, b []byte) (SFlowPacket, bool) {
	if format != sflowRawHeader || len(b) < sflowRawLen {
		return SFlowPacket{}, false
	}
	link, known := sflowLinkType(binary.BigEndian.Uint32(b))
	size := min(binary.BigEndian.Uint32(b[12:]), uint32(len(b)-sflowRawLen))
	return SFlowPacket{link, known, int(binary.BigEndian.Uint32(b[4:]) & 0x7fffffff), cut(b[sflowRawLen:], int(size))}, true
}

// sflowLinkType returns the link type of a header protocol.
func sflowLinkType(protocol uint32) (t pcap.LinkType, ok bool) {
	switch protocol {
	case 1:
		return pcap.LinkTypeEthernet, true
	case 4:
		return pcap.LinkTypeFRelay, true
	case 7:
		return pcap.LinkTypePPP, true
	case 11:
		return pcap.LinkTypeIPv4, true
	case 12:
		return pcap.LinkTypeIPv6, true
	case 14, 15:
		return pcap.LinkTypeIEEE802_11, true
	}
	return 0, false
}

// Bytes returns the datagram.
func (h SFlow) Bytes() []byte { return h.b }

// Payload returns the samples.
func (h SFlow) Payload() []byte { return h.b[h.headerLen():] }

// AppendText appends a short description to dst.
func (h SFlow) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "agent %v seq %d", h.Agent(), h.Seq()), nil
}
