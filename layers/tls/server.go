package tls

import (
	"encoding/binary"
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// ServerHello is a view of the message that answers a ClientHello (RFC 8446
// section 4.1.3, RFC 5246 section 7.4.1.3): version, random, session ID, cipher
// suite, compression method, extensions. ParseServerHello makes it. It aliases
// the bytes given to ParseServerHello, as does everything that its methods
// return.
type ServerHello struct {
	b     []byte // handshake header and body
	suite int    // offset of the cipher suite in b
}

// serverHelloFixed is the length of cipher suite and compression method.
const serverHelloFixed = 3

// ParseServerHello checks that b begins with a handshake message, header
// included, that is a ServerHello and sound up to its extensions, and returns a
// view of it that aliases b. The error is Short when b ends before the message
// does, Malformed when it is another message or its parts exceed its length.
func ParseServerHello(b []byte) (ServerHello, error) {
	m, err := parseHandshake(b, TypeServerHello, serverHelloLayer)
	if err != nil {
		return ServerHello{}, err
	}
	if len(m) < helloSessionIDOff {
		return ServerHello{}, wire.Fail(serverHelloLayer, wire.Malformed, len(b), 0)
	}
	_, rest, ok := text.CutVector(m[helloSessionIDOff:], 1)
	if !ok || len(rest) < serverHelloFixed {
		return ServerHello{}, wire.Fail(serverHelloLayer, wire.Malformed, len(b), 0)
	}
	return ServerHello{m, len(m) - len(rest)}, nil
}

// Version returns the version field: what is spoken up to TLS 1.2 (0x0303). See
// SelectedVersion.
func (h ServerHello) Version() uint16 { return binary.BigEndian.Uint16(h.b[handshakeHeaderLen:]) }

// Random returns the server's 32 random bytes.
func (h ServerHello) Random() []byte {
	return h.b[helloSessionIDOff-randomLen : helloSessionIDOff : helloSessionIDOff]
}

// helloRetryRandom is SHA-256("HelloRetryRequest") (RFC 8446 section 4.1.3).
const helloRetryRandom = "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91" +
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

// IsRetry reports whether the message is a HelloRetryRequest: client and server
// then say hello once more.
func (h ServerHello) IsRetry() bool { return string(h.Random()) == helloRetryRandom }

// SessionID returns the session that the server opens or resumes, in TLS 1.3 what
// the client sent; it may be empty.
func (h ServerHello) SessionID() []byte {
	id, _, _ := text.CutVector(h.b[helloSessionIDOff:], 1)
	return id
}

// CipherSuite returns the cipher suite that the server chose.
func (h ServerHello) CipherSuite() uint16 { return binary.BigEndian.Uint16(h.b[h.suite:]) }

// CompressionMethod returns the compression method that the server chose.
func (h ServerHello) CompressionMethod() uint8 { return h.b[h.suite+2] }

// Extensions returns the extensions, type and data, in the server's order.
func (h ServerHello) Extensions() iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) { extensions(h.extensionList())(yield) }
}

func (h ServerHello) extensionList() []byte {
	list, _, _ := text.CutVector(h.b[h.suite+serverHelloFixed:], 2)
	return list
}

// Extension returns the data of the first extension of a type, and whether there
// is one.
func (h ServerHello) Extension(typ uint16) ([]byte, bool) {
	return findExtension(h.extensionList(), typ)
}

// SelectedVersion returns the version that is spoken: that of the extension
// supported_versions, which TLS 1.3 has (RFC 8446 section 4.2.1), else Version.
func (h ServerHello) SelectedVersion() uint16 {
	if data, _ := h.Extension(ExtensionSupportedVersions); len(data) == 2 {
		return binary.BigEndian.Uint16(data)
	}
	return h.Version()
}

// ALPN returns the protocol that the server chose (RFC 7301 section 3.1), nil when
// it says none; TLS 1.3 says it in an encrypted message.
func (h ServerHello) ALPN() []byte {
	data, _ := h.Extension(ExtensionALPN)
	list, _, _ := text.CutVector(data, 2)
	name, _, whole := text.CutVector(list, 1)
	if !whole {
		return nil
	}
	return name
}

// Validate returns nil, or an *Error about the first part that is wrong: a
// session ID of more than 32 bytes, extensions that exceed their list or do not
// fill the message, or one that has a method here and is not what that reads.
// Offset is that of the part in the message, Have the number of bytes from there.
func (h ServerHello) Validate() error {
	off := badExtension(h.b, h.suite+serverHelloFixed, serverExtensionOK)
	if len(h.SessionID()) > maxSessionID {
		off = helloSessionIDOff
	}
	if off == 0 {
		return nil
	}
	return &wire.Error{Layer: serverHelloLayer, Reason: wire.Malformed, Offset: off, Have: len(h.b) - off}
}

// Bytes returns the message, its handshake header included.
func (h ServerHello) Bytes() []byte { return h.b }

// AppendText appends a short description to dst: version, cipher suite and
// protocol. Nothing in it but printable ASCII comes from the message.
func (h ServerHello) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Appendf(dst, "%v version 0x%04x suite 0x%04x", TypeServerHello, h.SelectedVersion(), h.CipherSuite())
	if name := h.ALPN(); len(name) > 0 {
		dst = text.AppendQuoted(append(dst, " alpn "...), name)
	}
	return dst, nil
}

// String returns what AppendText appends.
func (h ServerHello) String() string { b, _ := h.AppendText(nil); return string(b) }
