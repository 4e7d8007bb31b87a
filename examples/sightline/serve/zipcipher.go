package serve

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
)

// A traditional decrypts the traditional encryption of APPNOTE section 6.1, which MISP
// gets from the program zip.
type traditional struct {
	src  io.Reader
	keys cipherKeys
}

// decryptTraditional decrypts the data of an entry. The last of the twelve bytes before
// the content rejects 255 of 256 wrong passwords.
func (e *entry) decryptTraditional(src io.Reader) (io.Reader, error) {
	t := &traditional{src, cipherKeys{0x12345678, 0x23456789, 0x34567890}}
	for _, c := range []byte(samplePassword) {
		t.keys = t.keys.update(c)
	}
	var head [12]byte
	if _, err := io.ReadFull(t, head[:]); err != nil {
		return nil, cut(err)
	}
	check := byte(e.crc >> 24)
	if e.flags&flagDescriptor != 0 { // the checksum was not known yet
		check = byte(e.time >> 8)
	}
	if head[11] != check {
		return nil, errPassword
	}
	return t, nil
}

// cipherKeys are the three keys of APPNOTE section 6.1.5.
type cipherKeys struct{ a, b, c uint32 }

func (k cipherKeys) update(c byte) cipherKeys {
	k.a = k.a>>8 ^ crc32.IEEETable[byte(k.a)^c]
	k.b = (k.b+k.a&0xff)*134775813 + 1
	k.c = k.c>>8 ^ crc32.IEEETable[byte(k.c)^byte(k.b>>24)]
	return k
}

// Read implements io.Reader.
func (t *traditional) Read(p []byte) (int, error) {
	n, err := t.src.Read(p)
	k := t.keys
	for i, c := range p[:n] {
		mix := k.c&0xffff | 2
		c ^= byte(mix * (mix ^ 1) >> 8)
		k = k.update(c)
		p[i] = c
	}
	t.keys = k
	return n, err
}

// An aesReader decrypts the AES encryption of WinZip
// (https://www.winzip.com/en/support/aes-encryption/), which MISP gets from PHP's
// extension zip: AES in counter mode, whose key comes from the password and a salt.
type aesReader struct {
	data   limited
	block  cipher.Block
	mac    hash.Hash
	number uint64 // of the block
	stream [aes.BlockSize]byte
	used   int // bytes of stream
}

const (
	aesHeader = 0x9901 // id of the extra field
	aesTag    = 10     // bytes after the data, which authenticate it
	aesVerify = 2      // bytes after the salt, which reject a wrong password
	aesRounds = 1000
)

// decryptAES decrypts the data of an entry, and sets the compression method that the
// extra field has.
func (e *entry) decryptAES(src *limited) (*aesReader, error) {
	field := e.field(aesHeader)
	if len(field) < 7 || field[4] < 1 || field[4] > 3 {
		return nil, errEncryption
	}
	e.method = binary.LittleEndian.Uint16(field[5:])
	size := 8 + 8*int(field[4]) // of the key
	head := make([]byte, size/2+aesVerify)
	if _, err := io.ReadFull(src, head); err != nil {
		return nil, cut(err)
	}
	if src.n < aesTag {
		return nil, errCutZip
	}
	keys, err := pbkdf2.Key(sha1.New, samplePassword, head[:size/2], aesRounds, 2*size+aesVerify)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(keys[2*size:], head[size/2:]) == 0 {
		return nil, errPassword
	}
	block, err := aes.NewCipher(keys[:size])
	return &aesReader{
		data: limited{src, src.n - aesTag}, block: block, mac: hmac.New(sha1.New, keys[size:2*size]), used: aes.BlockSize,
	}, err
}

// field returns an extra field (APPNOTE section 4.5.1), or nil.
func (e *entry) field(id uint16) []byte {
	for b := e.extra; len(b) >= 4; {
		size := int(binary.LittleEndian.Uint16(b[2:]))
		if size > len(b)-4 {
			return nil
		}
		if binary.LittleEndian.Uint16(b) == id {
			return b[4 : 4+size]
		}
		b = b[4+size:]
	}
	return nil
}

// Read implements io.Reader.
func (a *aesReader) Read(p []byte) (int, error) {
	n, err := a.data.Read(p)
	a.mac.Write(p[:n])
	for b := p[:n]; len(b) > 0; {
		if a.used == aes.BlockSize {
			a.next()
		}
		done := subtle.XORBytes(b, b, a.stream[a.used:])
		a.used += done
		b = b[done:]
	}
	return n, err
}

// next makes the next block of the stream. The counter is in little-endian order, so
// it is not that of cipher.NewCTR.
func (a *aesReader) next() {
	a.number++
	var counter [aes.BlockSize]byte
	binary.LittleEndian.PutUint64(counter[:], a.number)
	a.block.Encrypt(a.stream[:], counter[:])
	a.used = 0
}

// verify reads the rest of the data and the bytes that authenticate it.
func (a *aesReader) verify() error {
	if _, err := io.Copy(a.mac, &a.data); err != nil {
		return err
	}
	var tag [aesTag]byte
	if _, err := io.ReadFull(a.data.src, tag[:]); err != nil {
		return cut(err)
	}
	if !hmac.Equal(tag[:], a.mac.Sum(nil)[:aesTag]) {
		return errChecksum
	}
	return nil
}
