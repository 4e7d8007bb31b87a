package tls

import (
	"encoding/binary"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
)

// The extensions that ClientHello and ServerHello have methods for (IANA registry
// "tls-extensiontype-values").
const (
	ExtensionServerName          = 0     // RFC 6066 section 3
	ExtensionSupportedGroups     = 10    // RFC 8446 section 4.2.7
	ExtensionPointFormats        = 11    // RFC 8422 section 5.1.2
	ExtensionSignatureAlgorithms = 13    // RFC 8446 section 4.2.3
	ExtensionALPN                = 16    // RFC 7301 section 3.1
	ExtensionSupportedVersions   = 43    // RFC 8446 section 4.2.1
	ExtensionECH                 = 65037 // RFC 9849 section 5
)

// IsGREASE reports whether v is one of the values that clients send lest servers
// choke on what they do not know (RFC 8701 section 2): cipher suites, extensions,
// groups, versions and signature algorithms alike.
func IsGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// extensions returns the extensions in a list (RFC 8446 section 4.2), type and
// data.
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

// findExtension returns the data of the first extension of a type in a list, and
// whether there is one.
func findExtension(b []byte, typ uint16) ([]byte, bool) {
	for t, data := range extensions(b) {
		if t == typ {
			return data, true
		}
	}
	return nil, false
}

// badExtension returns the offset of what is wrong with the extensions that begin
// at off in a message b: their list, when it is not what follows there, or the
// first of them that is not whole, or not ok. It returns 0 when nothing is wrong.
// A message may end before its extensions.
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

// clientExtensionOK reports whether the data of a client's extension is one list
// of whole entries.
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
	}
	return true
}

// serverExtensionOK reports whether the data of a server's extension is what its
// type asks for.
func serverExtensionOK(typ uint16, data []byte) bool {
	switch typ {
	case ExtensionALPN:
		return alpnOK(data)
	case ExtensionSupportedVersions:
		return len(data) == 2
	}
	return true
}

func alpnOK(data []byte) bool {
	list, rest, whole := text.CutVector(data, 2)
	for whole && len(list) > 0 {
		_, list, whole = text.CutVector(list, 1)
	}
	return whole && len(rest) == 0
}

// numbersOK reports whether data is numbers of a size behind their length.
func numbersOK(data []byte, lengthSize, size int) bool {
	list, rest, whole := text.CutVector(data, lengthSize)
	return whole && len(rest) == 0 && len(list)%size == 0
}
