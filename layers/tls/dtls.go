package tls

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// DTLS record (RFC 6347 section 4.1): content type, version, epoch, sequence
// number, length, data. A handshake message's header (section 4.2.2): type,
// length, number of the message, offset and length of the fragment.
const (
	dtlsRecordHeaderLen    = 13
	dtlsHandshakeHeaderLen = 12
)

// DTLSRecord is a view of one record of DTLS with the header of DTLS 1.0 and 1.2
// (RFC 6347 section 4.1), which plaintext has in DTLS 1.3 too (RFC 9147 section
// 4). ParseDTLSRecord makes it.
type DTLSRecord struct{ b []byte }

// ParseDTLSRecord checks that b begins with a whole record and returns a view of
// it that aliases b; what follows in b is no part of it, but may be the next
// record of the datagram. The error is Short when b ends before the record does,
// Malformed when the content type or the version is unknown or the length more
// than 2^14+2048.
func ParseDTLSRecord(b []byte) (DTLSRecord, error) {
	if len(b) > 0 && (b[0] < byte(ContentChangeCipherSpec) || b[0] > byte(ContentHeartbeat)) {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Malformed, len(b), 0)
	}
	if len(b) < dtlsRecordHeaderLen {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Short, len(b), dtlsRecordHeaderLen)
	}
	n := int(binary.BigEndian.Uint16(b[11:]))
	if v := binary.BigEndian.Uint16(b[1:]); v != 0xfeff && v != 0xfefd || n > maxRecord {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Malformed, len(b), 0)
	}
	end := dtlsRecordHeaderLen + n
	if len(b) < end {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Short, len(b), end)
	}
	return DTLSRecord{b[:end:end]}, nil
}

// Type returns what the record carries.
func (r DTLSRecord) Type() ContentType { return ContentType(r.b[0]) }

// Version returns the version field: 0xfeff is DTLS 1.0, 0xfefd DTLS 1.2 and
// later. It is not the version that is spoken.
func (r DTLSRecord) Version() uint16 { return binary.BigEndian.Uint16(r.b[1:]) }

// Epoch returns how often the keys have changed; what is in epoch 0 is not
// encrypted.
func (r DTLSRecord) Epoch() uint16 { return binary.BigEndian.Uint16(r.b[3:]) }

// Sequence returns the number of the record in its epoch, of 48 bits.
func (r DTLSRecord) Sequence() uint64 { return binary.BigEndian.Uint64(r.b[3:]) & (1<<48 - 1) }

// Payload returns the record's data.
func (r DTLSRecord) Payload() []byte { return r.b[dtlsRecordHeaderLen:] }

// Bytes returns header and payload.
func (r DTLSRecord) Bytes() []byte { return r.b }

// AppendText appends a short description to dst.
func (r DTLSRecord) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v version 0x%04x epoch %d sequence %d len %d", r.Type(), r.Version(), r.Epoch(), r.Sequence(), len(r.Payload())), nil
}

// String returns what AppendText appends.
func (r DTLSRecord) String() string { b, _ := r.AppendText(nil); return string(b) }

// DTLSHandshake is a view of one fragment of a handshake message (RFC 6347
// section 4.2.2); often the fragment is the whole message. ParseDTLSHandshake
// makes it.
type DTLSHandshake struct{ b []byte }

// ParseDTLSHandshake checks that b begins with a whole fragment and returns a
// view of it that aliases b; what follows in b is no part of it. The error is
// Short, or Malformed when the fragment exceeds the message.
func ParseDTLSHandshake(b []byte) (DTLSHandshake, error) {
	if len(b) < dtlsHandshakeHeaderLen {
		return DTLSHandshake{}, wire.Fail("DTLS handshake", wire.Short, len(b), dtlsHandshakeHeaderLen)
	}
	m := DTLSHandshake{b}
	n := uint24(b[9:])
	if m.Offset()+n > m.Len() {
		return DTLSHandshake{}, wire.Fail("DTLS handshake", wire.Malformed, len(b), 0)
	}
	end := dtlsHandshakeHeaderLen + n
	if len(b) < end {
		return DTLSHandshake{}, wire.Fail("DTLS handshake", wire.Short, len(b), end)
	}
	return DTLSHandshake{b[:end:end]}, nil
}

func uint24(b []byte) int { return int(b[0])<<16 | int(b[1])<<8 | int(b[2]) }

// Type returns the message's type.
func (m DTLSHandshake) Type() HandshakeType { return HandshakeType(m.b[0]) }

// Len returns the length of the whole message's body, in bytes.
func (m DTLSHandshake) Len() int { return uint24(m.b[1:]) }

// Message returns the number of the message: its fragments, and itself sent
// again, have the same.
func (m DTLSHandshake) Message() uint16 { return binary.BigEndian.Uint16(m.b[4:]) }

// Offset returns where in the message's body the fragment begins, in bytes.
func (m DTLSHandshake) Offset() int { return uint24(m.b[6:]) }

// Body returns the fragment of the message's body.
func (m DTLSHandshake) Body() []byte { return m.b[dtlsHandshakeHeaderLen:] }

// Bytes returns header and body.
func (m DTLSHandshake) Bytes() []byte { return m.b }

// AppendText appends a short description to dst.
func (m DTLSHandshake) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v message %d offset %d len %d of %d", m.Type(), m.Message(), m.Offset(), len(m.Body()), m.Len()), nil
}

// String returns what AppendText appends.
func (m DTLSHandshake) String() string { b, _ := m.AppendText(nil); return string(b) }

// AppendHandshake appends a handshake message of DTLS to dst as TLS would
// frame it: type and length before the body, and a ClientHello without its
// cookie (RFC 6347 section 4.2.1). ParseClientHello and the like read that. A
// body whose cookie is not to be found is appended as it is.
func AppendHandshake(dst []byte, typ HandshakeType, body []byte) []byte {
	head, tail := body, []byte(nil)
	const sessionID = helloSessionIDOff - handshakeHeaderLen
	if typ == TypeClientHello && len(body) > sessionID {
		if _, rest, ok := text.CutVector(body[sessionID:], 1); ok {
			if _, after, ok := text.CutVector(rest, 1); ok {
				head, tail = body[:len(body)-len(rest)], after
			}
		}
	}
	n := len(head) + len(tail)
	dst = append(dst, byte(typ), byte(n>>16), byte(n>>8), byte(n))
	return append(append(dst, head...), tail...)
}
