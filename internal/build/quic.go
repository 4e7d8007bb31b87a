package build

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
)

// The versions of QUIC that a QUICInitial can have.
const (
	QUICv1 = 1
	QUICv2 = 0x6b3343cf
)

// A QUICInitial is an Initial packet to be built (RFC 9000 section 17.2.2).
type QUICInitial struct {
	Version  uint32 // 0: QUICv1
	Server   bool   // the server sends it
	KeyID    string // the Destination Connection ID that the keys come from, "": Dst
	Dst, Src string // connection IDs
	Token    string // at most 63 bytes
	Number   uint32 // packet number
	Frames   []byte
	Size     int // PADDING makes the packet at least this long
}

// Packet returns the packet, protected as RFC 9001 section 5 says.
func (q QUICInitial) Packet() []byte {
	if q.Version == 0 {
		q.Version = QUICv1
	}
	if q.KeyID == "" {
		q.KeyID = q.Dst
	}
	b := binary.BigEndian.AppendUint32([]byte{0xc3}, q.Version)
	if q.Version == QUICv2 {
		b[0] = 0xd3 // RFC 9369 section 3.2
	}
	b = append(append(b, byte(len(q.Dst))), q.Dst...)
	b = append(append(b, byte(len(q.Src))), q.Src...)
	b = append(append(b, byte(len(q.Token))), q.Token...)
	frames := append([]byte{}, q.Frames...)
	for len(b)+2+4+len(frames)+16 < q.Size || len(frames) < 4 {
		frames = append(frames, 0)
	}
	b = append(b, quicVarint(uint64(4+len(frames)+16))...)
	b = binary.BigEndian.AppendUint32(b, q.Number)
	payload, header, nonce := q.keys()
	for i := range 4 {
		nonce[11-i] ^= byte(q.Number >> (8 * i))
	}
	number := len(b) - 4
	b = payload.Seal(b, nonce, frames, b)
	mask := make([]byte, 16)
	header.Encrypt(mask, b[number+4:number+20])
	b[0] ^= mask[0] & 0x0f
	for i := range 4 {
		b[number+i] ^= mask[1+i]
	}
	return b
}

// keys returns the ciphers of payload and header, and the IV.
func (q QUICInitial) keys() (cipher.AEAD, cipher.Block, []byte) {
	salt, label := "\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a", "quic "
	if q.Version == QUICv2 {
		salt, label = "\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9", "quicv2 "
	}
	side := "client in"
	if q.Server {
		side = "server in"
	}
	initial := must(hkdf.Extract(sha256.New, []byte(q.KeyID), []byte(salt)))
	secret := expand(initial, side, 32)
	block := must(aes.NewCipher(expand(secret, label+"key", 16)))
	return must(cipher.NewGCM(block)), must(aes.NewCipher(expand(secret, label+"hp", 16))), expand(secret, label+"iv", 12)
}

// expand is HKDF-Expand-Label (RFC 8446 section 7.1).
func expand(secret []byte, label string, size int) []byte {
	label = "tls13 " + label
	return must(hkdf.Expand(sha256.New, secret, "\x00"+string([]byte{byte(size), byte(len(label))})+label+"\x00", size))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// QUICCrypto returns a CRYPTO frame (RFC 9000 section 19.6).
func QUICCrypto(offset uint64, data string) []byte {
	b := append([]byte{6}, quicVarint(offset)...)
	return append(append(b, quicVarint(uint64(len(data)))...), data...)
}

// quicVarint returns v as RFC 9000 section 16 writes it.
func quicVarint(v uint64) []byte {
	switch {
	case v < 1<<14:
		return binary.BigEndian.AppendUint16(nil, uint16(v)|1<<14)
	case v < 1<<30:
		return binary.BigEndian.AppendUint32(nil, uint32(v)|2<<30)
	}
	return binary.BigEndian.AppendUint64(nil, v|3<<62)
}
