// Package stream holds what needs memory of earlier packets: it puts TCP
// connections together and cuts them into application messages. Datagrams that
// are messages by themselves come out the same way, so a caller reads one kind
// of thing:
//
//	var a stream.Assembler
//	for rec, err := range r.All() {
//		if err != nil {
//			log.Fatal(err)
//		}
//		d.Decode(&p, rec)
//		for _, m := range a.Push(&p, rec) {
//			if m.Kind == stream.HTTPRequest {
//				req, err := layers.ParseHTTPRequest(m.Data)
//				...
//			}
//		}
//	}
//	for _, m := range a.Flush() { ... } // what still waited for lost packets
//
// # Messages
//
// Whatever order segments come in, and however a message is cut, each message
// comes out once, whole, in its direction's order: a DNS message (over UDP or
// TCP), the head of an HTTP/1 request or response, a TLS handshake message (over
// TCP, in OpenVPN, or in QUIC's Initial packets, which are decrypted), a hello of
// DTLS, what SSH says before it encrypts, a command or reply of SMTP, POP3, IMAP or FTP, the
// header section of a mail. Bodies of HTTP, the files uploaded with forms in them,
// attachments of mails and transfers of FTP are Files: see [File].
//
// Which protocol a connection speaks is decided by its content; ports only
// break ties. A connection whose beginning was not captured is picked up where
// its packets begin.
//
// A packet that is an IP fragment is put together with the others of its
// datagram first, in tunnels too; [Defragmenter] does that alone.
//
// # What is missing, and what contradicts itself
//
// When a segment is missing, its successors are held until it comes, until the
// receiver acknowledges it (then only the capture lacks it), until the
// connection ends, or until a bound is reached; then the connection goes on
// behind the gap, and the next message says how many bytes are missing. Where
// segments overlap with different bytes, [Policy] says which count. A reset
// counts where the receiver would accept it, and a second SYN when what follows
// confirms it, so neither ends a connection that its endpoints go on with.
//
// # Bounds
//
// Everything that is kept is bounded by [Config], also in the zero value, and
// [Stats] counts what was given up at each bound. A connection that carries no
// data takes about 200 bytes.
//
// # Ownership
//
// Messages, and their Data, are valid until the next call of Push, Flush or
// Reset. Nothing of a packet is kept but copies, and nothing writes to a
// packet's bytes.
package stream
