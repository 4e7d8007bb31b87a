package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
)

// recogniseSMB wants a session message ([MS-SMB2] section 2.1, RFC 1002 section
// 4.3.5) with the header of SMB1, SMB2, or SMB3 encrypted, or NetBIOS's request
// for a session before it.
func recogniseSMB(b []byte, _ layers.Flow) (role, verdict) {
	if prefix(b, "\x81\x00\x00\x44\x20") == decided {
		return fromClient, decided
	}
	if len(b) < 8 || b[0] != 0 || string(b[5:8]) != "SMB" {
		return either, refused
	}
	if b[4] >= 0xfc {
		return either, decided
	}
	return either, refused
}

// recogniseRDP wants a TPKT (RFC 1006 section 6) with an X.224 connection request
// that has a cookie or asks for a security protocol ([MS-RDPBCGR] section 2.2.1.1).
func recogniseRDP(b []byte, f layers.Flow) (role, verdict) {
	const header = 11
	if len(b) < header || b[0] != 3 || b[1] != 0 || b[5] != 0xe0 || int(b[4]) != int(binary.BigEndian.Uint16(b[2:]))-5 {
		return either, refused
	}
	rest := b[header:]
	if bytes.HasPrefix(rest, []byte("Cookie: ")) || len(rest) == 8 && rest[0] == 1 && rest[2] == 8 || f.Dst.Port() == 3389 {
		return fromClient, decided
	}
	return either, refused
}

// recogniseTelnet wants the negotiation of an option (RFC 854).
func recogniseTelnet(b []byte, _ layers.Flow) (role, verdict) {
	if len(b) >= 3 && b[0] == telnetIAC && b[1] >= 251 && b[1] <= 254 && b[2] < 50 {
		return either, decided
	}
	return either, refused
}

// recogniseMQTT wants CONNECT (MQTT 5.0 section 3.1), of any version.
func recogniseMQTT(b []byte, _ layers.Flow) (role, verdict) {
	if len(b) < 2 || b[0] != 0x10 {
		return either, refused
	}
	i := 1
	for i < min(len(b), 4) && b[i]&0x80 != 0 {
		i++
	}
	b = b[min(i+1, len(b)):]
	if prefix(b, "\x00\x04MQTT") == decided || prefix(b, "\x00\x06MQIsdp") == decided {
		return fromClient, decided
	}
	return either, refused
}

// recogniseLDAP wants a message with a BindRequest of version 2 or 3 (RFC 4511
// section 4.2).
func recogniseLDAP(b []byte, _ layers.Flow) (role, verdict) {
	b, ok := berHeader(b, 0x30)
	if !ok {
		return either, refused
	}
	if len(b) < 2 || b[0] != 2 || b[1] > 4 || len(b) < 2+int(b[1]) {
		return either, refused
	}
	b = b[2+int(b[1]):]
	if b, ok = berHeader(b, 0x60); !ok || len(b) < 3 || b[0] != 2 || b[1] != 1 || b[2] < 2 || b[2] > 3 {
		return either, refused
	}
	return fromClient, decided
}

// berHeader returns what is behind the tag and the length of an element of BER.
func berHeader(b []byte, tag byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, false
	}
	n := 2
	if b[1] > 0x80 {
		n += int(b[1] & 0x7f)
	}
	if n > 6 || len(b) < n {
		return nil, false
	}
	return b[n:], true
}

// recogniseSOCKS wants all of what a client says first: a list of methods in
// version 5 (RFC 1928 section 3), a request in version 4.
func recogniseSOCKS(b []byte, _ layers.Flow) (role, verdict) {
	if len(b) >= 3 && b[0] == 5 && int(b[1]) == len(b)-2 {
		for _, method := range b[2:] {
			if method > 9 && method < 0x80 {
				return either, refused
			}
		}
		return fromClient, decided
	}
	if len(b) >= 9 && b[0] == 4 && (b[1] == 1 || b[1] == 2) && b[2]|b[3] != 0 && b[len(b)-1] == 0 && isSOCKS4User(b[8:]) {
		return fromClient, decided
	}
	return either, refused
}

// isSOCKS4User reports whether b is a user's name behind a request of SOCKS 4, and,
// in version 4A, a host's, each with its NUL.
func isSOCKS4User(b []byte) bool {
	for _, c := range b {
		if c != 0 && (c < ' ' || c > '~') {
			return false
		}
	}
	return bytes.Count(b, []byte{0}) <= 2
}

// telnetIAC begins a Telnet command (RFC 854), as FTP has before ABOR.
const telnetIAC = 0xff
