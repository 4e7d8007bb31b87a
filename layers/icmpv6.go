package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// ICMPv6 message (RFC 4443 section 2.1): type, code, checksum, body.
const (
	icmpv6Len      = 4
	icmpv6ErrorLen = 8 // an error message has four more bytes before the packet
)

// ICMPv6 types (IANA registry "icmpv6-parameters"). Types below 128 are errors.
const (
	ICMPv6Unreachable   = 1
	ICMPv6PacketTooBig  = 2
	ICMPv6TimeExceeded  = 3
	ICMPv6ParameterProb = 4
	ICMPv6Echo          = 128
	ICMPv6EchoReply     = 129
)

// ICMPv6 is a view of an ICMPv6 message (RFC 4443 section 2.1). [ParseICMPv6]
// and [Packet.ICMPv6] return one.
type ICMPv6 struct{ b []byte }

// ParseICMPv6 checks that b begins with an ICMPv6 header and returns a view of
// the message that aliases b. The error is Short.
func ParseICMPv6(b []byte) (ICMPv6, error) {
	if len(b) < icmpv6Len {
		return ICMPv6{}, fail(KindICMPv6, wire.Short, b, icmpv6Len)
	}
	return ICMPv6{cut(b, len(b))}, nil
}

func stepICMPv6(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < icmpv6Len {
		return icmpv6Len, 0, 0, wire.Short
	}
	return icmpv6Len, len(b), KindPayload, 0
}

// Type returns the message type.
func (h ICMPv6) Type() uint8 { return h.b[0] }

// Code returns the code, whose meaning depends on the type.
func (h ICMPv6) Code() uint8 { return h.b[1] }

// Checksum returns the checksum field.
func (h ICMPv6) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Echo returns the identifier and sequence number of an echo request or reply.
// It reports false for other messages and truncated ones.
func (h ICMPv6) Echo() (id, seq uint16, ok bool) {
	if h.Type() != ICMPv6Echo && h.Type() != ICMPv6EchoReply || len(h.b) < icmpv6Len+4 {
		return 0, 0, false
	}
	return binary.BigEndian.Uint16(h.b[4:]), binary.BigEndian.Uint16(h.b[6:]), true
}

// Quoted returns the start of the IPv6 packet that an error message is about,
// nil for other messages. Decode it with [Decoder.DecodeBytes] and
// pcap.LinkTypeIPv6.
func (h ICMPv6) Quoted() []byte {
	if len(h.b) < icmpv6ErrorLen {
		return nil
	}
	switch h.Type() {
	case ICMPv6Unreachable, ICMPv6TimeExceeded:
		return quoted(h.b[icmpv6ErrorLen:], int(h.b[4])*8)
	case ICMPv6PacketTooBig, ICMPv6ParameterProb:
		return h.b[icmpv6ErrorLen:]
	}
	return nil
}

// Bytes returns the message.
func (h ICMPv6) Bytes() []byte { return h.b }

// Payload returns the message body.
func (h ICMPv6) Payload() []byte { return h.b[icmpv6Len:] }

// AppendText appends a short description to dst.
func (h ICMPv6) AppendText(dst []byte) ([]byte, error) {
	return appendTypeCode(dst, h.Type(), h.Code()), nil
}
