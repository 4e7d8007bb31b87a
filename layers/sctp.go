package layers

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// SCTP common header (RFC 9260 section 3.1): ports, verification tag, checksum.
// Chunks follow (section 3.2): type, flags, length of the chunk, value, padding
// to 4 bytes.
const (
	sctpLen      = 12
	sctpChunkLen = 4
	sctpAlign    = 4
)

// SCTP chunk types (IANA registry "sctp-parameters").
const (
	SCTPData     = 0
	SCTPInit     = 1
	SCTPInitAck  = 2
	SCTPAbort    = 6
	SCTPShutdown = 7
	SCTPIData    = 64 // RFC 8260
)

// SCTP is a view of an SCTP packet (RFC 9260 section 3.1). [ParseSCTP] and
// [Packet.SCTP] return one.
type SCTP struct{ b []byte }

// ParseSCTP checks that b begins with an SCTP header and returns a view of the
// packet that aliases b. The error is Short.
func ParseSCTP(b []byte) (SCTP, error) {
	if len(b) < sctpLen {
		return SCTP{}, fail(KindSCTP, wire.Short, b, sctpLen)
	}
	return SCTP{cut(b, len(b))}, nil
}

func stepSCTP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < sctpLen {
		return sctpLen, 0, 0, wire.Short
	}
	return sctpLen, len(b), KindPayload, 0
}

// SrcPort returns the source port.
func (h SCTP) SrcPort() uint16 { return binary.BigEndian.Uint16(h.b) }

// DstPort returns the destination port.
func (h SCTP) DstPort() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// VerificationTag returns the verification tag of the association.
func (h SCTP) VerificationTag() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Checksum returns the checksum field, read in network byte order. (The
// checksum itself is transmitted lowest byte first.)
func (h SCTP) Checksum() uint32 { return binary.BigEndian.Uint32(h.b[8:]) }

// An SCTPChunk is a chunk of a packet (RFC 9260 section 3.2). Value aliases the
// packet and excludes padding.
type SCTPChunk struct {
	Type, Flags uint8
	Value       []byte
}

// Chunks returns the chunks, up to the first malformed or truncated one.
func (h SCTP) Chunks() iter.Seq[SCTPChunk] {
	return func(yield func(SCTPChunk) bool) {
		for b := h.b[sctpLen:]; len(b) >= sctpChunkLen; {
			end := int(binary.BigEndian.Uint16(b[2:]))
			if end < sctpChunkLen || end > len(b) || !yield(SCTPChunk{b[0], b[1], b[sctpChunkLen:end:end]}) {
				return
			}
			b = b[min((end+sctpAlign-1)/sctpAlign*sctpAlign, len(b)):]
		}
	}
}

// Bytes returns the header and chunks.
func (h SCTP) Bytes() []byte { return h.b }

// Payload returns the chunks.
func (h SCTP) Payload() []byte { return h.b[sctpLen:] }

// AppendText appends the ports and the chunk types to dst.
func (h SCTP) AppendText(dst []byte) ([]byte, error) {
	dst = appendPorts(dst, h.SrcPort(), h.DstPort())
	sep := " chunks "
	for c := range h.Chunks() {
		dst = append(dst, sep...)
		dst = strconv.AppendUint(dst, uint64(c.Type), 10)
		sep = ","
	}
	return dst, nil
}
