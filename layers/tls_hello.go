package layers

import (
	"encoding/binary"
	"iter"
)

// ClientHello (RFC 8446 section 4.1.2): version, random, session ID, cipher
// suites, compression methods and, since TLS 1.2, extensions.
const (
	tlsRandomLen      = 32
	helloSessionIDOff = tlsHandshakeHeaderLen + 2 + tlsRandomLen
	tlsMaxSessionID   = 32
)

// The extensions that ClientHello has methods for (IANA registry
// "tls-extensiontype-values").
const (
	TLSExtensionServerName        = 0  // RFC 6066 section 3
	TLSExtensionALPN              = 16 // RFC 7301 section 3.1
	TLSExtensionSupportedVersions = 43 // RFC 8446 section 4.2.1
)

// tlsHostName is the only type of a name in a server_name extension.
const tlsHostName = 0

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
	if len(b) > 0 && b[0] != byte(TLSClientHello) {
		return ClientHello{}, Malformed
	}
	m, err := ParseTLSHandshake(b)
	if err != nil {
		return ClientHello{}, err
	}
	b = m.b
	if len(b) < helloSessionIDOff {
		return ClientHello{}, Malformed
	}
	h := ClientHello{b: b}
	_, rest, ok := cutVector(b[helloSessionIDOff:], 1)
	if !ok {
		return ClientHello{}, Malformed
	}
	h.suites = len(b) - len(rest)
	if _, rest, ok = cutVector(rest, 2); !ok {
		return ClientHello{}, Malformed
	}
	h.compression = len(b) - len(rest)
	if _, rest, ok = cutVector(rest, 1); !ok {
		return ClientHello{}, Malformed
	}
	h.extensions = len(b) - len(rest)
	return h, nil
}

// Version returns the version field: the highest that the client offers, up to
// TLS 1.2 (0x0303). A client of TLS 1.3 says so in SupportedVersions.
func (h ClientHello) Version() uint16 { return binary.BigEndian.Uint16(h.b[tlsHandshakeHeaderLen:]) }

// Random returns the client's 32 random bytes.
func (h ClientHello) Random() []byte {
	return h.b[helloSessionIDOff-tlsRandomLen : helloSessionIDOff : helloSessionIDOff]
}

// SessionID returns the session that the client wants to resume, or bytes
// without meaning (RFC 8446 appendix D.4); it may be empty.
func (h ClientHello) SessionID() []byte { return h.vector(helloSessionIDOff, 1) }

// CipherSuites returns the cipher suites, in the client's order.
func (h ClientHello) CipherSuites() iter.Seq[uint16] {
	return func(yield func(uint16) bool) { uint16s(h.vector(h.suites, 2))(yield) }
}

// CompressionMethods returns the compression methods, one in a byte.
func (h ClientHello) CompressionMethods() []byte { return h.vector(h.compression, 1) }

func (h ClientHello) vector(off, size int) []byte {
	v, _, _ := cutVector(h.b[off:], size)
	return v
}

// Extensions returns the extensions, type and data, in the client's order.
func (h ClientHello) Extensions() iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for b := h.vector(h.extensions, 2); len(b) >= 4; {
			typ := binary.BigEndian.Uint16(b)
			data, rest, whole := cutVector(b[2:], 2)
			if !whole || !yield(typ, data) {
				return
			}
			b = rest
		}
	}
}

// extension returns the data of the first extension of a type, nil when there
// is none.
func (h ClientHello) extension(typ uint16) []byte {
	for t, data := range h.Extensions() {
		if t == typ {
			return data
		}
	}
	return nil
}

// ServerName returns the host name of the server that the client wants (RFC
// 6066 section 3), nil when it names none. The bytes are the client's: they may
// be no host name.
func (h ClientHello) ServerName() []byte {
	list, _, _ := cutVector(h.extension(TLSExtensionServerName), 2)
	for len(list) > 0 {
		name, rest, whole := cutVector(list[1:], 2)
		if !whole {
			break
		}
		if list[0] == tlsHostName {
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
		list, _, _ := cutVector(h.extension(TLSExtensionALPN), 2)
		for len(list) > 0 {
			name, rest, whole := cutVector(list, 1)
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
	return func(yield func(uint16) bool) {
		list, _, _ := cutVector(h.extension(TLSExtensionSupportedVersions), 1)
		uint16s(list)(yield)
	}
}

// Validate returns nil, or an *Error about the first part that is wrong: a
// session ID of more than 32 bytes, cipher suites that are none or half a one,
// no compression method, extensions that exceed their list or do not fill the
// message, or one of those that have methods here with a list that is not what
// its length says. Offset is that of the part in the message, Have the number
// of bytes from there.
func (h ClientHello) Validate() error {
	if len(h.SessionID()) > tlsMaxSessionID {
		return h.fail(helloSessionIDOff)
	}
	if n := len(h.vector(h.suites, 2)); n == 0 || n%2 != 0 {
		return h.fail(h.suites)
	}
	if len(h.CompressionMethods()) == 0 {
		return h.fail(h.compression)
	}
	if h.extensions == len(h.b) {
		return nil
	}
	list, rest, whole := cutVector(h.b[h.extensions:], 2)
	if !whole || len(rest) > 0 {
		return h.fail(h.extensions)
	}
	off := h.extensions + 2
	for typ, data := range h.Extensions() {
		if !extensionOK(typ, data) {
			return h.fail(off)
		}
		off += 4 + len(data)
		list = list[4+len(data):]
	}
	if len(list) > 0 {
		return h.fail(off)
	}
	return nil
}

func (h ClientHello) fail(off int) error {
	return &Error{KindPayload, Malformed, off, len(h.b) - off}
}

// extensionOK reports whether an extension's data is one list of whole entries.
func extensionOK(typ uint16, data []byte) bool {
	switch typ {
	case TLSExtensionServerName:
		list, rest, whole := cutVector(data, 2)
		for whole && len(list) > 0 {
			_, list, whole = cutVector(list[1:], 2)
		}
		return whole && len(rest) == 0
	case TLSExtensionALPN:
		list, rest, whole := cutVector(data, 2)
		for whole && len(list) > 0 {
			_, list, whole = cutVector(list, 1)
		}
		return whole && len(rest) == 0
	case TLSExtensionSupportedVersions:
		list, rest, whole := cutVector(data, 1)
		return whole && len(rest) == 0 && len(list)%2 == 0
	}
	return true
}

// Bytes returns the message, its handshake header included.
func (h ClientHello) Bytes() []byte { return h.b }
