package tls

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// ClientHello (RFC 8446 section 4.1.2): version, random, session ID, cipher
// suites, compression methods and, since TLS 1.2, extensions.
const (
	randomLen         = 32
	helloSessionIDOff = handshakeHeaderLen + 2 + randomLen
	maxSessionID      = 32
)

// hostName is the only name type of a server_name extension.
const hostName = 0

// ClientHello is a view of the first message of a TLS client (RFC 8446 section
// 4.1.2, RFC 5246 section 7.4.1.2, RFC 6101 section 5.6.1.2). It aliases the
// bytes given to [ParseClientHello], as does everything its methods return.
// Iterators yield the well-formed start of their list; Validate reports the
// first fault. They include GREASE values (RFC 8701).
type ClientHello struct {
	b []byte // handshake header and body

	// Offsets in b of the parts without a fixed place.
	suites, compression, extensions int
}

// ParseClientHello checks that b begins with a ClientHello message, handshake
// header included, with well-formed fields before its extensions, and returns a
// view of it that aliases b. The error is Short if the message is incomplete,
// Malformed if it is of another type or its fields exceed it.
func ParseClientHello(b []byte) (ClientHello, error) {
	m, err := parseHandshake(b, TypeClientHello, clientHelloLayer)
	if err != nil {
		return ClientHello{}, err
	}
	if len(m) < helloSessionIDOff {
		return ClientHello{}, wire.Fail(clientHelloLayer, wire.Malformed, len(b), 0)
	}
	h := ClientHello{b: m}
	_, rest, ok := text.CutVector(m[helloSessionIDOff:], 1)
	if !ok {
		return ClientHello{}, wire.Fail(clientHelloLayer, wire.Malformed, len(b), 0)
	}
	h.suites = len(m) - len(rest)
	if _, rest, ok = text.CutVector(rest, 2); !ok {
		return ClientHello{}, wire.Fail(clientHelloLayer, wire.Malformed, len(b), 0)
	}
	h.compression = len(m) - len(rest)
	if _, rest, ok = text.CutVector(rest, 1); !ok {
		return ClientHello{}, wire.Fail(clientHelloLayer, wire.Malformed, len(b), 0)
	}
	h.extensions = len(m) - len(rest)
	return h, nil
}

// Version returns the version field: the highest version that the client
// offers, but at most TLS 1.2 (0x0303). TLS 1.3 is offered in
// SupportedVersions.
func (h ClientHello) Version() uint16 { return binary.BigEndian.Uint16(h.b[handshakeHeaderLen:]) }

// Random returns the client's 32 random bytes.
func (h ClientHello) Random() []byte {
	return h.b[helloSessionIDOff-randomLen : helloSessionIDOff : helloSessionIDOff]
}

// SessionID returns the session to resume, or random bytes for compatibility
// (RFC 8446 appendix D.4). It may be empty.
func (h ClientHello) SessionID() []byte { return h.vector(helloSessionIDOff, 1) }

// CipherSuites returns the cipher suites, in the client's order.
func (h ClientHello) CipherSuites() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.vector(h.suites, 2))(yield) }
}

// CompressionMethods returns the compression methods, one per byte.
func (h ClientHello) CompressionMethods() []byte { return h.vector(h.compression, 1) }

func (h ClientHello) vector(off, size int) []byte {
	v, _, _ := text.CutVector(h.b[off:], size)
	return v
}

// Extensions returns the types and data of the extensions, in the client's
// order.
func (h ClientHello) Extensions() iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) { extensions(h.vector(h.extensions, 2))(yield) }
}

// Extension returns the data of the first extension of type typ, and whether it
// is present.
func (h ClientHello) Extension(typ uint16) ([]byte, bool) {
	return findExtension(h.vector(h.extensions, 2), typ)
}

// list returns the length-prefixed list in an extension's data.
func (h ClientHello) list(typ uint16, size int) []byte {
	data, _ := h.Extension(typ)
	list, _, _ := text.CutVector(data, size)
	return list
}

// ServerName returns the host name of the requested server (RFC 6066 section
// 3), nil if absent. It is not validated.
func (h ClientHello) ServerName() []byte {
	list := h.list(ExtensionServerName, 2)
	for len(list) > 0 {
		name, rest, whole := text.CutVector(list[1:], 2)
		if !whole {
			break
		}
		if list[0] == hostName {
			return name
		}
		list = rest
	}
	return nil
}

// ALPN returns the protocol names that the client offers (RFC 7301 section
// 3.1), in its order.
func (h ClientHello) ALPN() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for list := h.list(ExtensionALPN, 2); len(list) > 0; {
			name, rest, whole := text.CutVector(list, 1)
			if !whole || !yield(name) {
				return
			}
			list = rest
		}
	}
}

// SupportedVersions returns the versions that the client offers (RFC 8446
// section 4.2.1), in its order. It yields nothing for clients before TLS 1.3.
func (h ClientHello) SupportedVersions() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.list(ExtensionSupportedVersions, 1))(yield) }
}

// SupportedGroups returns the key exchange groups (RFC 8446 section 4.2.7), or
// elliptic curves before TLS 1.3 (RFC 8422 section 5.1.1), in the client's
// order.
func (h ClientHello) SupportedGroups() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.list(ExtensionSupportedGroups, 2))(yield) }
}

// PointFormats returns the elliptic curve point formats (RFC 8422 section
// 5.1.2), one per byte.
func (h ClientHello) PointFormats() []byte { return h.list(ExtensionPointFormats, 1) }

// SignatureAlgorithms returns the signature schemes that the client can verify
// (RFC 8446 section 4.2.3), in its order.
func (h ClientHello) SignatureAlgorithms() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.list(ExtensionSignatureAlgorithms, 2))(yield) }
}

// ConnectionID returns the connection ID that the server's records of DTLS shall have
// (RFC 9146 section 3), which may be empty, and whether there is one.
func (h ClientHello) ConnectionID() (id []byte, ok bool) {
	return connectionID(h.Extension(ExtensionConnectionID))
}

// Validate returns nil, or a *wire.Error about the first bad field: a session
// ID of more than 32 bytes, an empty or odd-length cipher suite list, no
// compression method, extensions that exceed their list or do not fill the
// message, or an extension with a method here whose list has the wrong length.
// Offset is the offset of the field in the message, and Have the number of
// bytes from there.
func (h ClientHello) Validate() error {
	if len(h.SessionID()) > maxSessionID {
		return h.fail(helloSessionIDOff)
	}
	if n := len(h.vector(h.suites, 2)); n == 0 || n%2 != 0 {
		return h.fail(h.suites)
	}
	if len(h.CompressionMethods()) == 0 {
		return h.fail(h.compression)
	}
	if off := badExtension(h.b, h.extensions, clientExtensionOK); off > 0 {
		return h.fail(off)
	}
	return nil
}

func (h ClientHello) fail(off int) error {
	return &wire.Error{Layer: clientHelloLayer, Reason: wire.Malformed, Offset: off, Have: len(h.b) - off}
}

// Bytes returns the message, including its handshake header.
func (h ClientHello) Bytes() []byte { return h.b }

// AppendText appends the highest version offered, the host name and the ALPN
// names to dst, in printable ASCII.
func (h ClientHello) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Appendf(dst, "%v version 0x%04x", TypeClientHello, h.highestVersion())
	if name := h.ServerName(); len(name) > 0 {
		dst = text.AppendQuoted(append(dst, " name "...), name)
	}
	for name := range h.ALPN() {
		dst = text.AppendQuoted(append(dst, " alpn "...), name)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (h ClientHello) String() string { b, _ := h.AppendText(nil); return string(b) }
