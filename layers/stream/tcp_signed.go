package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
)

// signs records which sides sent segments with a signature, the MD5 option of RFC
// 2385 or the AO option of RFC 5925, and which sides sent segments without one.
type signs struct{ signed, plain sides }

// sides is a set of the sides of a connection.
type sides uint8

const bothSides sides = 3

// foreign records a segment, and reports whether its receiver drops it: it is
// signed and the connection is not, or the reverse (RFC 2385 section 2, RFC 5925
// section 7.4). What the connection does is known once both sides have done it,
// because anybody can forge the first segment of a side.
func (s *signs) foreign(from int, signed bool) bool {
	side := sides(1) << from
	if signed {
		s.signed |= side
		return s.plain == bothSides && s.signed != bothSides
	}
	s.plain |= side
	return s.signed == bothSides && s.plain != bothSides
}

const tcpMinLen = 20

// onlyTimestamps are the first bytes of the usual options of a segment with data:
// two of padding, then the timestamps (RFC 7323 appendix A).
const onlyTimestamps = 0x0101080a

// isSigned reports whether a segment has an MD5 or AO option.
func isSigned(tcp layers.TCP) bool {
	options := tcp.Bytes()[tcpMinLen:tcp.HeaderLen()]
	if len(options) == 12 && binary.BigEndian.Uint32(options) == onlyTimestamps {
		return false
	}
	if bytes.IndexByte(options, layers.TCPOptionMD5) < 0 && bytes.IndexByte(options, layers.TCPOptionAO) < 0 {
		return false
	}
	for o := range tcp.Options() {
		if o.Kind == layers.TCPOptionMD5 || o.Kind == layers.TCPOptionAO {
			return true
		}
	}
	return false
}
