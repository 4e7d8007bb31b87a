package tls

import (
	"encoding/binary"
	"fmt"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// DTLS record (RFC 6347 section 4.1): content type, version, epoch, sequence
// number, length, data. Handshake message header (section 4.2.2): type, length,
// message sequence number, offset and length of the fragment.
const (
	dtlsRecordHeaderLen    = 13
	dtlsHandshakeHeaderLen = 12
)

// DTLSRecord is a view of a DTLS record with the header of DTLS 1.0 and 1.2
// (RFC 6347 section 4.1), which DTLS 1.3 uses for plaintext (RFC 9147 section
// 4).
type DTLSRecord struct {
	b  []byte
	id int // length of the connection ID
}

// ParseDTLSRecord checks that b begins with a complete record and returns a
// view of it that aliases b. Bytes after it may be the next record of the
// datagram. The error is Short if the record is incomplete, Malformed if the
// content type or version is unknown or the length exceeds 2^14+2048.
func ParseDTLSRecord(b []byte) (DTLSRecord, error) {
	if len(b) > 0 && (b[0] < byte(ContentChangeCipherSpec) || b[0] > byte(ContentHeartbeat)) {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Malformed, len(b), 0)
	}
	return parseDTLSRecord(b, 0)
}

// ParseDTLSCIDRecord is like ParseDTLSRecord, for a record of type ContentCID (RFC 9146
// section 4). Its header has a connection ID, of as many bytes as the receiver has
// announced in its hello.
func ParseDTLSCIDRecord(b []byte, id int) (DTLSRecord, error) {
	if len(b) > 0 && b[0] != byte(ContentCID) || id < 0 || id > 255 {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Malformed, len(b), 0)
	}
	return parseDTLSRecord(b, id)
}

func parseDTLSRecord(b []byte, id int) (DTLSRecord, error) {
	header := dtlsRecordHeaderLen + id
	if len(b) < header {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Short, len(b), header)
	}
	n := int(binary.BigEndian.Uint16(b[header-2:]))
	if v := binary.BigEndian.Uint16(b[1:]); v != 0xfeff && v != 0xfefd || n > maxRecord {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Malformed, len(b), 0)
	}
	end := header + n
	if len(b) < end {
		return DTLSRecord{}, wire.Fail("DTLS record", wire.Short, len(b), end)
	}
	return DTLSRecord{b[:end:end], id}, nil
}

// Type returns the content type.
func (r DTLSRecord) Type() ContentType { return ContentType(r.b[0]) }

// Version returns the version field: 0xfeff for DTLS 1.0, 0xfefd for DTLS 1.2
// and later. It is not the negotiated version.
func (r DTLSRecord) Version() uint16 { return binary.BigEndian.Uint16(r.b[1:]) }

// Epoch returns the number of key changes so far. Records of epoch 0 are not
// encrypted.
func (r DTLSRecord) Epoch() uint16 { return binary.BigEndian.Uint16(r.b[3:]) }

// Sequence returns the 48-bit number of the record in its epoch.
func (r DTLSRecord) Sequence() uint64 { return binary.BigEndian.Uint64(r.b[3:]) & (1<<48 - 1) }

// ConnectionID returns the connection ID, nil if the record has none.
func (r DTLSRecord) ConnectionID() []byte {
	const at = dtlsRecordHeaderLen - 2
	if r.id == 0 {
		return nil
	}
	return r.b[at : at+r.id : at+r.id]
}

// Header returns the header, as [Protection.Open] expects it.
func (r DTLSRecord) Header() []byte { n := dtlsRecordHeaderLen + r.id; return r.b[:n:n] }

// Payload returns the record's data.
func (r DTLSRecord) Payload() []byte { return r.b[dtlsRecordHeaderLen+r.id:] }

// Bytes returns the header and payload.
func (r DTLSRecord) Bytes() []byte { return r.b }

// AppendText appends a short description to dst.
func (r DTLSRecord) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v version 0x%04x epoch %d sequence %d len %d", r.Type(), r.Version(), r.Epoch(), r.Sequence(), len(r.Payload())), nil
}

// String returns the text that AppendText appends.
func (r DTLSRecord) String() string { b, _ := r.AppendText(nil); return string(b) }

// DTLSHandshake is a view of a fragment of a handshake message (RFC 6347
// section 4.2.2), often the whole message.
type DTLSHandshake struct{ b []byte }

// ParseDTLSHandshake checks that b begins with a complete fragment and returns
// a view of it that aliases b. The error is Short, or Malformed if the fragment
// exceeds the message.
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

// Type returns the message type.
func (m DTLSHandshake) Type() HandshakeType { return HandshakeType(m.b[0]) }

// Len returns the length of the whole message body, in bytes.
func (m DTLSHandshake) Len() int { return uint24(m.b[1:]) }

// Message returns the message sequence number, which all fragments and
// retransmissions of a message share.
func (m DTLSHandshake) Message() uint16 { return binary.BigEndian.Uint16(m.b[4:]) }

// Offset returns the offset of the fragment in the message body, in bytes.
func (m DTLSHandshake) Offset() int { return uint24(m.b[6:]) }

// Body returns the fragment of the message body.
func (m DTLSHandshake) Body() []byte { return m.b[dtlsHandshakeHeaderLen:] }

// Bytes returns header and body.
func (m DTLSHandshake) Bytes() []byte { return m.b }

// AppendText appends a short description to dst.
func (m DTLSHandshake) AppendText(dst []byte) ([]byte, error) {
	return fmt.Appendf(dst, "%v message %d offset %d len %d of %d", m.Type(), m.Message(), m.Offset(), len(m.Body()), m.Len()), nil
}

// String returns the text that AppendText appends.
func (m DTLSHandshake) String() string { b, _ := m.AppendText(nil); return string(b) }

// AppendHandshake appends a DTLS handshake message to dst in the framing of
// TLS: type, length and body, with a ClientHello's cookie removed (RFC 6347
// section 4.2.1), as ParseClientHello and the other Parse functions expect it.
// If it cannot find the cookie, it appends the body unchanged.
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
