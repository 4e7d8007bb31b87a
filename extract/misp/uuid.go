package misp

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
)

// A UUID identifies an event, an attribute or an object (RFC 9562).
type UUID [16]byte

// NewUUID returns the version 5 UUID (RFC 9562 section 5.5) of a name in a namespace.
// A single part is the name itself. Several parts are joined unambiguously, each with
// its length.
func NewUUID(namespace UUID, parts ...string) UUID {
	var buf [512]byte // keeps most names on the stack
	b := append(buf[:0], namespace[:]...)
	for _, p := range parts {
		if len(parts) > 1 {
			b = binary.BigEndian.AppendUint64(b, uint64(len(p)))
		}
		b = append(b, p...)
	}
	sum := sha1.Sum(b)
	u := UUID(sum[:])
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return u
}

// ErrUUID is the error for a text that is not a UUID.
var ErrUUID = errors.New("misp: not a UUID")

// ParseUUID parses a UUID in the form 2ed6657d-e927-568b-95e1-2665a8aea6a2. Its error
// is ErrUUID.
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, ErrUUID
	}
	digits := s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	if _, err := hex.Decode(u[:], []byte(digits)); err != nil {
		return UUID{}, ErrUUID
	}
	return u, nil
}

// String returns the UUID in the form 2ed6657d-e927-568b-95e1-2665a8aea6a2.
func (u UUID) String() string {
	h := hex.EncodeToString(u[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// MarshalText returns the form of String.
func (u UUID) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// UnmarshalText parses the form of String.
func (u *UUID) UnmarshalText(b []byte) (err error) {
	*u, err = ParseUUID(string(b))
	return err
}
