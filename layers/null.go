package layers

import (
	"encoding/binary"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// BSD loopback encapsulations (https://www.tcpdump.org/linktypes.html,
// LINKTYPE_NULL and LINKTYPE_LOOP): a four-byte protocol family, in the byte
// order of the capturing host for NULL, in network byte order for LOOP.
const nullLen = 4

// The values of a protocol family.
const (
	familyIPv4        = 2
	familyIPv6Linux   = 10
	familyIPv6NetBSD  = 24 // NetBSD, OpenBSD, BSD/OS, Npcap
	familyIPv6FreeBSD = 28
	familyIPv6Darwin  = 30
)

// Null is a view of a BSD loopback header, LINKTYPE_NULL or LINKTYPE_LOOP
// (https://www.tcpdump.org/linktypes.html), and its payload.
type Null struct{ b []byte }

// ParseNull checks that b begins with a BSD loopback header and returns a view
// of it that aliases b. The error is Short.
func ParseNull(b []byte) (Null, error) {
	if len(b) < nullLen {
		return Null{}, fail(KindNull, wire.Short, b, nullLen)
	}
	return Null{cut(b, len(b))}, nil
}

func stepNull(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < nullLen {
		return nullLen, 0, 0, wire.Short
	}
	return nullLen, len(b), familyKind(Null{b}.Family()), 0
}

func stepLoop(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < nullLen {
		return nullLen, 0, 0, wire.Short
	}
	return nullLen, len(b), familyKind(binary.BigEndian.Uint32(b)), 0
}

func familyKind(f uint32) Kind {
	switch f {
	case familyIPv4:
		return KindIPv4
	case familyIPv6Linux, familyIPv6NetBSD, familyIPv6FreeBSD, familyIPv6Darwin:
		return KindIPv6
	}
	return KindPayload
}

// Family returns the protocol family. It picks the byte order that gives a
// number below 65536, as all families in use are.
func (h Null) Family() uint32 {
	if f := binary.BigEndian.Uint32(h.b); f < 1<<16 {
		return f
	}
	return binary.LittleEndian.Uint32(h.b)
}

// Bytes returns the header and payload.
func (h Null) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h Null) Payload() []byte { return h.b[nullLen:] }

// AppendText appends a short description to dst.
func (h Null) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, "family "...)
	return strconv.AppendUint(dst, uint64(h.Family()), 10), nil
}
