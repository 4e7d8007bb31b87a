package pcapng

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/internal/ng"
)

// Numbers are in the byte order of their section. A timestamp is two 32-bit
// numbers, upper one first (section 3.6 of the draft).

func getUint64(b []byte, big bool) uint64 {
	if big {
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}

func getTimestamp(b []byte, big bool) uint64 {
	return uint64(ng.Uint32(b, big))<<32 | uint64(ng.Uint32(b[4:], big))
}

func appendUint16(dst []byte, v uint16, big bool) []byte {
	if big {
		return binary.BigEndian.AppendUint16(dst, v)
	}
	return binary.LittleEndian.AppendUint16(dst, v)
}

func appendUint32(dst []byte, v uint32, big bool) []byte {
	if big {
		return binary.BigEndian.AppendUint32(dst, v)
	}
	return binary.LittleEndian.AppendUint32(dst, v)
}

func appendUint64(dst []byte, v uint64, big bool) []byte {
	if big {
		return binary.BigEndian.AppendUint64(dst, v)
	}
	return binary.LittleEndian.AppendUint64(dst, v)
}

func putUint32(b []byte, v uint32, big bool) {
	if big {
		binary.BigEndian.PutUint32(b, v)
	} else {
		binary.LittleEndian.PutUint32(b, v)
	}
}

func appendTimestamp(dst []byte, ts uint64, big bool) []byte {
	return appendUint32(appendUint32(dst, uint32(ts>>32), big), uint32(ts), big)
}

// pad appends zero bytes up to a multiple of 4.
func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// padded returns n rounded up to a multiple of 4.
func padded(n int64) int64 { return (n + 3) &^ 3 }
