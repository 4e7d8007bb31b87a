package stream

import (
	"fmt"
	"strconv"

	"github.com/sightline-go/sightline/layers"
)

// A Proto is a protocol. Values from ProtoUser up are free for callers.
type Proto uint8

// The protocols of messages, and of their carriers. Those without a framer in the
// table of protocols are recognised and counted, but yield no messages.
const (
	Unknown Proto = iota
	TCP
	UDP
	DNS
	HTTP1
	TLS
	Connect  // a tunnel opened by HTTP CONNECT (RFC 9110 section 9.3.6)
	Upgrade  // the protocol after a 101 response (RFC 9110 section 7.8)
	StartTLS // the TLS after STARTTLS (RFC 3207 and others)
	OpenVPN  // the control channel of OpenVPN
	QUIC
	DTLS
	SSH
	SMTP
	Mail // RFC 5322, over any carrier
	POP3
	IMAP
	FTP
	FTPData
	SSL2
	SOCKS
	IRC
	SMB
	RDP
	Telnet
	MQTT
	LDAP
	WebSocket
	PROXY // the header that a proxy adds (https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt)
	HTTP2
	HTTP3
	GRPC             // gRPC and gRPC-Web, in HTTP
	ServerSentEvents // text/event-stream, in HTTP

	protoCount = iota // the number of protocols above

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

// IsHTTP reports whether the messages of a protocol are requests and responses of HTTP.
func (p Proto) IsHTTP() bool { return p == HTTP1 || p == HTTP2 || p == HTTP3 }

// MarshalText returns the protocol's name.
func (p Proto) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText parses a name that MarshalText returned. It returns an error if
// no protocol has that name.
func (p *Proto) UnmarshalText(b []byte) error {
	for v := range 256 {
		if Proto(v).String() == string(b) {
			*p = Proto(v)
			return nil
		}
	}
	return fmt.Errorf("stream: unknown protocol %q", b)
}

// A Kind is the format of a Message's Data. The framer sets it, so a caller
// need not parse Data to find out.
type Kind uint8

// The kinds, with the function that parses Data.
const (
	// DNSMessage is a DNS message, without the length prefix that it has over
	// TCP. See dns.ParseMessage.
	DNSMessage Kind = iota + 1

	// HTTPRequest and HTTPResponse are heads of HTTP/1 messages. Those of HTTP/2 and
	// HTTP/3 have the same form, with their own version: the pseudo-fields are in the first line,
	// and in Host and Upgrade. See http1.ParseRequest and http1.ParseResponse.
	HTTPRequest
	HTTPResponse

	// ClientHello, ServerHello and Certificate are TLS handshake messages with
	// their header. See tls.ParseClientHello, tls.ParseServerHello and
	// tls.ParseCertificate. DTLS hellos and SSL 2 certificates are converted to
	// this form. A HelloRetryRequest is a ServerHello.
	ClientHello
	ServerHello
	Certificate

	// TLSHandshake is any other TLS handshake message.
	TLSHandshake

	// SSHIdent is an SSH identification string without its line end. See
	// ssh.ParseIdent.
	SSHIdent

	// SSHKexInit is an SSH_MSG_KEXINIT, which offers algorithms, starting with
	// its message number. See ssh.ParseKexInit.
	SSHKexInit

	// SSHKexReply is an SSH key exchange reply, which has the server's host
	// key. See ssh.ParseKexReply. The group of a group exchange (RFC 4419) has
	// the message number of a reply, so it is delivered too; ParseKexReply
	// refuses it.
	SSHKexReply

	// Command is a client's command, and Reply a server's reply, in SMTP, POP3,
	// FTP (mail.ParseCommand) or IMAP (mail.ParseIMAPCommand), with line ends.
	// A Reply of SMTP or FTP has all its lines (mail.ParseReply), one of POP3
	// only the first; one of IMAP is a response.
	Command
	Reply

	// AuthResponse is a line of the client in the exchange that AUTH of SMTP
	// (RFC 4954) and POP3 (RFC 5034) or AUTHENTICATE of IMAP starts: base64, or
	// "*" to cancel. It may hold a password.
	AuthResponse

	// MailHeader is the header section of a mail. See mail.ParseHeader.
	MailHeader

	// IRCMessage is an IRC message with its line end. See irc.ParseMessage.
	IRCMessage

	// WebSocketText and WebSocketBinary are messages of WebSocket (RFC 6455
	// section 5.6), of which Data is the content: joined, decompressed and without
	// masks. Control frames are not reported.
	WebSocketText
	WebSocketBinary

	// GRPCMessage is a message of gRPC or gRPC-Web, decompressed and without its prefix.
	// The target of Message.Request names service and method. The fields after a body,
	// which gRPC-Web sends as a message, are not reported.
	GRPCMessage

	// ServerSentEvent is an event of text/event-stream with data, as UTF-8, without the
	// empty line at its end. Those without data are comments that keep the connection
	// open, and are not reported. See sse.ParseEvent.
	ServerSentEvent

	// QUICPacket is a QUIC packet with a long header. See quic.ParsePacket.
	QUICPacket

	// UserMessage is a message of a protocol that Config.Detect recognised.
	UserMessage

	// Opened and Closed report the first packet of a TCP connection, and the
	// whole connection once it is dropped: see Summary. They have no Data.
	// Config.Connections enables them.
	Opened
	Closed

	// FileBegin, FileData and FileEnd report the start of a File, a piece of
	// its content, and its end. Only FileData has Data; Config.Content enables
	// it.
	FileBegin
	FileData
	FileEnd
)

var kindNames = [...]string{
	DNSMessage: "DNS message", HTTPRequest: "HTTP request", HTTPResponse: "HTTP response",
	ClientHello: "ClientHello", ServerHello: "ServerHello", Certificate: "Certificate", TLSHandshake: "TLS handshake",
	SSHIdent: "SSH identification", SSHKexInit: "SSH KEXINIT", SSHKexReply: "SSH KEX reply",
	Command: "command", Reply: "reply", AuthResponse: "auth response", MailHeader: "mail header", IRCMessage: "IRC message", WebSocketText: "WebSocket text", WebSocketBinary: "WebSocket binary",
	GRPCMessage: "gRPC message", ServerSentEvent: "server-sent event", QUICPacket: "QUIC packet", UserMessage: "user message",
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

// A protocol is a row of the table of protocols: how to recognise and decode
// it.
type protocol struct {
	proto Proto
	name  string

	// recognise decides whether b, the first bytes of one side, is of the
	// protocol. It may ask for more bytes, up to probeLen. It is nil for a
	// protocol that its first bytes do not identify.
	recognise func(b []byte, f layers.Flow) (role, verdict)

	// lines describes a line protocol and replaces recognise. All line
	// protocols are recognised together, so they must be adjacent in the table.
	lines *lineGrammar

	// newFramer returns a framer for a conversation carried by via, inside
	// depth HTTP tunnels. It is nil for a protocol that is counted but not
	// decoded.
	newFramer func(via Path, depth int) framer

	// alpn is the name (IANA registry "tls-extensiontype-values", ALPN protocol
	// IDs) that a server chooses for a protocol that is then not recognised by its
	// content. It is "" for other protocols.
	alpn string

	// plain means that recognise decides by bytes that no other protocol begins
	// with. It applies even if the other side speaks another protocol.
	plain bool
}

// protocols lists the protocols in the order in which their recognisers are
// asked. The first that does not refuse decides, or makes the others wait. So
// distinctive protocols that need few bytes come first, then text protocols,
// then those that are only counted, and last those recognised by a few lengths
// and flags, which another protocol's text might match.
//
// After STARTTLS, in OpenVPN, and after a protocol that is only counted, only TLS
// is tried.
var protocols = [...]protocol{
	{proto: TLS, name: "TLS", recognise: recogniseTLS, newFramer: newTLS, plain: true},
	{proto: HTTP1, name: "HTTP/1", recognise: recogniseHTTP, newFramer: newHTTP, plain: true},
	{proto: HTTP2, name: "HTTP/2", recognise: recogniseHTTP2, newFramer: newHTTP2},
	{proto: SSH, name: "SSH", recognise: recogniseSSH, newFramer: newSSH, plain: true},
	{proto: OpenVPN, name: "OpenVPN", recognise: recogniseOpenVPN, newFramer: newOpenVPN},

	{proto: SMTP, name: "SMTP", lines: &smtpLines, newFramer: newSMTP},
	{proto: POP3, name: "POP3", lines: &pop3Lines, newFramer: newPOP3},
	{proto: IMAP, name: "IMAP", lines: &imapLines, newFramer: newIMAP},
	{proto: FTP, name: "FTP", lines: &ftpLines, newFramer: newFTP},
	{proto: IRC, name: "IRC", lines: &ircLines, newFramer: newIRC},

	{proto: SMB, name: "SMB", recognise: recogniseSMB},
	{proto: RDP, name: "RDP", recognise: recogniseRDP},
	{proto: Telnet, name: "Telnet", recognise: recogniseTelnet},
	{proto: MQTT, name: "MQTT", recognise: recogniseMQTT},
	{proto: LDAP, name: "LDAP", recognise: recogniseLDAP},
	{proto: SOCKS, name: "SOCKS", recognise: recogniseSOCKS, newFramer: newSOCKS},

	{proto: DNS, name: "DNS", recognise: recogniseDNS, newFramer: newDNS, alpn: "dot"},
	{proto: SSL2, name: "SSL 2", recognise: recogniseSSL2, newFramer: newSSL2},
	{proto: WebSocket, name: "WebSocket", recognise: recogniseWebSocket, newFramer: newWebSocketMiddle},

	// Carriers, and protocols that are not recognised by their first bytes.
	{proto: Unknown, name: "unknown"},
	{proto: TCP, name: "TCP"},
	{proto: UDP, name: "UDP"},
	{proto: Connect, name: "CONNECT"},
	{proto: Upgrade, name: "Upgrade"},
	{proto: StartTLS, name: "STARTTLS"},
	{proto: QUIC, name: "QUIC"},
	{proto: DTLS, name: "DTLS"},
	{proto: Mail, name: "mail"},
	{proto: FTPData, name: "FTP data"},
	{proto: PROXY, name: "PROXY"},
	{proto: HTTP3, name: "HTTP/3"},
	{proto: GRPC, name: "gRPC"},
	{proto: ServerSentEvents, name: "server-sent events"},
}

// protocolOf returns the row of a protocol, nil for a caller's own.
func protocolOf(p Proto) *protocol {
	for i := range protocols {
		if protocols[i].proto == p {
			return &protocols[i]
		}
	}
	return nil
}

// protocolOfALPN returns the protocol with an ALPN name, Unknown if its content
// decides.
func protocolOfALPN(name string) Proto {
	for i := range protocols {
		if p := &protocols[i]; p.alpn != "" && p.alpn == name {
			return p.proto
		}
	}
	return Unknown
}

// newFramer returns the framer of a protocol, nil if it is not decoded.
func newFramer(p Proto, via Path, depth int) framer {
	if row := protocolOf(p); row != nil && row.newFramer != nil {
		return row.newFramer(via, depth)
	}
	return nil
}
