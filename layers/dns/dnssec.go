package dns

import (
	"encoding/binary"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
)

// A DNSKEY is the data of a DNSKEY record (RFC 4034 section 2.1), or of a
// CDNSKEY (RFC 7344 section 3.2) or KEY record (RFC 2535 section 3.1), which
// have the same fields. PublicKey aliases the message.
type DNSKEY struct {
	Flags               uint16
	Protocol, Algorithm uint8
	PublicKey           []byte
}

const dnskeyLen = 4 // before the key

// DNSKEY returns the data of a DNSKEY, CDNSKEY or KEY record.
func (rr Resource) DNSKEY() (DNSKEY, bool) {
	switch rr.Type {
	case TypeDNSKEY, TypeCDNSKEY, TypeKEY:
		if b := rr.Data; len(b) >= dnskeyLen {
			return DNSKEY{binary.BigEndian.Uint16(b), b[2], b[3], b[dnskeyLen:]}, true
		}
	}
	return DNSKEY{}, false
}

// KeyTag returns the number by which DS and RRSIG records refer to the key (RFC
// 4034 appendix B). It is wrong for algorithm 1 (RSA/MD5), which is obsolete
// (RFC 8624) and computes its tag differently.
func (k DNSKEY) KeyTag() uint16 {
	sum := uint32(k.Flags) + uint32(k.Protocol)<<8 + uint32(k.Algorithm)
	for i, c := range k.PublicKey {
		sum += uint32(c) << (8 * (1 - i&1))
	}
	return uint16(sum + sum>>16)
}

// An RRSIG is the data of an RRSIG record (RFC 4034 section 3.1) or of a SIG
// record (RFC 2535 section 4.1), which has the same fields. Signer and
// Signature alias the message.
type RRSIG struct {
	TypeCovered           Type
	Algorithm, Labels     uint8
	OriginalTTL           uint32 // in seconds
	Expiration, Inception uint32 // in seconds since 1970, modulo 2^32 (RFC 1982)
	KeyTag                uint16
	Signer                Name
	Signature             []byte
}

const rrsigLen = 18 // before the signer's name

// RRSIG returns the data of an RRSIG or SIG record.
func (rr Resource) RRSIG() (RRSIG, bool) {
	b := rr.Data
	if rr.Type != TypeRRSIG && rr.Type != TypeSIG || len(b) < rrsigLen {
		return RRSIG{}, false
	}
	signer, end, ok := rr.name(rrsigLen)
	if !ok {
		return RRSIG{}, false
	}
	return RRSIG{
		TypeCovered: Type(binary.BigEndian.Uint16(b)),
		Algorithm:   b[2],
		Labels:      b[3],
		OriginalTTL: binary.BigEndian.Uint32(b[4:]),
		Expiration:  binary.BigEndian.Uint32(b[8:]),
		Inception:   binary.BigEndian.Uint32(b[12:]),
		KeyTag:      binary.BigEndian.Uint16(b[16:]),
		Signer:      signer,
		Signature:   b[end:],
	}, true
}

// An NSEC is the data of an NSEC record (RFC 4034 section 4.1): the next name
// in the zone, and the types that exist at the record's own name. It aliases
// the message.
type NSEC struct {
	Next  Name
	Types TypeBitmap
}

// NSEC returns the data of an NSEC record.
func (rr Resource) NSEC() (NSEC, bool) {
	if rr.Type != TypeNSEC {
		return NSEC{}, false
	}
	next, end, ok := rr.name(0)
	if !ok {
		return NSEC{}, false
	}
	types := TypeBitmap{rr.Data[end:]}
	return NSEC{next, types}, types.valid()
}

// An NSEC3 is the data of an NSEC3 record (RFC 5155 section 3.1), or of an
// NSEC3PARAM record (section 4.1), which has no next name and no types. It
// aliases the message.
type NSEC3 struct {
	Algorithm, Flags uint8
	Iterations       uint16
	Salt             []byte
	NextHashed       []byte // the hash itself, not in Base32
	Types            TypeBitmap
}

const nsec3Len = 4 // before the salt

// NSEC3 returns the data of an NSEC3 or NSEC3PARAM record.
func (rr Resource) NSEC3() (NSEC3, bool) {
	b := rr.Data
	if rr.Type != TypeNSEC3 && rr.Type != TypeNSEC3PARAM || len(b) < nsec3Len {
		return NSEC3{}, false
	}
	n := NSEC3{Algorithm: b[0], Flags: b[1], Iterations: binary.BigEndian.Uint16(b[2:])}
	salt, b, whole := text.CutVector(b[nsec3Len:], 1)
	n.Salt = salt
	if rr.Type == TypeNSEC3PARAM {
		return n, whole && len(b) == 0
	}
	if !whole {
		return NSEC3{}, false
	}
	n.NextHashed, b, whole = text.CutVector(b, 1)
	n.Types = TypeBitmap{b}
	return n, whole && n.Types.valid()
}

// A TypeBitmap is a set of record types (RFC 4034 section 4.1.2), encoded as
// blocks of a window number, a length and a bitmap. It aliases the message.
type TypeBitmap struct{ b []byte }

const maxTypeWindow = 32 // bytes: 256 bits

// All returns the types, up to the first incomplete block. They ascend if the
// bitmap is valid.
func (t TypeBitmap) All() iter.Seq[Type] {
	return func(yield func(Type) bool) {
		for b := t.b; len(b) >= 2; {
			bits, rest, whole := text.CutVector(b[1:], 1)
			if !whole {
				return
			}
			for i := range 8 * len(bits) {
				if bits[i/8]<<(i%8)&0x80 != 0 && !yield(Type(int(b[0])<<8+i)) {
					return
				}
			}
			b = rest
		}
	}
}

// valid reports whether the blocks are complete and in ascending order.
func (t TypeBitmap) valid() bool {
	last := -1
	for b := t.b; len(b) > 0; {
		bits, rest, whole := text.CutVector(b[1:], 1)
		if !whole || len(bits) == 0 || len(bits) > maxTypeWindow || int(b[0]) <= last {
			return false
		}
		last, b = int(b[0]), rest
	}
	return true
}

// Bytes returns the encoded blocks.
func (t TypeBitmap) Bytes() []byte { return t.b }

// AppendText appends the names of the types to dst, separated by spaces.
func (t TypeBitmap) AppendText(dst []byte) ([]byte, error) {
	first := true
	for typ := range t.All() {
		if !first {
			dst = append(dst, ' ')
		}
		first = false
		dst = typ.appendTo(dst)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (t TypeBitmap) String() string { b, _ := t.AppendText(nil); return string(b) }
