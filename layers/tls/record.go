package tls

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/hmac"
	"crypto/rc4"
	"encoding/binary"
	"hash"

	"github.com/sightline-go/sightline/internal/ccm"
	"github.com/sightline-go/sightline/internal/chacha"
	"github.com/sightline-go/sightline/internal/text"
)

// A Protection removes the protection of the records of one direction, with one
// set of keys. It is not safe for concurrent use.
type Protection struct {
	suite          suite
	version        uint16
	encryptThenMAC bool
	secret         []byte // of TLS 1.3
	mac            hash.Hash
	aead           cipher.AEAD
	block          cipher.Block
	stream         *rc4.Cipher
	iv             [16]byte // of the next record in TLS 1.0, or for nonces
	data           []byte   // what was authenticated beside the last content
	broken         bool     // records before the next one are missing that it depends on
}

// newProtection returns a protection with keys. It reports false if the standard
// library is configured to reject them.
func newProtection(s suite, version uint16, etm bool, mac, key, iv []byte) (*Protection, bool) {
	p := &Protection{suite: s, version: version, encryptThenMAC: etm}
	copy(p.iv[:], iv)
	if s.mac != nil {
		p.mac = hmac.New(s.mac, mac)
	}
	var err error
	switch s.bulk {
	case bulkNone:
	case bulkRC4:
		p.stream, err = rc4.NewCipher(key)
	case bulkDES:
		p.block, err = des.NewCipher(key)
	case bulk3DES:
		p.block, err = des.NewTripleDESCipher(key)
	case bulkChaCha:
		p.aead, err = chacha.New(key)
	default:
		if p.block, err = aes.NewCipher(key); err == nil {
			p.aead, err = newAEAD(s.bulk, p.block)
		}
	}
	return p, err == nil
}

// newAEAD returns the mode of AES that authenticates, nil for CBC.
func newAEAD(b bulk, block cipher.Block) (cipher.AEAD, error) {
	switch b {
	case bulkAES128GCM, bulkAES256GCM:
		return cipher.NewGCM(block)
	case bulkAES128CCM, bulkAES256CCM:
		return ccm.New(block, nonceLen, 16)
	case bulkAES128CCM8, bulkAES256CCM8:
		return ccm.New(block, nonceLen, 8)
	}
	return nil, nil
}

// Is13 reports whether the records are of TLS 1.3.
func (p *Protection) Is13() bool { return p.version == version13 }

// Cost returns the work of opening a record of n bytes, in bytes that could be
// hashed meanwhile.
func (p *Protection) Cost(n int) int64 { return 512 + p.suite.bulk.cost()*int64(n) }

// Overhead returns how many bytes longer a record is than its content, without the
// padding of CBC (beyond its length) and of TLS 1.3.
func (p *Protection) Overhead() int {
	n := 0
	switch {
	case p.aead != nil:
		n = p.aead.Overhead() + p.explicit()
		if p.version == version13 {
			n++ // the type
		}
		return n
	case p.suite.bulk.blockLen() > 0:
		n = p.explicit() + 1
	}
	return n + p.mac.Size()
}

// explicit returns the length of the nonce or IV in each record.
func (p *Protection) explicit() int {
	switch {
	case p.version == version13, p.suite.bulk == bulkChaCha:
		return 0
	case p.aead != nil:
		return nonceLen - implicitLen
	case p.version == version10:
		return 0
	}
	return p.suite.bulk.blockLen()
}

// Lose notes that records are missing. After that, RC4 opens none, and CBC in TLS 1.0
// none before a call of Skip.
func (p *Protection) Lose() {
	p.broken = p.stream != nil || p.version == version10 && p.suite.bulk.blockLen() > 0
}

// Skip notes a record that was not opened: in TLS 1.0, its last block is the IV of
// the next one.
func (p *Protection) Skip(body []byte) {
	size := p.suite.bulk.blockLen()
	if p.encryptThenMAC && p.mac != nil {
		body = body[:max(len(body)-p.mac.Size(), 0)]
	}
	if p.version == version10 && size > 0 && len(body) >= size {
		copy(p.iv[:size], body[len(body)-size:])
		p.broken = false
	}
}

// Open returns the content of a record and its type, or reports false if it does not
// authenticate. head is the header of the record, of which the first three bytes
// are used, or all if the type is ContentCID; body is the rest. The number of the
// record is seq; for DTLS, with the epoch in its upper 16 bits. The content is
// appended to dst, whose spare capacity is overwritten in any case, and must not
// overlap the record.
func (p *Protection) Open(dst, head, body []byte, seq uint64) (content []byte, typ ContentType, ok bool) {
	typ = ContentType(head[0])
	switch {
	case p.broken, len(body) < p.explicit(), typ == ContentCID && len(head) < dtlsRecordHeaderLen:
	case p.version == version13:
		return p.open13(dst, head, body, seq)
	case p.aead != nil:
		content, ok = p.openAEAD(dst, head, body, seq)
	case p.block != nil:
		content, ok = p.openCBC(dst, head, body, seq)
	default:
		content, ok = p.openStream(dst, head, body, seq)
	}
	if ok && typ == ContentCID {
		return cutInner(content, len(dst))
	}
	return content, typ, ok
}

// cutInner removes the type and the padding after a content that begins at from (RFC
// 8446 section 5.2, RFC 9146 section 4).
func cutInner(b []byte, from int) ([]byte, ContentType, bool) {
	inner := text.TrimZeros(b[from:])
	if len(inner) == 0 {
		return nil, 0, false
	}
	end := from + len(inner) - 1
	return b[:end:end], ContentType(b[end]), true
}

// nonce combines an IV of 12 bytes with a sequence number (RFC 8446 section 5.3).
func (p *Protection) nonce(seq uint64) (n [nonceLen]byte) {
	copy(n[:], p.iv[:])
	binary.BigEndian.PutUint64(n[4:], binary.BigEndian.Uint64(n[4:])^seq)
	return n
}

// open13 opens a record of TLS 1.3 (RFC 8446 section 5.2).
func (p *Protection) open13(dst, head, body []byte, seq uint64) ([]byte, ContentType, bool) {
	if head[0] != byte(ContentApplicationData) {
		return nil, 0, false
	}
	nonce := p.nonce(seq)
	data := [recordHeaderLen]byte{head[0], head[1], head[2], byte(len(body) >> 8), byte(len(body))}
	out, err := p.aead.Open(dst, nonce[:], body, data[:])
	if err != nil {
		return nil, 0, false
	}
	return cutInner(out, len(dst))
}

// additional returns what is authenticated beside the content, of n bytes (RFC 5246
// section 6.2.3.3, RFC 9146 section 5). It is valid until the next call.
func (p *Protection) additional(head []byte, seq uint64, n int) []byte {
	b := p.data[:0]
	if ContentType(head[0]) == ContentCID {
		before, id := head[:dtlsRecordHeaderLen-2], head[dtlsRecordHeaderLen-2:len(head)-2]
		b = append(b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, byte(ContentCID), byte(len(id)))
		b = append(append(b, before...), id...)
	} else {
		b = append(binary.BigEndian.AppendUint64(b, seq), head[:3]...)
	}
	p.data = binary.BigEndian.AppendUint16(b, uint16(n))
	return p.data
}

// openAEAD opens a record of TLS 1.2 with an AEAD (RFC 5288 section 3, RFC 6655
// section 3, RFC 7905 section 2).
func (p *Protection) openAEAD(dst, head, body []byte, seq uint64) ([]byte, bool) {
	nonce := p.nonce(seq)
	if n := p.explicit(); n > 0 {
		copy(nonce[copy(nonce[:], p.iv[:implicitLen]):], body[:n])
		body = body[n:]
	}
	if len(body) < p.aead.Overhead() {
		return nil, false
	}
	data := p.additional(head, seq, len(body)-p.aead.Overhead())
	out, err := p.aead.Open(dst, nonce[:], body, data)
	return out, err == nil
}

// authentic reports whether a MAC is that of a content (RFC 5246 section 6.2.3.1).
func (p *Protection) authentic(head []byte, seq uint64, content, mac []byte) bool {
	p.mac.Reset()
	p.mac.Write(p.additional(head, seq, len(content)))
	p.mac.Write(content)
	var sum [64]byte
	return hmac.Equal(p.mac.Sum(sum[:0]), mac)
}

// openStream opens a record without padding (RFC 5246 section 6.2.3.1).
func (p *Protection) openStream(dst, head, body []byte, seq uint64) ([]byte, bool) {
	n := len(body) - p.mac.Size()
	if n < 0 {
		return nil, false
	}
	from := len(dst)
	dst = append(dst, body...)
	if p.stream != nil {
		after := *p.stream
		after.XORKeyStream(dst[from:], dst[from:])
		if !p.authentic(head, seq, dst[from:from+n], dst[from+n:]) {
			return nil, false
		}
		*p.stream = after
		return dst[: from+n : from+n], true
	}
	return dst[: from+n : from+n], p.authentic(head, seq, dst[from:from+n], dst[from+n:])
}

// openCBC opens a record with padding (RFC 5246 section 6.2.3.2, RFC 7366 section
// 3). In TLS 1.0, its last block is the IV of the next record.
func (p *Protection) openCBC(dst, head, body []byte, seq uint64) ([]byte, bool) {
	size, macLen := p.block.BlockSize(), p.mac.Size()
	if p.encryptThenMAC {
		n := len(body) - macLen
		if n < 0 || !p.authentic(head, seq, body[:n], body[n:]) {
			return nil, false
		}
		body = body[:n]
	}
	iv := p.iv[:size]
	if n := p.explicit(); n > 0 {
		if len(body) < n {
			return nil, false
		}
		iv, body = body[:n], body[n:]
	}
	if len(body) == 0 || len(body)%size != 0 {
		return nil, false
	}
	from := len(dst)
	dst = append(dst, body...)
	cipher.NewCBCDecrypter(p.block, iv).CryptBlocks(dst[from:], dst[from:])
	content, ok := cutPadding(dst[from:])
	if !p.encryptThenMAC && ok {
		n := len(content) - macLen
		ok = n >= 0 && p.authentic(head, seq, content[:max(n, 0)], content[max(n, 0):])
		content = content[:max(n, 0)]
	}
	if p.version == version10 && ok {
		copy(p.iv[:size], body[len(body)-size:])
	}
	end := from + len(content)
	return dst[:end:end], ok
}

// cutPadding removes the padding of CBC: its length, in bytes of that value.
func cutPadding(b []byte) ([]byte, bool) {
	n := int(b[len(b)-1]) + 1
	if n > len(b) {
		return b, false
	}
	pad := b[len(b)-n:]
	ok := bytes.Count(pad, pad[:1]) == n
	return b[:len(b)-n], ok
}
