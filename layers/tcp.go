package layers

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// TCP header (RFC 9293 section 3.1).
const tcpMinLen = 20

// TCPFlags holds the control bits of a TCP header, including AE (RFC 9768), and
// the reserved bits above them.
type TCPFlags uint16

// The control bits (IANA registry "tcp-parameters").
const (
	TCPFin TCPFlags = 1 << iota
	TCPSyn
	TCPRst
	TCPPsh
	TCPAck
	TCPUrg
	TCPEce
	TCPCwr
	TCPAE
)

// Has reports whether all of flags are set.
func (f TCPFlags) Has(flags TCPFlags) bool { return f&flags == flags }

// String returns the letters of the set bits in tcpdump's notation and order,
// or "none".
func (f TCPFlags) String() string {
	const letters = "FSRP.UEWe"
	var b [len(letters)]byte
	n := 0
	for i := range len(letters) {
		if f&(1<<i) != 0 {
			b[n] = letters[i]
			n++
		}
	}
	if n == 0 {
		return "none"
	}
	return string(b[:n])
}

// TCP option kinds (IANA registry "tcp-parameters").
const (
	TCPOptionMSS           = 2
	TCPOptionWindowScale   = 3
	TCPOptionSACKPermitted = 4
	TCPOptionSACK          = 5
	TCPOptionTimestamps    = 8
	TCPOptionMD5           = 19 // RFC 2385
	TCPOptionAO            = 29 // RFC 5925
	TCPOptionMPTCP         = 30 // RFC 8684
	TCPOptionFastOpen      = 34 // RFC 7413
)

// A SACKBlock is a block of data received out of order: the sequence numbers of
// its first byte and of the byte after its last (RFC 2018 section 3).
type SACKBlock struct{ Left, Right uint32 }

// TCP is a view of a TCP segment (RFC 9293 section 3.1). [ParseTCP] and
// [Packet.TCP] return one.
type TCP struct{ b []byte }

// ParseTCP checks that b begins with a TCP header and returns a view of the
// segment that aliases b. The error is Short or Malformed.
func ParseTCP(b []byte) (TCP, error) {
	need, size, _, r := stepTCP(b)
	if r != 0 {
		return TCP{}, fail(KindTCP, r, b, need)
	}
	return TCP{cut(b, size)}, nil
}

func stepTCP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < tcpMinLen {
		return tcpMinLen, 0, 0, wire.Short
	}
	hdr = int(b[12]>>4) * 4
	if hdr < tcpMinLen {
		return 0, 0, 0, wire.Malformed
	}
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	return hdr, len(b), KindPayload, 0
}

// SrcPort returns the source port.
func (h TCP) SrcPort() uint16 { return binary.BigEndian.Uint16(h.b) }

// DstPort returns the destination port.
func (h TCP) DstPort() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Seq returns the sequence number of the first byte, or of the SYN.
func (h TCP) Seq() uint32 { return binary.BigEndian.Uint32(h.b[4:]) }

// Ack returns the acknowledgment number.
func (h TCP) Ack() uint32 { return binary.BigEndian.Uint32(h.b[8:]) }

// HeaderLen returns the length of the header with its options, in bytes.
func (h TCP) HeaderLen() int { return int(h.b[12]>>4) * 4 }

// Flags returns the control bits.
func (h TCP) Flags() TCPFlags { return TCPFlags(binary.BigEndian.Uint16(h.b[12:]) & 0x0fff) }

// Window returns the window field, unscaled.
func (h TCP) Window() uint16 { return binary.BigEndian.Uint16(h.b[14:]) }

// Checksum returns the checksum field.
func (h TCP) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[16:]) }

// UrgentPointer returns the urgent pointer.
func (h TCP) UrgentPointer() uint16 { return binary.BigEndian.Uint16(h.b[18:]) }

// Options returns the options, up to the first malformed one.
func (h TCP) Options() iter.Seq[Option] { return options(h.b[tcpMinLen:h.HeaderLen()]) }

// MSS returns the maximum segment size option (RFC 9293 section 3.7.1), in
// bytes.
func (h TCP) MSS() (mss uint16, ok bool) {
	if b := h.option(TCPOptionMSS, 2); b != nil {
		return binary.BigEndian.Uint16(b), true
	}
	return 0, false
}

// WindowScale returns the shift count of the window scale option (RFC 7323
// section 2.2).
func (h TCP) WindowScale() (shift uint8, ok bool) {
	if b := h.option(TCPOptionWindowScale, 1); b != nil {
		return b[0], true
	}
	return 0, false
}

// Timestamps returns the sender's timestamp and the echoed one from the
// timestamps option (RFC 7323 section 3.2).
func (h TCP) Timestamps() (value, echo uint32, ok bool) {
	if b := h.option(TCPOptionTimestamps, 8); b != nil {
		return binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:]), true
	}
	return 0, 0, false
}

// SACKPermitted reports whether the segment has the SACK-permitted option (RFC
// 2018 section 2).
func (h TCP) SACKPermitted() bool { return h.option(TCPOptionSACKPermitted, 0) != nil }

// SACK returns the blocks of the SACK option (RFC 2018 section 3), if present.
func (h TCP) SACK() iter.Seq[SACKBlock] {
	return func(yield func(SACKBlock) bool) {
		for o := range h.Options() {
			if o.Kind != TCPOptionSACK {
				continue
			}
			for b := o.Data; len(b) >= 8; b = b[8:] {
				if !yield(SACKBlock{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}) {
					return
				}
			}
			return
		}
	}
}

// FastOpen returns the cookie of the fast open option (RFC 7413 section 2),
// which is empty in a request for one. It reports false if the option is
// absent.
func (h TCP) FastOpen() (cookie []byte, ok bool) {
	for o := range h.Options() {
		if o.Kind == TCPOptionFastOpen {
			return o.Data, true
		}
	}
	return nil, false
}

// MPTCP returns the subtype of the first multipath TCP option (RFC 8684 section
// 3): 0 opens a connection, 1 joins one.
func (h TCP) MPTCP() (subtype uint8, ok bool) {
	for o := range h.Options() {
		if o.Kind == TCPOptionMPTCP && len(o.Data) > 0 {
			return o.Data[0] >> 4, true
		}
	}
	return 0, false
}

// option returns the data of the first option of a kind and data size, nil if
// there is none.
func (h TCP) option(kind uint8, size int) []byte {
	for b := h.b[tcpMinLen:h.HeaderLen()]; len(b) > 0; {
		o, n := nextOption(b)
		if n == 0 {
			break
		}
		if o.Kind == kind && len(o.Data) == size {
			return o.Data
		}
		b = b[n:]
	}
	return nil
}

// Bytes returns the header and payload.
func (h TCP) Bytes() []byte { return h.b }

// Payload returns the segment's data.
func (h TCP) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h TCP) AppendText(dst []byte) ([]byte, error) {
	dst = appendPorts(dst, h.SrcPort(), h.DstPort())
	dst = append(dst, " ["...)
	dst = append(dst, h.Flags().String()...)
	dst = append(dst, "] seq "...)
	dst = strconv.AppendUint(dst, uint64(h.Seq()), 10)
	dst = append(dst, " ack "...)
	dst = strconv.AppendUint(dst, uint64(h.Ack()), 10)
	dst = append(dst, " len "...)
	return strconv.AppendInt(dst, int64(len(h.Payload())), 10), nil
}

func appendPorts(dst []byte, from, to uint16) []byte {
	dst = strconv.AppendUint(dst, uint64(from), 10)
	dst = append(dst, " > "...)
	return strconv.AppendUint(dst, uint64(to), 10)
}
