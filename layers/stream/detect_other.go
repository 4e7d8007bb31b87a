package stream

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
)

// recogniseSMB accepts a session message ([MS-SMB2] section 2.1, RFC 1002
// section 4.3.5) with a header of SMB1, SMB2 or encrypted SMB3, or the NetBIOS
// session request that precedes it.
func recogniseSMB(b []byte, _ layers.Flow) (role, verdict) {
	if v := prefix(b, "\x81\x00\x00\x44\x20"); v != refused {
		return fromClient, v
	}
	if b[0] != 0 || len(b) > 4 && b[4] < 0xfc {
		return either, refused
	}
	return either, prefix(b[min(len(b), 5):], "SMB")
}

// recogniseRDP accepts a TPKT (RFC 1006 section 6) with an X.224 connection
// request that has a cookie or a request for a security protocol ([MS-RDPBCGR]
// section 2.2.1.1), or goes to port 3389.
func recogniseRDP(b []byte, f layers.Flow) (role, verdict) {
	const header, negotiation = 11, 8
	if v := prefix(b, "\x03\x00"); v != decided || len(b) < header {
		return fromClient, min(v, undecided)
	}
	size := int(binary.BigEndian.Uint16(b[2:]))
	if b[5] != 0xe0 || int(b[4]) != size-5 {
		return either, refused
	}
	rest := b[header:]
	cookie, asks := prefix(rest, "Cookie: "), size == header+negotiation
	switch {
	case cookie == decided, f.Dst.Port() == 3389, asks && len(rest) >= negotiation && rest[0] == 1 && rest[2] == negotiation:
		return fromClient, decided
	case len(b) < size && (asks || cookie == undecided):
		return fromClient, undecided
	}
	return either, refused
}

// recogniseTelnet accepts the negotiation of an option (RFC 854).
func recogniseTelnet(b []byte, _ layers.Flow) (role, verdict) {
	switch {
	case b[0] != telnetIAC, len(b) > 1 && (b[1] < 251 || b[1] > 254), len(b) > 2 && b[2] >= 50:
		return either, refused
	case len(b) < 3:
		return either, undecided
	}
	return either, decided
}

// recogniseMQTT accepts a CONNECT (MQTT 5.0 section 3.1) of any version.
func recogniseMQTT(b []byte, _ layers.Flow) (role, verdict) {
	if b[0] != 0x10 {
		return either, refused
	}
	i := 1
	for i < min(len(b), 4) && b[i]&0x80 != 0 {
		i++
	}
	b = b[min(i+1, len(b)):]
	return fromClient, max(prefix(b, "\x00\x04MQTT"), prefix(b, "\x00\x06MQIsdp"))
}

// recogniseLDAP accepts a message with a BindRequest of version 2 or 3 (RFC
// 4511 section 4.2), or one that asks for TLS (section 4.14).
func recogniseLDAP(b []byte, _ layers.Flow) (role, verdict) {
	b, v := berHeader(b, 0x30)
	if v != decided || len(b) < 2 {
		return fromClient, min(v, undecided)
	}
	if b[0] != 2 || b[1] > 4 { // the message ID
		return either, refused
	}
	b = b[min(len(b), 2+int(b[1])):]
	if rest, v := berHeader(b, 0x60); v != refused {
		const version = "\x02\x01"
		if v == undecided || len(rest) <= len(version) {
			return fromClient, min(v, prefix(rest, version), undecided)
		}
		return fromClient, min(prefix(rest, version), decidedIf(rest[2] == 2 || rest[2] == 3))
	}
	rest, v := berHeader(b, 0x77)
	return fromClient, min(v, prefix(rest, "\x80\x161.3.6.1.4.1.1466.20037"))
}

// berHeader returns the bytes after the tag and length of a BER element. If the
// header is incomplete, there are none.
func berHeader(b []byte, tag byte) ([]byte, verdict) {
	if len(b) > 0 && b[0] != tag {
		return nil, refused
	}
	n := 2
	if len(b) > 1 && b[1] > 0x80 {
		n += int(b[1] & 0x7f)
	}
	switch {
	case n > 6:
		return nil, refused
	case len(b) < n:
		return nil, undecided
	}
	return b[n:], decided
}

// telnetIAC begins a Telnet command (RFC 854). FTP sends one before ABOR.
const telnetIAC = 0xff
