package stream

import "strconv"

// A Kind says what the Data of a Message is. The framer that made the message
// knows, so nobody needs to parse it to find out.
type Kind uint8

// The kinds. After each stands the function that parses Data.
const (
	// DNSMessage is a message of DNS, without the length that precedes it over
	// TCP: dns.ParseMessage.
	DNSMessage Kind = iota + 1

	// HTTPRequest and HTTPResponse are heads of HTTP/1: http1.ParseRequest and
	// http1.ParseResponse.
	HTTPRequest
	HTTPResponse

	// ClientHello, ServerHello and Certificate are handshake messages of TLS with
	// their header: tls.ParseClientHello, tls.ParseServerHello and
	// tls.ParseCertificate.
	// Hellos of DTLS, and the certificate of SSL 2, have the form that they have
	// in TLS. A HelloRetryRequest is a ServerHello.
	ClientHello
	ServerHello
	Certificate

	// TLSHandshake is any other handshake message of TLS.
	TLSHandshake

	// SSHIdent is an identification string without its line end: ssh.ParseIdent.
	SSHIdent

	// SSHKexInit is the message of SSH that offers algorithms, from its number on:
	// ssh.ParseKexInit.
	SSHKexInit

	// SSHKexReply is the message of SSH that has the server's host key:
	// ssh.ParseKexReply. The group of a group exchange (RFC 4419), which that
	// refuses, has the number of a reply and is one here.
	SSHKexReply

	// Command is a client's command of SMTP, POP3 or FTP (mail.ParseCommand), or IMAP
	// (mail.ParseIMAPCommand), and Reply a server's reply, with its line ends: of SMTP
	// and FTP all lines (mail.ParseReply), of POP3 the first, of IMAP a response.
	Command
	Reply

	// MailHeader is the header section of a mail: mail.ParseHeader.
	MailHeader

	// QUICPacket is a packet of QUIC with a long header: quic.ParsePacket.
	QUICPacket

	// UserMessage is a message of a protocol that Config.Detect recognised.
	UserMessage

	// Opened and Closed, which Config.Connections asks for, report the first packet
	// of a TCP connection, and all of it once it is forgotten: see Summary. They
	// have no Data, and the same Conn.
	Opened
	Closed

	// FileBegin, FileData and FileEnd are what becomes of a File: it begins, comes
	// in pieces, which Config.Content asks for, and ends. Only FileData has Data.
	FileBegin
	FileData
	FileEnd
)

var kindNames = [...]string{
	DNSMessage: "DNS message", HTTPRequest: "HTTP request", HTTPResponse: "HTTP response",
	ClientHello: "ClientHello", ServerHello: "ServerHello", Certificate: "Certificate", TLSHandshake: "TLS handshake",
	SSHIdent: "SSH identification", SSHKexInit: "SSH KEXINIT", SSHKexReply: "SSH KEX reply",
	Command: "command", Reply: "reply", MailHeader: "mail header", QUICPacket: "QUIC packet", UserMessage: "user message",
	Opened: "opened", Closed: "closed",
	FileBegin: "file begin", FileData: "file data", FileEnd: "file end",
}

// String returns the name of the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) && k != 0 {
		return kindNames[k]
	}
	return "Kind(" + strconv.Itoa(int(k)) + ")"
}

// ofFile reports whether a message of the kind belongs to a file.
func (k Kind) ofFile() bool { return k >= FileBegin && k <= FileEnd }
