package tls

import (
	"encoding/binary"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
)

// Extensions that ClientHello or ServerHello has methods for (IANA registry
// "tls-extensiontype-values").
const (
	ExtensionServerName          = 0     // RFC 6066 section 3
	ExtensionSupportedGroups     = 10    // RFC 8446 section 4.2.7
	ExtensionPointFormats        = 11    // RFC 8422 section 5.1.2
	ExtensionSignatureAlgorithms = 13    // RFC 8446 section 4.2.3
	ExtensionALPN                = 16    // RFC 7301 section 3.1
	ExtensionSessionTicket       = 35    // RFC 5077 section 3.2
	ExtensionPreSharedKey        = 41    // RFC 8446 section 4.2.11
	ExtensionEarlyData           = 42    // RFC 8446 section 4.2.10
	ExtensionSupportedVersions   = 43    // RFC 8446 section 4.2.1
	ExtensionConnectionID        = 54    // RFC 9146 section 3
	ExtensionECH                 = 65037 // RFC 9849 section 5
)

// IsGREASE reports whether v is one of the reserved values that clients send to
// keep servers tolerant of unknown values (RFC 8701 section 2), in cipher
// suites, extensions, groups, versions and signature algorithms.
func IsGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// extensions returns the types and data of the extensions in a list (RFC 8446
// section 4.2).
func extensions(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= 4 {
			data, rest, whole := text.CutVector(b[2:], 2)
			if !whole || !yield(binary.BigEndian.Uint16(b), data) {
				return
			}
			b = rest
		}
	}
}

// findExtension returns the data of the first extension of type typ in a list,
// and whether it is present.
func findExtension(b []byte, typ uint16) ([]byte, bool) {
	for t, data := range extensions(b) {
		if t == typ {
			return data, true
		}
	}
	return nil, false
}

// badExtension returns the offset of the first fault in the extensions of
// message b, which begin at off: a list that does not fill the message, or an
// extension that is incomplete or not ok. It returns 0 if there is no fault. A
// message may end before its extensions.
func badExtension(b []byte, off int, ok func(typ uint16, data []byte) bool) int {
	if off == len(b) {
		return 0
	}
	list, rest, whole := text.CutVector(b[off:], 2)
	if !whole || len(rest) > 0 {
		return off
	}
	off += 2
	for typ, data := range extensions(list) {
		if !ok(typ, data) {
			return off
		}
		off += 4 + len(data)
	}
	if off < len(b) {
		return off
	}
	return 0
}

// clientExtensionOK reports whether the data of a client's extension is a list
// of complete entries.
func clientExtensionOK(typ uint16, data []byte) bool {
	switch typ {
	case ExtensionServerName:
		list, rest, whole := text.CutVector(data, 2)
		for whole && len(list) > 0 {
			_, list, whole = text.CutVector(list[1:], 2)
		}
		return whole && len(rest) == 0
	case ExtensionALPN:
		return alpnOK(data)
	case ExtensionSupportedVersions:
		return numbersOK(data, 1, 2)
	case ExtensionSupportedGroups, ExtensionSignatureAlgorithms:
		return numbersOK(data, 2, 2)
	case ExtensionPointFormats:
		return numbersOK(data, 1, 1)
	case ExtensionConnectionID:
		_, ok := connectionID(data, true)
		return ok
	}
	return true
}

// serverExtensionOK reports whether the data of a server's extension has the
// form its type requires.
func serverExtensionOK(typ uint16, data []byte) bool {
	switch typ {
	case ExtensionALPN:
		return alpnOK(data)
	case ExtensionSupportedVersions:
		return len(data) == 2
	case ExtensionConnectionID:
		_, ok := connectionID(data, true)
		return ok
	}
	return true
}

// connectionID returns the connection ID in an extension.
func connectionID(data []byte, present bool) ([]byte, bool) {
	id, rest, whole := text.CutVector(data, 1)
	return id, present && whole && len(rest) == 0
}

func alpnOK(data []byte) bool {
	list, rest, whole := text.CutVector(data, 2)
	for whole && len(list) > 0 {
		_, list, whole = text.CutVector(list, 1)
	}
	return whole && len(rest) == 0
}

// numbersOK reports whether data is a length and that many bytes of size-byte
// numbers.
func numbersOK(data []byte, lengthSize, size int) bool {
	list, rest, whole := text.CutVector(data, lengthSize)
	return whole && len(rest) == 0 && len(list)%size == 0
}
