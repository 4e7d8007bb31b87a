package tls

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// ServerHello is a view of the reply to a ClientHello (RFC 8446 section 4.1.3,
// RFC 5246 section 7.4.1.3): version, random, session ID, cipher suite,
// compression method, extensions. It aliases the bytes given to
// [ParseServerHello], as does everything its methods return.
type ServerHello struct {
	b     []byte // handshake header and body
	suite int    // offset of the cipher suite in b
	list  int    // offset of the length of the extensions in b
}

// serverHelloFixed is the length of the cipher suite and compression method.
const serverHelloFixed = 3

// ParseServerHello checks that b begins with a ServerHello message, handshake
// header included, with well-formed fields before its extensions, and returns a
// view of it that aliases b. The error is Short if the message is incomplete,
// Malformed if it is of another type or its fields exceed it.
func ParseServerHello(b []byte) (ServerHello, error) {
	m, err := parseHandshake(b, TypeServerHello, serverHelloLayer)
	if err != nil {
		return ServerHello{}, err
	}
	if len(m) < helloSessionIDOff {
		return ServerHello{}, wire.Fail(serverHelloLayer, wire.Malformed, len(b), 0)
	}
	fixed, rest, ok := serverHelloFixed, m[helloSessionIDOff:], true
	if isOldDraft(m) {
		fixed = 2
	} else {
		_, rest, ok = text.CutVector(rest, 1)
	}
	if !ok || len(rest) < fixed {
		return ServerHello{}, wire.Fail(serverHelloLayer, wire.Malformed, len(b), 0)
	}
	suite := len(m) - len(rest)
	return ServerHello{m, suite, suite + fixed}, nil
}

// isOldDraft reports whether a ServerHello is of a draft of TLS 1.3 before 22,
// which has neither session ID nor compression method
// (draft-ietf-tls-tls13-21 section 4.1.3).
func isOldDraft(m []byte) bool { return m[handshakeHeaderLen] == 0x7f }

// Version returns the version field, the negotiated version up to TLS 1.2
// (0x0303). See SelectedVersion.
func (h ServerHello) Version() uint16 { return binary.BigEndian.Uint16(h.b[handshakeHeaderLen:]) }

// Random returns the server's 32 random bytes.
func (h ServerHello) Random() []byte {
	return h.b[helloSessionIDOff-randomLen : helloSessionIDOff : helloSessionIDOff]
}

// helloRetryRandom is SHA-256("HelloRetryRequest") (RFC 8446 section 4.1.3).
const helloRetryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91" +
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// IsRetry reports whether the message is a HelloRetryRequest, after which
// client and server send another hello each.
func (h ServerHello) IsRetry() bool { return string(h.Random()) == helloRetryRandom }

// SessionID returns the session that the server opens or resumes, or in TLS 1.3
// the client's session ID. It may be empty.
func (h ServerHello) SessionID() []byte {
	if isOldDraft(h.b) {
		return nil
	}
	id, _, _ := text.CutVector(h.b[helloSessionIDOff:], 1)
	return id
}

// CipherSuite returns the cipher suite that the server chose.
func (h ServerHello) CipherSuite() uint16 { return binary.BigEndian.Uint16(h.b[h.suite:]) }

// CompressionMethod returns the compression method that the server chose, 0 if
// there is no such field.
func (h ServerHello) CompressionMethod() uint8 {
	if isOldDraft(h.b) {
		return 0
	}
	return h.b[h.suite+2]
}

// Extensions returns the types and data of the extensions, in the server's
// order.
func (h ServerHello) Extensions() iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) { extensions(h.extensionList())(yield) }
}

func (h ServerHello) extensionList() []byte {
	list, _, _ := text.CutVector(h.b[h.list:], 2)
	return list
}

// Extension returns the data of the first extension of type typ, and whether it
// is present.
func (h ServerHello) Extension(typ uint16) ([]byte, bool) {
	return findExtension(h.extensionList(), typ)
}

// SelectedVersion returns the negotiated version: that of the
// supported_versions extension of TLS 1.3 (RFC 8446 section 4.2.1), or else
// Version.
func (h ServerHello) SelectedVersion() uint16 {
	if data, _ := h.Extension(ExtensionSupportedVersions); len(data) == 2 {
		return binary.BigEndian.Uint16(data)
	}
	return h.Version()
}

// ALPN returns the protocol that the server chose (RFC 7301 section 3.1), nil
// if absent. TLS 1.3 sends it encrypted.
func (h ServerHello) ALPN() []byte {
	data, _ := h.Extension(ExtensionALPN)
	return chosenProtocol(data)
}

// ALPN returns the protocol that the server chose, as ServerHello.ALPN does, in a
// ServerHello or in EncryptedExtensions.
func (m Handshake) ALPN() []byte {
	data, _ := m.Extension(ExtensionALPN)
	return chosenProtocol(data)
}

// chosenProtocol returns the name in a server's ALPN extension.
func chosenProtocol(data []byte) []byte {
	list, _, _ := text.CutVector(data, 2)
	name, _, whole := text.CutVector(list, 1)
	if !whole {
		return nil
	}
	return name
}

// ConnectionID returns the connection ID that the client's records of DTLS shall have
// (RFC 9146 section 3), which may be empty, and whether there is one.
func (h ServerHello) ConnectionID() (id []byte, ok bool) {
	return connectionID(h.Extension(ExtensionConnectionID))
}

// Validate returns nil, or a *wire.Error about the first bad field: a session
// ID of more than 32 bytes, extensions that exceed their list or do not fill
// the message, or an extension with a method here that is malformed. Offset is
// the offset of the field in the message, and Have the number of bytes from
// there.
func (h ServerHello) Validate() error {
	off := badExtension(h.b, h.list, serverExtensionOK)
	if len(h.SessionID()) > maxSessionID {
		off = helloSessionIDOff
	}
	if off == 0 {
		return nil
	}
	return &wire.Error{Layer: serverHelloLayer, Reason: wire.Malformed, Offset: off, Have: len(h.b) - off}
}

// Bytes returns the message, including its handshake header.
func (h ServerHello) Bytes() []byte { return h.b }

// AppendText appends the version, the cipher suite and the protocol to dst, in
// printable ASCII.
func (h ServerHello) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Appendf(dst, "%v version 0x%04x suite 0x%04x", TypeServerHello, h.SelectedVersion(), h.CipherSuite())
	if name := h.ALPN(); len(name) > 0 {
		dst = text.AppendQuoted(append(dst, " alpn "...), name)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (h ServerHello) String() string { b, _ := h.AppendText(nil); return string(b) }
