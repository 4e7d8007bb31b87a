package stream

import (
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A Ref identifies a packet of a capture.
type Ref struct {
	Capture int       `json:"capture"`       // Assembler.Capture when the packet was pushed
	Offset  int64     `json:"offset"`        // of the record in the input, in bytes
	Number  int64     `json:"number"`        // of the record, from 1
	Time    time.Time `json:"time,omitzero"` // zero if the capture has none, or one outside the years 0 to 9999
}

// RefOf returns the Ref of a record of the capture with the given number.
func RefOf(capture int, rec *pcap.Record) Ref {
	r := Ref{capture, rec.Offset, rec.Number, rec.Time}
	if s := rec.Time.Unix(); s < firstSecond || s > lastSecond {
		r.Time = time.Time{}
	}
	return r
}

// The first and the last second that JSON (RFC 3339 section 1) can express.
const (
	firstSecond = -62167219200 // 0000-01-01T00:00:00Z
	lastSecond  = 253402300799 // 9999-12-31T23:59:59Z
)

// A Message is one application message. It is valid, with its Data, until the
// Assembler's next call.
type Message struct {
	// Conn is the connection, or the pair of endpoints of a datagram.
	Conn *Conn

	// Stream is the stream within the connection, for protocols that have
	// several. 0 is the connection itself, or the first request of HTTP3.
	Stream uint64

	// Via lists the carriers of the message: TCP or UDP, then Connect, Upgrade,
	// StartTLS, SOCKS, OpenVPN or WebSocket for each tunnel inside the connection, TLS
	// or DTLS if it was decrypted, PROXY after its header, QUIC for its Initial packets,
	// with TLS for all others, or the protocol that carries a mail, or a message of DNS,
	// gRPC or server-sent events in HTTP.
	Via Path

	// Proto is the protocol of the message. For the messages of a File, it is
	// the protocol that carries the file.
	Proto Proto

	// Kind is the format of Data.
	Kind Kind

	// FromClient reports whether the client sent the message.
	FromClient bool

	// First and Last are the packets that hold its first and last byte.
	First, Last Ref

	// Gap is the number of bytes missing from this direction just before the
	// message.
	Gap int

	Data []byte

	// Request is the request that a response, or its body, answers: for HTTP1,
	// HTTP2 and HTTP3, the head of the request. For WebSocket and GRPC, it is that of the
	// request that opened the conversation, for the messages of both sides. It is nil if the request is unknown, and for a request's own
	// body, which follows its head.
	Request []byte

	// State says, for a message of WebSocket, GRPC or ServerSentEvents, whether Data is
	// all of it: Complete; Oversized if it is only its beginning, up to a limit; for
	// GRPC also Encoded or Mislabelled if Data is as received, Undecodable if it is what
	// precedes an error in its encoding, Unverified, and Unfinished if Config.Stop ended
	// decoding. It is Complete for all other messages; that of a file is in File.
	State Completeness

	// Summary describes the connection of a Closed message. It is nil for all
	// others.
	Summary *Summary

	// File is the body, attachment or transfer that a FileBegin, FileData or
	// FileEnd belongs to. The caller may keep it.
	File *File
}

// A Conn is a connection, or the endpoints of a datagram. That of a datagram,
// and of a message of Kind Opened or Closed, is valid until the Assembler's
// next call.
type Conn struct {
	// Flow leads from client to server. The client is the sender of the first
	// SYN. If no SYN was captured, the content decides, and until then the
	// ports.
	Flow layers.Flow `json:"flow"`

	// Start is the first packet of the connection that was captured.
	Start Ref `json:"start"`

	// Proxied leads from the client to the server that the header of the PROXY
	// protocol names. Flow is then that of the proxy's own connection. It is nil
	// without such a header, or if the header has no addresses.
	Proxied *layers.Flow `json:"proxied,omitempty"`
}
