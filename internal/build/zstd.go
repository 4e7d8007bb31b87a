package build

import "encoding/binary"

// Zstd returns a zstd frame (RFC 8878 section 3.1.1) of the parts, each in raw
// blocks, or, if it is the same byte throughout, in blocks of four bytes.
func Zstd(parts ...[]byte) []byte {
	const blockLen, raw, repeated, last = 128 << 10, 0, 1, 1
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3} // a window of 8 MiB
	block := func(kind, size int, content []byte) {
		b = binary.LittleEndian.AppendUint32(b, uint32(kind<<1|size<<3))
		b = append(b[:len(b)-1], content...)
	}
	for _, part := range parts {
		for len(part) > 0 {
			piece := part[:min(len(part), blockLen)]
			part = part[len(piece):]
			if same(piece) {
				block(repeated, len(piece), piece[:1])
			} else {
				block(raw, len(piece), piece)
			}
		}
	}
	block(raw, 0, nil)
	b[len(b)-3] |= last
	return b
}

func same(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}
