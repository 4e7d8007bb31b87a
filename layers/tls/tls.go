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
	// The limit of RFC 5246 section 6.2.3. TLS 1.3 allows less.
	maxRecord = 1<<14 + 2048
)

// A ContentType is the type of a TLS record's content (IANA registry
// "tls-parameters").
type ContentType uint8

// The content types (RFC 8446 section 5.1, RFC 6520 section 3, RFC 9146 section 8).
const (
	ContentChangeCipherSpec ContentType = 20
	ContentAlert            ContentType = 21
	ContentHandshake        ContentType = 22
	ContentApplicationData  ContentType = 23
	ContentHeartbeat        ContentType = 24
	ContentCID              ContentType = 25
)

// String returns the content type's registered name, or its number.
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
	case ContentCID:
		return "tls12_cid"
	}
	return strconv.Itoa(int(t))
}

// Record is a view of a record of TLS or SSL 3 (RFC 8446 section 5.1, RFC 6101
// section 5.2.1).
type Record struct{ b []byte }

// ParseRecord checks that b begins with a complete record and returns a view of
// it that aliases b. It ignores the bytes after the record. The error is Short
// if the record is incomplete, Malformed if the content type is unknown or the
// length exceeds 2^14+2048. It does not check the version, as RFC 8446 demands.
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

// Type returns the content type.
func (r Record) Type() ContentType { return ContentType(r.b[0]) }

// Version returns the version field: 0x0300 for SSL 3, 0x0301 for TLS 1.0. It
// is not the negotiated version.
func (r Record) Version() uint16 { return binary.BigEndian.Uint16(r.b[1:]) }

// Payload returns the record's data: one or more messages, or part of one.
func (r Record) Payload() []byte { return r.b[recordHeaderLen:] }

// Bytes returns the header and payload.
func (r Record) Bytes() []byte { return r.b }

// AppendText appends a short description to dst.
func (r Record) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v version 0x%04x len %d", r.Type(), r.Version(), len(r.Payload())), nil
}

// String returns the text that AppendText appends.
func (r Record) String() string { b, _ := r.AppendText(nil); return string(b) }

// Handshake message (RFC 8446 section 4): type, length of 24 bits, body.
const handshakeHeaderLen = 4

// A HandshakeType is the type of a handshake message (IANA registry
// "tls-parameters").
type HandshakeType uint8

// The handshake message types (RFC 8446 section 4, RFC 5246 section 7.4, RFC
// 5077, RFC 6066 section 8, RFC 8879).
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

// String returns the message type's registered name, or its number.
func (t HandshakeType) String() string { return text.NameOf(handshakeNames[:], "", t) }

// Names of the messages in errors.
const (
	clientHelloLayer = "TLS ClientHello"
	serverHelloLayer = "TLS ServerHello"
	certificateLayer = "TLS Certificate"
)

// Handshake is a view of a handshake message (RFC 8446 section 4), reassembled
// from the payloads of its records. QUIC's CRYPTO frames carry the same
// messages (RFC 9001 section 4).
type Handshake struct{ b []byte }

// ParseHandshake checks that b begins with a complete handshake message and
// returns a view of it that aliases b. It ignores the bytes after the message.
// The error is Short. A message may state a length of up to 16 MiB: the caller
// should limit it.
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

// parseHandshake returns the handshake message of type t at the start of b. The
// error is Malformed if b begins with another type, however short it is. layer
// names the message in errors.
func parseHandshake(b []byte, t HandshakeType, layer string) ([]byte, error) {
	if len(b) > 0 && b[0] != byte(t) {
		return nil, wire.Fail(layer, wire.Malformed, len(b), 0)
	}
	m, err := ParseHandshake(b)
	return m.b, err
}

// Type returns the message type.
func (m Handshake) Type() HandshakeType { return HandshakeType(m.b[0]) }

// ClientHello returns the message as a ClientHello. It reports false if
// ParseClientHello returns an error.
func (m Handshake) ClientHello() (h ClientHello, ok bool) {
	h, err := ParseClientHello(m.b)
	return h, err == nil
}

// ServerHello returns the message as a ServerHello. It reports false if
// ParseServerHello returns an error.
func (m Handshake) ServerHello() (h ServerHello, ok bool) {
	h, err := ParseServerHello(m.b)
	return h, err == nil
}

// Certificate returns the message as a Certificate. It reports false if
// ParseCertificate returns an error.
func (m Handshake) Certificate() (c Certificate, ok bool) {
	c, err := ParseCertificate(m.b)
	return c, err == nil
}

// Extension returns the data of the first extension of type typ in a ServerHello or
// in the EncryptedExtensions of TLS 1.3 (RFC 8446 section 4.3.1), and whether it is
// present.
func (m Handshake) Extension(typ uint16) ([]byte, bool) {
	if m.Type() == TypeEncryptedExtensions {
		list, _, _ := text.CutVector(m.Body(), 2)
		return findExtension(list, typ)
	}
	if h, ok := m.ServerHello(); ok {
		return h.Extension(typ)
	}
	return nil, false
}

// Body returns the message without its header, for messages that this package
// does not decode. ParseClientHello and similar functions need the whole
// message.
func (m Handshake) Body() []byte { return m.b[handshakeHeaderLen:] }

// Bytes returns header and body.
func (m Handshake) Bytes() []byte { return m.b }

// AppendText appends a short description to dst.
func (m Handshake) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v len %d", m.Type(), len(m.Body())), nil
}

// String returns the text that AppendText appends.
func (m Handshake) String() string { b, _ := m.AppendText(nil); return string(b) }
