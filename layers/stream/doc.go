// Package stream reassembles TCP connections and splits them into application
// messages. Messages of datagrams come out the same way, so a caller reads one
// kind of thing:
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
//	for _, m := range a.Flush() { ... } // what still waited for lost packets
//
// # Messages
//
// Whatever order segments arrive in, and however a message is cut, each message
// comes out once, whole, in its direction's order: a DNS message (over UDP or
// TCP), the head of an HTTP/1 request or response, a TLS handshake message (over
// TCP, in OpenVPN, or in QUIC's Initial packets, which are decrypted), a hello of
// DTLS, what SSH sends before it encrypts, a command or reply of SMTP, POP3, IMAP
// or FTP, the header section of a mail. Bodies of HTTP, files uploaded with forms
// in them, attachments of mails and transfers of FTP are Files: see [File].
// [Message.Kind] says what a message is, [Message.Via] what carried it.
//
// The content of a connection decides which protocol it speaks; ports only break
// ties. A connection whose beginning was not captured starts with its first
// captured packet.
//
// IP fragments are reassembled first, in tunnels too; [Defragmenter] does that
// alone.
//
// # Connections
//
// With [Config.Connections], a Message of Kind [Opened] reports the first packet
// of each TCP connection, and one of Kind [Closed] how it ended and what each
// side sent: see [Summary]. Every TCP packet counts for one connection.
//
// # Missing and contradictory data
//
// When a segment is missing, its successors are held until it arrives, until the
// receiver acknowledges it (then only the capture lacks it), until the connection
// ends, or until a limit is reached; then the connection continues after the gap,
// and the next message states how many bytes are missing. Where segments overlap
// with different bytes, [Policy] decides which count. A reset counts where the
// receiver would accept it, and a second SYN when what follows confirms it, so
// neither ends a connection that its endpoints continue.
//
// # Limits
//
// [Config] limits everything that is held, in its zero value too, and [Stats]
// counts what was dropped at each limit. A connection that carries no data takes
// about 200 bytes.
//
// # Ownership
//
// Messages, and their Data, are valid until the next call of Push, Flush or
// Reset. An Assembler keeps copies only, and never writes to a packet's bytes.
package stream
