package build

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
)

// The QUIC versions of a QUICInitial.
const (
	QUICv1   = 1
	QUICv2   = 0x6b3343cf
	QUICT050 = 0x54303530 // Google's, with TLS
	QUICT051 = 0x54303531
)

// A QUICInitial describes an Initial packet to build (RFC 9000 section 17.2.2).
type QUICInitial struct {
	Version  uint32 // 0: QUICv1
	Server   bool   // sent by the server
	KeyID    string // Destination Connection ID that the keys are derived from, "": Dst
	Dst, Src string // connection IDs
	Token    string // at most 63 bytes
	Number   uint32 // packet number
	Frames   []byte
	Size     int // PADDING makes the packet at least this long

	Unfixed bool // the fixed bit is 0 (RFC 9287)
}

// Packet returns the packet with its protection (RFC 9001 section 5).
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
	if q.Unfixed {
		b[0] &^= 0x40
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
	switch q.Version {
	case QUICT050: // Chromium, crypto_utils.cc
		salt = "\x7f\xf5\x79\xe5\xac\xd0\x72\x91\x55\x80\x30\x4c\x43\xa2\x36\x7c\x60\x48\x83\x10"
	case QUICT051:
		salt = "\x7a\x4e\xde\xf4\xe7\xcc\xee\x5f\xa4\x50\x6c\x19\x12\x4f\xc8\xcc\xda\x6e\x03\x3d"
	case QUICv2:
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

// quicVarint encodes v as a variable-length integer (RFC 9000 section 16).
func quicVarint(v uint64) []byte {
	switch {
	case v < 1<<14:
		return binary.BigEndian.AppendUint16(nil, uint16(v)|1<<14)
	case v < 1<<30:
		return binary.BigEndian.AppendUint32(nil, uint32(v)|2<<30)
	}
	return binary.BigEndian.AppendUint64(nil, v|3<<62)
}
