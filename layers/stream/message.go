package stream

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A Ref names one packet of a capture.
type Ref struct {
	Capture int       `json:"capture"`       // Assembler.Capture when it came
	Offset  int64     `json:"offset"`        // of the record in the input, in bytes
	Number  int64     `json:"number"`        // of the record, from 1
	Time    time.Time `json:"time,omitzero"` // zero when the capture has none
}

// RefOf returns the name of a record of the capture with that number.
func RefOf(capture int, rec *pcap.Record) Ref {
	return Ref{capture, rec.Offset, rec.Number, rec.Time}
}

// A Proto names a protocol. Values from ProtoUser up are free for callers.
type Proto uint8

// The protocols of messages, and of what carries them.
const (
	Unknown Proto = iota
	TCP
	UDP
	DNS
	HTTP1
	TLS
	Connect  // a tunnel that HTTP CONNECT opened (RFC 9110 section 9.3.6)
	Upgrade  // what follows a 101 response (RFC 9110 section 7.8)
	StartTLS // what follows STARTTLS (RFC 3207 and the like)
	OpenVPN  // the control channel of OpenVPN
	QUIC
	DTLS
	SSH
	SMTP
	Mail // RFC 5322, whatever carries it
	POP3
	IMAP
	FTP
	FTPData
	SSL2

	// These are recognised and counted, and make no messages.
	SOCKS
	IRC
	SMB
	RDP
	Telnet
	MQTT
	LDAP

	protoCount = iota // the protocols before it

	// ProtoUser is the first Proto that is free for callers.
	ProtoUser Proto = 128
)

// String returns the protocol's name.
func (p Proto) String() string {
	if row := protocolOf(p); row != nil {
		return row.name
	}
	return "Proto(" + strconv.Itoa(int(p)) + ")"
}

// MarshalText returns the protocol's name.
func (p Proto) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText takes what MarshalText gives.
func (p *Proto) UnmarshalText(b []byte) error {
	for v := range 256 {
		if Proto(v).String() == string(b) {
			*p = Proto(v)
			return nil
		}
	}
	return fmt.Errorf("stream: no protocol has the name %q", b)
}

// A Message is one application message. It is valid, Data included, until the
// Assembler's next call.
type Message struct {
	// Conn is the connection, or the pair of endpoints of a datagram.
	Conn *Conn

	// Stream is the stream of the connection that the message came in, where a
	// protocol has several. 0 is the connection itself.
	Stream uint64

	// Via is what carried the message: TCP or UDP; then Connect, Upgrade, StartTLS,
	// SOCKS or OpenVPN for each tunnel inside the connection, or QUIC for its
	// Initial packets.
	Via Path

	// Proto is the protocol of the message; of a part of a File, the protocol that
	// carries the file.
	Proto Proto

	// Kind says what Data is.
	Kind Kind

	// FromClient reports whether the client sent it.
	FromClient bool

	// First and Last are the packets that hold the first and the last byte.
	First, Last Ref

	// Gap is how many bytes of this direction are missing just before the
	// message.
	Gap int

	Data []byte

	// Request is, for a response and its body, the request that it answers: of
	// HTTP1 its head. It is nil when that is not known, and for the body of a
	// request, which follows its head.
	Request []byte

	// Summary is, of Closed, what the connection was. It is the caller's own.
	Summary *Summary

	// File is what a FileBegin, FileData or FileEnd is about: a body, an attachment, a
	// transfer. It is the caller's own.
	File *File
}

// A Conn is one connection, or the endpoints of a datagram; the latter is
// valid until the Assembler's next call.
type Conn struct {
	// Flow leads from client to server. The client is who sent the first SYN;
	// where none was captured, the content decides, and before that the ports.
	Flow layers.Flow `json:"flow"`

	// Start is the first packet seen.
	Start Ref `json:"start"`
}
