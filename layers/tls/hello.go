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

// tlsHostName is the only type of a name in a server_name extension.
const hostName = 0

// ClientHello is a view of the message that a TLS client begins with (RFC 8446
// section 4.1.2, RFC 5246 section 7.4.1.2, RFC 6101 section 5.6.1.2).
// ParseClientHello makes it. It aliases the bytes given to ParseClientHello, as
// does everything that its methods return. Iterators yield the well-formed
// prefix of their list; Validate says what is wrong with the rest. Values that
// clients make up (GREASE, RFC 8701) are yielded like all others.
type ClientHello struct {
	b []byte // handshake header and body

	// Offsets in b of what has no fixed place.
	suites, compression, extensions int
}

// ParseClientHello checks that b begins with a handshake message, header
// included, that is a ClientHello and sound up to its extensions, and returns a
// view of it that aliases b. The error is Short when b ends before the message
// does, Malformed when it is another message or its parts exceed its length.
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

// Version returns the version field: the highest that the client offers, up to
// TLS 1.2 (0x0303). A client of TLS 1.3 says so in SupportedVersions.
func (h ClientHello) Version() uint16 { return binary.BigEndian.Uint16(h.b[handshakeHeaderLen:]) }

// Random returns the client's 32 random bytes.
func (h ClientHello) Random() []byte {
	return h.b[helloSessionIDOff-randomLen : helloSessionIDOff : helloSessionIDOff]
}

// SessionID returns the session that the client wants to resume, or bytes
// without meaning (RFC 8446 appendix D.4); it may be empty.
func (h ClientHello) SessionID() []byte { return h.vector(helloSessionIDOff, 1) }

// CipherSuites returns the cipher suites, in the client's order.
func (h ClientHello) CipherSuites() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.vector(h.suites, 2))(yield) }
}

// CompressionMethods returns the compression methods, one in a byte.
func (h ClientHello) CompressionMethods() []byte { return h.vector(h.compression, 1) }

func (h ClientHello) vector(off, size int) []byte {
	v, _, _ := text.CutVector(h.b[off:], size)
	return v
}

// Extensions returns the extensions, type and data, in the client's order.
func (h ClientHello) Extensions() iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) { extensions(h.vector(h.extensions, 2))(yield) }
}

// Extension returns the data of the first extension of a type, and whether there
// is one.
func (h ClientHello) Extension(typ uint16) ([]byte, bool) {
	return findExtension(h.vector(h.extensions, 2), typ)
}

// list returns the list that the data of an extension is: behind a length of
// size bytes.
func (h ClientHello) list(typ uint16, size int) []byte {
	data, _ := h.Extension(typ)
	list, _, _ := text.CutVector(data, size)
	return list
}

// ServerName returns the host name of the server that the client wants (RFC
// 6066 section 3), nil when it names none. The bytes are the client's: they may
// be no host name.
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

// ALPN returns the names of the protocols that the client offers to speak (RFC
// 7301 section 3.1), in its order.
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
// section 4.2.1), in its order; none before TLS 1.3.
func (h ClientHello) SupportedVersions() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.list(ExtensionSupportedVersions, 1))(yield) }
}

// SupportedGroups returns the groups for the key exchange (RFC 8446 section
// 4.2.7), before TLS 1.3 elliptic curves (RFC 8422 section 5.1.1), in the
// client's order.
func (h ClientHello) SupportedGroups() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.list(ExtensionSupportedGroups, 2))(yield) }
}

// PointFormats returns the formats of points on elliptic curves (RFC 8422 section
// 5.1.2), one in a byte.
func (h ClientHello) PointFormats() []byte { return h.list(ExtensionPointFormats, 1) }

// SignatureAlgorithms returns the schemes that the client can verify (RFC 8446
// section 4.2.3), in its order.
func (h ClientHello) SignatureAlgorithms() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { text.Uint16s(h.list(ExtensionSignatureAlgorithms, 2))(yield) }
}

// Validate returns nil, or an *Error about the first part that is wrong: a
// session ID of more than 32 bytes, cipher suites that are none or half a one,
// no compression method, extensions that exceed their list or do not fill the
// message, or one of those that have methods here with a list that is not what
// its length says. Offset is that of the part in the message, Have the number
// of bytes from there.
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

// Bytes returns the message, its handshake header included.
func (h ClientHello) Bytes() []byte { return h.b }

// AppendText appends a short description to dst: the highest version offered, the
// host name, and the protocols of ALPN. Nothing in it but printable ASCII comes
// from the message.
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

// String returns what AppendText appends.
func (h ClientHello) String() string { b, _ := h.AppendText(nil); return string(b) }
