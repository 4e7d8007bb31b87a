package build

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
)

// A QUICSealed describes a packet to build that is protected with a traffic secret
// of TLS_AES_128_GCM_SHA256 (RFC 9001 section 5).
type QUICSealed struct {
	Version  uint32 // 0: QUICv1
	Type     byte   // of a long header (RFC 9000 section 17.2): QUICZeroRTT or QUICHandshake; 0: a short header
	Dst, Src string // connection IDs
	Secret   []byte
	Updates  int // of the keys since Secret
	Number   uint32
	Frames   []byte
}

// The types of a QUICSealed, as version 1 encodes them.
const (
	QUICZeroRTT   = 0xd0
	QUICHandshake = 0xe0
)

// Packet returns the packet with its protection.
func (q QUICSealed) Packet() []byte {
	label := "quic "
	if q.Version == QUICv2 {
		label = "quicv2 "
	}
	secret := q.Secret
	header := must(aes.NewCipher(expand(secret, label+"hp", 16)))
	for range q.Updates {
		secret = expand(secret, label+"ku", 32)
	}
	payload := must(cipher.NewGCM(must(aes.NewCipher(expand(secret, label+"key", 16)))))
	frames := append([]byte{}, q.Frames...)
	for len(frames) < 4 {
		frames = append(frames, 0)
	}
	b := q.header(len(frames))
	number := len(b)
	b = binary.BigEndian.AppendUint32(b, q.Number)
	nonce := expand(secret, label+"iv", 12)
	for i := range 4 {
		nonce[11-i] ^= byte(q.Number >> (8 * i))
	}
	b = payload.Seal(b, nonce, frames, b)
	mask := make([]byte, 16)
	header.Encrypt(mask, b[number+4:number+20])
	bits := byte(0x1f)
	if q.Type != 0 {
		bits = 0x0f
	}
	b[0] ^= mask[0] & bits
	for i := range 4 {
		b[number+i] ^= mask[1+i]
	}
	return b
}

// header returns what precedes the packet number.
func (q QUICSealed) header(frames int) []byte {
	if q.Type == 0 {
		return append([]byte{0x43 | byte(q.Updates&1)<<2}, q.Dst...)
	}
	first, version := q.Type, q.Version
	switch version {
	case 0:
		version = QUICv1
	case QUICv2:
		first += 0x10 // RFC 9369 section 3.2
		if q.Type == QUICHandshake {
			first = 0xf0
		}
	}
	b := binary.BigEndian.AppendUint32([]byte{first | 3}, version)
	b = append(append(b, byte(len(q.Dst))), q.Dst...)
	b = append(append(b, byte(len(q.Src))), q.Src...)
	return append(b, quicVarint(uint64(4+frames+16))...)
}

// QUICStream returns a STREAM frame with offset and length (RFC 9000 section 19.8).
func QUICStream(id, offset uint64, data string, fin bool) []byte {
	b := []byte{0x0e}
	if fin {
		b[0] |= 1
	}
	b = append(append(b, quicVarint(id)...), quicVarint(offset)...)
	return append(append(b, quicVarint(uint64(len(data)))...), data...)
}

// HTTP3Frame returns a frame of HTTP/3 (RFC 9114 section 7.1).
func HTTP3Frame(typ uint64, payload string) string {
	return string(quicVarint(typ)) + string(quicVarint(uint64(len(payload)))) + payload
}

// QPACK returns a field section of literals without Huffman code (RFC 9204 section
// 4.5.6). fields are names and values in turn.
func QPACK(fields ...string) string {
	b := []byte{0, 0}
	for i, s := range fields {
		bits, flags := 7, byte(0)
		if i%2 == 0 {
			bits, flags = 3, 0x20
		}
		b = append(qpackInteger(b, bits, flags, len(s)), s...)
	}
	return string(b)
}

// qpackInteger appends an integer in the low bits of a byte and those after it (RFC
// 7541 section 5.1).
func qpackInteger(b []byte, bits int, flags byte, n int) []byte {
	most := 1<<bits - 1
	if n < most {
		return append(b, flags|byte(n))
	}
	b = append(b, flags|byte(most))
	for n -= most; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}
