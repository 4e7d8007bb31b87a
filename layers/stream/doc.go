// Package stream reassembles TCP connections and splits them into application
// messages. Messages in UDP datagrams are returned the same way:
//
//	var a stream.Assembler
//	for rec, err := range r.All() {
//		if err != nil {
//			log.Fatal(err)
//		}
//		d.Decode(&p, rec)
//		for _, m := range a.Push(&p, rec) {
//			switch m.Kind {
//			case stream.HTTPRequest:
//				req, err := http1.ParseRequest(m.Data)
//				...
//			case stream.ClientHello:
//				hello, err := tls.ParseClientHello(m.Data)
//				...
//			}
//		}
//	}
//	for _, m := range a.Flush() { ... } // messages that waited for lost packets
//
// # Messages
//
// Whatever order segments arrive in, and however a message is split, each message
// is returned once, complete, and in order within its direction: a DNS message
// (over UDP or TCP), the head of an HTTP request or response, a TLS handshake
// message (over TCP, in OpenVPN, or in QUIC's Initial packets, which are
// decrypted), a DTLS hello, SSH's messages before encryption starts, a command or
// reply of SMTP, POP3, IMAP or FTP, the header section of a mail. HTTP bodies,
// files uploaded with forms, mail attachments and FTP transfers are Files: see
// [File]. [Message.Kind] says how to parse a message, [Message.Via] lists its
// carriers.
//
// With [Config.Keys], TLS over TCP is decrypted: its content is decoded like that of
// a connection, with TLS in Message.Via. QUIC is, too: its streams are reassembled,
// and HTTP/3 and DNS in them decoded. A QUIC connection is followed by its connection
// IDs while its packets are between the same two addresses, whatever their ports.
//
// The content of a connection decides which protocol it speaks; ports only break
// ties. A connection whose beginning was not captured starts with its first
// captured packet.
//
// IP fragments are reassembled first, also inside tunnels. Of a datagram that is
// never complete, the bytes before the first gap are processed, as if the capture
// had cut it. [Defragmenter] does only that.
//
// # Connections
//
// With [Config.Connections], a Message of Kind [Opened] reports the first packet
// of each TCP connection, and one of Kind [Closed] how it ended and how much each
// side sent: see [Summary]. Every TCP packet counts for exactly one connection.
//
// # Missing and contradictory data
//
// When a segment is missing, its successors are held until it arrives, until the
// receiver acknowledges it (then only the capture lacks it), until the connection
// ends, or until a limit is reached; then the connection continues after the gap,
// and the next message states how many bytes are missing. A segment that
// acknowledges bytes of the other side is held until those are delivered or
// missing, so a reply comes after its request even if it was captured before, and
// [Message.Request] is the request that the sender of the response had seen.
// Where segments overlap with different bytes, [Policy] decides which count. A
// reset counts only if the receiver would accept it and its sender does not
// continue, a FIN only once it is acknowledged, and a second SYN only if later
// packets confirm it, so none of them ends a connection that its endpoints
// continue. A segment is ignored if it has a signature (RFC 2385, RFC 5925) and the
// connection has none, or the reverse.
//
// # Limits
//
// [Config] limits all memory held, also in its zero value, and [Stats] counts the
// drops at each limit. A connection that carries no data takes about 240 bytes.
//
// # Ownership
//
// Messages, and their Data, are valid until the next call of Push, PushWhole,
// Shrink, Flush or Reset. An Assembler keeps only copies of packet data, and never
// writes to a packet's bytes.
package stream
