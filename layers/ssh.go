package layers

import (
	"bytes"
	"encoding/binary"
)

// Identification string (RFC 4253 section 4.2).
const (
	sshPrefix = "SSH-"
	sshMaxID  = 255 // with its CR and LF
)

// SSHIdent is a view of the line that each side of a connection begins with:
// SSH-protoversion-softwareversion, and comments behind a space (RFC 4253
// section 4.2). ParseSSHIdent makes it.
type SSHIdent struct {
	b        []byte
	software int // offset
}

// ParseSSHIdent checks that b begins with an identification string and returns
// a view of it, without its line end, that aliases b. Without a line end in b
// all of b is taken for the line. A null character, which must not be sent, ends
// the string, as it does for those who receive it. The lines that a server may
// send before are the caller's to skip. The error is Malformed, also for a line longer than 255
// bytes.
func ParseSSHIdent(b []byte) (SSHIdent, error) {
	if i := bytes.IndexByte(b[:min(len(b), sshMaxID)], '\n'); i >= 0 {
		b = b[:i:i]
	}
	b = bytes.TrimSuffix(b, []byte("\r"))
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i:i]
	}
	if len(b) > sshMaxID || !bytes.HasPrefix(b, []byte(sshPrefix)) {
		return SSHIdent{}, Malformed
	}
	i := bytes.IndexByte(b[len(sshPrefix):], '-')
	if i <= 0 {
		return SSHIdent{}, Malformed
	}
	return SSHIdent{b, len(sshPrefix) + i + 1}, nil
}

// Version returns the version of the protocol: 2.0, 1.5, or 1.99 from a server
// that speaks both (RFC 4253 section 5.1).
func (s SSHIdent) Version() []byte { return s.b[len(sshPrefix) : s.software-1 : s.software-1] }

// Software returns the version of the software.
func (s SSHIdent) Software() []byte {
	v, _, _ := bytes.Cut(s.b[s.software:], []byte(" "))
	return v
}

// Comments returns what follows the software version, nil for none.
func (s SSHIdent) Comments() []byte {
	_, c, _ := bytes.Cut(s.b[s.software:], []byte(" "))
	return c
}

// Bytes returns the line without its end.
func (s SSHIdent) Bytes() []byte { return s.b }

// Binary packet (RFC 4253 section 6): length, length of padding, payload,
// padding; a MAC only behind the key exchange.
const (
	sshPacketHeaderLen = 5
	// RFC 4253 section 6.1 asks for 35000 and allows more.
	sshMaxPacket = 256 << 10
)

// An SSHMessage is the number of a message: the first byte of a packet's payload
// (IANA registry "ssh-parameters").
type SSHMessage uint8

// The messages of a key exchange (RFC 4253 section 12, RFC 4419 section 5, RFC
// 5656 section 7.1). SSHKexReply is also the SSH_MSG_KEX_DH_GEX_GROUP of RFC
// 4419, whose reply is SSHGexReply.
const (
	SSHDisconnect SSHMessage = 1
	SSHKexInit    SSHMessage = 20
	SSHNewKeys    SSHMessage = 21
	SSHKexReply   SSHMessage = 31
	SSHGexReply   SSHMessage = 33
)

// SSHPacket is a view of one packet that is not encrypted (RFC 4253 section 6).
// ParseSSHPacket makes it.
type SSHPacket struct{ b []byte }

// ParseSSHPacket checks that b begins with a whole packet and returns a view of
// it that aliases b; what follows in b is no part of it. The error is Short when
// b ends before the packet does, Malformed when the packet is longer than 256
// KiB, or too short for its padding and the number of a message.
func ParseSSHPacket(b []byte) (SSHPacket, error) {
	if len(b) < sshPacketHeaderLen {
		return SSHPacket{}, Short
	}
	n := binary.BigEndian.Uint32(b)
	if n > sshMaxPacket || n < uint32(b[4])+2 {
		return SSHPacket{}, Malformed
	}
	end := 4 + int(n)
	if len(b) < end {
		return SSHPacket{}, Short
	}
	return SSHPacket{b[:end:end]}, nil
}

// Message returns which message the packet carries.
func (p SSHPacket) Message() SSHMessage { return SSHMessage(p.b[sshPacketHeaderLen]) }

// Payload returns the message: its number, and what belongs to it.
func (p SSHPacket) Payload() []byte {
	end := len(p.b) - int(p.b[4])
	return p.b[sshPacketHeaderLen:end:end]
}

// Bytes returns the packet, padding included.
func (p SSHPacket) Bytes() []byte { return p.b }
