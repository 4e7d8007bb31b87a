package tls

import (
	"encoding/binary"
	"fmt"
	"strconv"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// TLS record (RFC 8446 section 5.1): content type, version, length, data.
const (
	recordHeaderLen = 5
	// RFC 5246 section 6.2.3; TLS 1.3 allows less.
	maxRecord = 1<<14 + 2048
)

// A ContentType says what a TLS record carries (IANA registry
// "tls-parameters").
type ContentType uint8

// The content types (RFC 8446 section 5.1, RFC 6520 section 3).
const (
	ContentChangeCipherSpec ContentType = 20
	ContentAlert            ContentType = 21
	ContentHandshake        ContentType = 22
	ContentApplicationData  ContentType = 23
	ContentHeartbeat        ContentType = 24
)

// String returns the content type's name in the registry, or its number.
func (t ContentType) String() string {
	switch t {
	case ContentChangeCipherSpec:
		return "change_cipher_spec"
	case ContentAlert:
		return "alert"
	case ContentHandshake:
		return "handshake"
	case ContentApplicationData:
		return "application_data"
	case ContentHeartbeat:
		return "heartbeat"
	}
	return strconv.Itoa(int(t))
}

// Record is a view of one record of TLS or SSL 3 (RFC 8446 section 5.1, RFC
// 6101 section 5.2.1). ParseRecord makes it.
type Record struct{ b []byte }

// ParseRecord checks that b begins with a whole record and returns a view of
// it that aliases b; what follows in b is no part of it. The error is Short
// when b ends before the record does, Malformed when the content type is
// unknown or the length more than 2^14+2048. The version is not looked at, as
// RFC 8446 asks.
func ParseRecord(b []byte) (Record, error) {
	if len(b) > 0 && (b[0] < byte(ContentChangeCipherSpec) || b[0] > byte(ContentHeartbeat)) {
		return Record{}, wire.Fail("TLS record", wire.Malformed, len(b), 0)
	}
	if len(b) < recordHeaderLen {
		return Record{}, wire.Fail("TLS record", wire.Short, len(b), recordHeaderLen)
	}
	n := int(binary.BigEndian.Uint16(b[3:]))
	if n > maxRecord {
		return Record{}, wire.Fail("TLS record", wire.Malformed, len(b), 0)
	}
	end := recordHeaderLen + n
	if len(b) < end {
		return Record{}, wire.Fail("TLS record", wire.Short, len(b), end)
	}
	return Record{b[:end:end]}, nil
}

// Type returns what the record carries.
func (r Record) Type() ContentType { return ContentType(r.b[0]) }

// Version returns the version field: 0x0300 is SSL 3, 0x0301 TLS 1.0. It is
// not the version that is spoken.
func (r Record) Version() uint16 { return binary.BigEndian.Uint16(r.b[1:]) }

// Payload returns the record's data: whole messages, several, or a part of one.
func (r Record) Payload() []byte { return r.b[recordHeaderLen:] }

// Bytes returns header and payload.
func (r Record) Bytes() []byte { return r.b }

// AppendText appends a short description to dst.
func (r Record) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v version 0x%04x len %d", r.Type(), r.Version(), len(r.Payload())), nil
}

// String returns what AppendText appends.
func (r Record) String() string { b, _ := r.AppendText(nil); return string(b) }

// Handshake message (RFC 8446 section 4): type, length of 24 bits, body.
const handshakeHeaderLen = 4

// A HandshakeType is the type of a handshake message (IANA registry
// "tls-parameters").
type HandshakeType uint8

// The handshake messages (RFC 8446 section 4, RFC 5246 section 7.4, RFC 5077,
// RFC 6066 section 8, RFC 8879).
const (
	TypeHelloRequest          HandshakeType = 0
	TypeClientHello           HandshakeType = 1
	TypeServerHello           HandshakeType = 2
	TypeNewSessionTicket      HandshakeType = 4
	TypeEndOfEarlyData        HandshakeType = 5
	TypeEncryptedExtensions   HandshakeType = 8
	TypeCertificate           HandshakeType = 11
	TypeServerKeyExchange     HandshakeType = 12
	TypeCertificateRequest    HandshakeType = 13
	TypeServerHelloDone       HandshakeType = 14
	TypeCertificateVerify     HandshakeType = 15
	TypeClientKeyExchange     HandshakeType = 16
	TypeFinished              HandshakeType = 20
	TypeCertificateStatus     HandshakeType = 22
	TypeKeyUpdate             HandshakeType = 24
	TypeCompressedCertificate HandshakeType = 25
)

var handshakeNames = [...]string{
	TypeHelloRequest:          "hello_request",
	TypeClientHello:           "client_hello",
	TypeServerHello:           "server_hello",
	TypeNewSessionTicket:      "new_session_ticket",
	TypeEndOfEarlyData:        "end_of_early_data",
	TypeEncryptedExtensions:   "encrypted_extensions",
	TypeCertificate:           "certificate",
	TypeServerKeyExchange:     "server_key_exchange",
	TypeCertificateRequest:    "certificate_request",
	TypeServerHelloDone:       "server_hello_done",
	TypeCertificateVerify:     "certificate_verify",
	TypeClientKeyExchange:     "client_key_exchange",
	TypeFinished:              "finished",
	TypeCertificateStatus:     "certificate_status",
	TypeKeyUpdate:             "key_update",
	TypeCompressedCertificate: "compressed_certificate",
}

// String returns the message's name in the registry, or its number.
func (t HandshakeType) String() string { return text.NameOf(handshakeNames[:], "", t) }

// What messages are called in errors.
const (
	clientHelloLayer = "TLS ClientHello"
	serverHelloLayer = "TLS ServerHello"
	certificateLayer = "TLS Certificate"
)

// Handshake is a view of one handshake message (RFC 8446 section 4), put
// together from the payloads of its records. QUIC's CRYPTO frames carry the
// same messages (RFC 9001 section 4). ParseHandshake makes it.
type Handshake struct{ b []byte }

// ParseHandshake checks that b begins with a whole handshake message and
// returns a view of it that aliases b; what follows in b is no part of it. The
// error is Short. A message may say that it is 16 MiB long: a limit is the
// caller's.
func ParseHandshake(b []byte) (Handshake, error) {
	if len(b) < handshakeHeaderLen {
		return Handshake{}, wire.Fail("TLS handshake", wire.Short, len(b), handshakeHeaderLen)
	}
	end := handshakeHeaderLen + int(binary.BigEndian.Uint32(b)&0xffffff)
	if len(b) < end {
		return Handshake{}, wire.Fail("TLS handshake", wire.Short, len(b), end)
	}
	return Handshake{b[:end:end]}, nil
}

// parseHandshake returns the handshake message of type t that b begins with. The
// error is Malformed when it is of another type, however short b is; layer is
// what it calls the message.
func parseHandshake(b []byte, t HandshakeType, layer string) ([]byte, error) {
	if len(b) > 0 && b[0] != byte(t) {
		return nil, wire.Fail(layer, wire.Malformed, len(b), 0)
	}
	m, err := ParseHandshake(b)
	return m.b, err
}

// Type returns the message's type.
func (m Handshake) Type() HandshakeType { return HandshakeType(m.b[0]) }

// ClientHello returns the message as a ClientHello; ok is false when it is another
// message, or a ClientHello that ParseClientHello refuses.
func (m Handshake) ClientHello() (h ClientHello, ok bool) {
	h, err := ParseClientHello(m.b)
	return h, err == nil
}

// ServerHello returns the message as a ServerHello; ok is false when it is another
// message, or a ServerHello that ParseServerHello refuses.
func (m Handshake) ServerHello() (h ServerHello, ok bool) {
	h, err := ParseServerHello(m.b)
	return h, err == nil
}

// Certificate returns the message as a Certificate; ok is false when it is another
// message.
func (m Handshake) Certificate() (c Certificate, ok bool) {
	c, err := ParseCertificate(m.b)
	return c, err == nil
}

// Body returns the message without its header. It is for messages that this
// package has no view of: ParseClientHello and its like take the whole message.
func (m Handshake) Body() []byte { return m.b[handshakeHeaderLen:] }

// Bytes returns header and body.
func (m Handshake) Bytes() []byte { return m.b }

// AppendText appends a short description to dst.
func (m Handshake) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v len %d", m.Type(), len(m.Body())), nil
}

// String returns what AppendText appends.
func (m Handshake) String() string { b, _ := m.AppendText(nil); return string(b) }
