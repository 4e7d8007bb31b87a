package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// ICMP message (RFC 792): type, code, checksum, four bytes that depend on the
// type, then data.
const icmpv4Len = 8

// ICMPv4 types (IANA registry "icmp-parameters") whose messages have fields.
const (
	ICMPv4EchoReply       = 0
	ICMPv4Unreachable     = 3
	ICMPv4SourceQuench    = 4
	ICMPv4Redirect        = 5
	ICMPv4Echo            = 8
	ICMPv4TimeExceeded    = 11
	ICMPv4ParameterProb   = 12
	ICMPv4Timestamp       = 13
	ICMPv4TimestampReply  = 14
	ICMPv4InfoRequest     = 15
	ICMPv4InfoReply       = 16
	ICMPv4AddrMaskRequest = 17
	ICMPv4AddrMaskReply   = 18
)

// ICMPv4 is a view of an ICMP message (RFC 792). [ParseICMPv4] and
// [Packet.ICMPv4] return one.
type ICMPv4 struct{ b []byte }

// ParseICMPv4 checks that b begins with an ICMP header and returns a view of
// the message that aliases b. The error is Short.
func ParseICMPv4(b []byte) (ICMPv4, error) {
	if len(b) < icmpv4Len {
		return ICMPv4{}, fail(KindICMPv4, wire.Short, b, icmpv4Len)
	}
	return ICMPv4{cut(b, len(b))}, nil
}

func stepICMPv4(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < icmpv4Len {
		return icmpv4Len, 0, 0, wire.Short
	}
	return icmpv4Len, len(b), KindPayload, 0
}

// Type returns the message type.
func (h ICMPv4) Type() uint8 { return h.b[0] }

// Code returns the code, whose meaning depends on the type.
func (h ICMPv4) Code() uint8 { return h.b[1] }

// Checksum returns the checksum field.
func (h ICMPv4) Checksum() uint16 { return binary.BigEndian.Uint16(h.b[2:]) }

// Echo returns the identifier and sequence number of a query message (echo,
// timestamp, information and address mask, request or reply). It reports false
// for other messages.
func (h ICMPv4) Echo() (id, seq uint16, ok bool) {
	switch h.Type() {
	case ICMPv4EchoReply, ICMPv4Echo, ICMPv4Timestamp, ICMPv4TimestampReply,
		ICMPv4InfoRequest, ICMPv4InfoReply, ICMPv4AddrMaskRequest, ICMPv4AddrMaskReply:
		return binary.BigEndian.Uint16(h.b[4:]), binary.BigEndian.Uint16(h.b[6:]), true
	}
	return 0, 0, false
}

// Quoted returns the start of the IPv4 packet that an error message is about,
// nil for other messages. It often ends after eight bytes of that packet's
// payload. Decode it with [Decoder.DecodeBytes] and pcap.LinkTypeIPv4.
func (h ICMPv4) Quoted() []byte {
	switch h.Type() {
	case ICMPv4Unreachable, ICMPv4TimeExceeded, ICMPv4ParameterProb:
		return quoted(h.b[icmpv4Len:], int(h.b[5])*4)
	case ICMPv4SourceQuench, ICMPv4Redirect:
		return h.b[icmpv4Len:]
	}
	return nil
}

// quoted limits b to the length of the original datagram, which RFC 4884
// section 4 adds to the header. A size of 0 means no limit.
func quoted(b []byte, size int) []byte {
	if size == 0 {
		return b
	}
	return cut(b, size)
}

// Bytes returns the message.
func (h ICMPv4) Bytes() []byte { return h.b }

// Payload returns the bytes after the eight-byte header.
func (h ICMPv4) Payload() []byte { return h.b[icmpv4Len:] }

// AppendText appends a short description to dst.
func (h ICMPv4) AppendText(dst []byte) ([]byte, error) {
	return appendTypeCode(dst, h.Type(), h.Code()), nil
}

func appendTypeCode(dst []byte, typ, code uint8) []byte {
	dst = append(dst, "type "...)
	dst = strconv.AppendUint(dst, uint64(typ), 10)
	dst = append(dst, " code "...)
	return strconv.AppendUint(dst, uint64(code), 10)
}
