package layers

import (
	"encoding/binary"
	"iter"
	"strconv"
)

// TLS record (RFC 8446 section 5.1): content type, version, length, data.
const (
	tlsRecordHeaderLen = 5
	// RFC 5246 section 6.2.3; TLS 1.3 allows less.
	tlsMaxRecord = 1<<14 + 2048
)

// A TLSContentType says what a TLS record carries (IANA registry
// "tls-parameters").
type TLSContentType uint8

// The content types (RFC 8446 section 5.1, RFC 6520 section 3).
const (
	TLSChangeCipherSpec TLSContentType = 20
	TLSAlert            TLSContentType = 21
	TLSHandshakeRecord  TLSContentType = 22
	TLSApplicationData  TLSContentType = 23
	TLSHeartbeat        TLSContentType = 24
)

// String returns the content type's name in the registry, or its number.
func (t TLSContentType) String() string {
	switch t {
	case TLSChangeCipherSpec:
		return "change_cipher_spec"
	case TLSAlert:
		return "alert"
	case TLSHandshakeRecord:
		return "handshake"
	case TLSApplicationData:
		return "application_data"
	case TLSHeartbeat:
		return "heartbeat"
	}
	return strconv.Itoa(int(t))
}

// TLSRecord is a view of one record of TLS or SSL 3 (RFC 8446 section 5.1, RFC
// 6101 section 5.2.1). ParseTLSRecord makes it.
type TLSRecord struct{ b []byte }

// ParseTLSRecord checks that b begins with a whole record and returns a view of
// it that aliases b; what follows in b is no part of it. The error is Short
// when b ends before the record does, Malformed when the content type is
// unknown or the length more than 2^14+2048. The version is not looked at, as
// RFC 8446 asks.
func ParseTLSRecord(b []byte) (TLSRecord, error) {
	if len(b) > 0 && (b[0] < byte(TLSChangeCipherSpec) || b[0] > byte(TLSHeartbeat)) {
		return TLSRecord{}, Malformed
	}
	if len(b) < tlsRecordHeaderLen {
		return TLSRecord{}, Short
	}
	n := int(binary.BigEndian.Uint16(b[3:]))
	if n > tlsMaxRecord {
		return TLSRecord{}, Malformed
	}
	end := tlsRecordHeaderLen + n
	if len(b) < end {
		return TLSRecord{}, Short
	}
	return TLSRecord{b[:end:end]}, nil
}

// Type returns what the record carries.
func (r TLSRecord) Type() TLSContentType { return TLSContentType(r.b[0]) }

// Version returns the version field: 0x0300 is SSL 3, 0x0301 TLS 1.0. It is
// not the version that is spoken.
func (r TLSRecord) Version() uint16 { return binary.BigEndian.Uint16(r.b[1:]) }

// Payload returns the record's data: whole messages, several, or a part of one.
func (r TLSRecord) Payload() []byte { return r.b[tlsRecordHeaderLen:] }

// Bytes returns header and payload.
func (r TLSRecord) Bytes() []byte { return r.b }

// Handshake message (RFC 8446 section 4): type, length of 24 bits, body.
const tlsHandshakeHeaderLen = 4

// A TLSHandshakeType is the type of a handshake message (IANA registry
// "tls-parameters").
type TLSHandshakeType uint8

// The handshake messages (RFC 8446 section 4, RFC 5246 section 7.4, RFC 5077,
// RFC 6066 section 8, RFC 8879).
const (
	TLSHelloRequest          TLSHandshakeType = 0
	TLSClientHello           TLSHandshakeType = 1
	TLSServerHello           TLSHandshakeType = 2
	TLSNewSessionTicket      TLSHandshakeType = 4
	TLSEndOfEarlyData        TLSHandshakeType = 5
	TLSEncryptedExtensions   TLSHandshakeType = 8
	TLSCertificate           TLSHandshakeType = 11
	TLSServerKeyExchange     TLSHandshakeType = 12
	TLSCertificateRequest    TLSHandshakeType = 13
	TLSServerHelloDone       TLSHandshakeType = 14
	TLSCertificateVerify     TLSHandshakeType = 15
	TLSClientKeyExchange     TLSHandshakeType = 16
	TLSFinished              TLSHandshakeType = 20
	TLSCertificateStatus     TLSHandshakeType = 22
	TLSKeyUpdate             TLSHandshakeType = 24
	TLSCompressedCertificate TLSHandshakeType = 25
)

var tlsHandshakeNames = [...]string{
	TLSHelloRequest:          "hello_request",
	TLSClientHello:           "client_hello",
	TLSServerHello:           "server_hello",
	TLSNewSessionTicket:      "new_session_ticket",
	TLSEndOfEarlyData:        "end_of_early_data",
	TLSEncryptedExtensions:   "encrypted_extensions",
	TLSCertificate:           "certificate",
	TLSServerKeyExchange:     "server_key_exchange",
	TLSCertificateRequest:    "certificate_request",
	TLSServerHelloDone:       "server_hello_done",
	TLSCertificateVerify:     "certificate_verify",
	TLSClientKeyExchange:     "client_key_exchange",
	TLSFinished:              "finished",
	TLSCertificateStatus:     "certificate_status",
	TLSKeyUpdate:             "key_update",
	TLSCompressedCertificate: "compressed_certificate",
}

// String returns the message's name in the registry, or its number.
func (t TLSHandshakeType) String() string { return nameOf(tlsHandshakeNames[:], "", t) }

// TLSHandshake is a view of one handshake message (RFC 8446 section 4), put
// together from the payloads of its records. QUIC's CRYPTO frames carry the
// same messages (RFC 9001 section 4). ParseTLSHandshake makes it.
type TLSHandshake struct{ b []byte }

// ParseTLSHandshake checks that b begins with a whole handshake message and
// returns a view of it that aliases b; what follows in b is no part of it. The
// error is Short. A message may say that it is 16 MiB long: a limit is the
// caller's.
func ParseTLSHandshake(b []byte) (TLSHandshake, error) {
	if len(b) < tlsHandshakeHeaderLen {
		return TLSHandshake{}, Short
	}
	end := tlsHandshakeHeaderLen + int(binary.BigEndian.Uint32(b)&0xffffff)
	if len(b) < end {
		return TLSHandshake{}, Short
	}
	return TLSHandshake{b[:end:end]}, nil
}

// parseHandshake returns the handshake message of type t that b begins with. The
// error is Malformed when it is of another type, however short b is.
func parseHandshake(b []byte, t TLSHandshakeType) ([]byte, error) {
	if len(b) > 0 && b[0] != byte(t) {
		return nil, Malformed
	}
	m, err := ParseTLSHandshake(b)
	return m.b, err
}

// Type returns the message's type.
func (m TLSHandshake) Type() TLSHandshakeType { return TLSHandshakeType(m.b[0]) }

// Body returns the message without its header.
func (m TLSHandshake) Body() []byte { return m.b[tlsHandshakeHeaderLen:] }

// Bytes returns header and body.
func (m TLSHandshake) Bytes() []byte { return m.b }

// cutVector cuts a vector (RFC 8446 section 3.4) from b: a length of size bytes,
// 3 at most, and as many bytes. When b holds less, whole is false and v what is there.
func cutVector(b []byte, size int) (v, rest []byte, whole bool) {
	if len(b) < size {
		return nil, nil, false
	}
	n := 0
	for _, c := range b[:size] {
		n = n<<8 | int(c)
	}
	b = b[size:]
	if n > len(b) {
		return b, nil, false
	}
	return b[:n:n], b[n:], true
}

// uint16s returns the 16-bit numbers in b.
func uint16s(b []byte) iter.Seq[uint16] {
	return func(yield func(uint16) bool) {
		for len(b) >= 2 && yield(binary.BigEndian.Uint16(b)) {
			b = b[2:]
		}
	}
}
