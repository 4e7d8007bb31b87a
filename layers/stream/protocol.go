package stream

import "github.com/sightline-go/sightline/layers"

// A protocol is a row of the table of protocols: what is known of one before it
// is decoded.
type protocol struct {
	proto Proto
	name  string

	// recognise decides whether b, what one side begins with, is of the protocol.
	// It may want more bytes, up to probeLen. It is nil for what is not recognised
	// by its first bytes.
	recognise func(b []byte, f layers.Flow) (role, verdict)

	// lines describes a line protocol, in place of recognise. All of them are
	// recognised together, so they stand together in the table.
	lines *lineGrammar

	// newFramer returns a framer for a conversation that via carries, in depth
	// tunnels of HTTP. It is nil for what is counted and not decoded.
	newFramer func(via Path, depth int) framer

	// plain says that recognise decides by bytes that no other protocol begins
	// with, so that they count even where the other side speaks something else.
	plain bool
}

// protocols has the protocols that are recognised in the order in which their
// recognisers are asked: the first that does not refuse decides, or makes the
// others wait. So what is distinct and needs few bytes comes first; then the
// text protocols; then what is only counted; and last what is recognised by the
// shape of a few lengths and flags, which the text of another might have.
//
// In a tunnel where only TLS may follow, only TLS is asked. What is counted and
// not decoded is not looked for in a proxy's connection.
var protocols = [...]protocol{
	{proto: TLS, name: "TLS", recognise: recogniseTLS, newFramer: newTLS, plain: true},
	{proto: HTTP1, name: "HTTP/1", recognise: recogniseHTTP, newFramer: newHTTP, plain: true},
	{proto: SSH, name: "SSH", recognise: recogniseSSH, newFramer: newSSH, plain: true},
	{proto: OpenVPN, name: "OpenVPN", recognise: recogniseOpenVPN, newFramer: newOpenVPN},

	{proto: SMTP, name: "SMTP", lines: &smtpLines, newFramer: newSMTP},
	{proto: POP3, name: "POP3", lines: &pop3Lines, newFramer: newPOP3},
	{proto: IMAP, name: "IMAP", lines: &imapLines, newFramer: newIMAP},
	{proto: FTP, name: "FTP", lines: &ftpLines, newFramer: newFTP},
	{proto: IRC, name: "IRC", lines: &ircLines},

	{proto: SMB, name: "SMB", recognise: recogniseSMB},
	{proto: RDP, name: "RDP", recognise: recogniseRDP},
	{proto: Telnet, name: "Telnet", recognise: recogniseTelnet},
	{proto: MQTT, name: "MQTT", recognise: recogniseMQTT},
	{proto: LDAP, name: "LDAP", recognise: recogniseLDAP},
	{proto: SOCKS, name: "SOCKS", recognise: recogniseSOCKS},

	{proto: DNS, name: "DNS", recognise: recogniseDNS, newFramer: newDNS},
	{proto: SSL2, name: "SSL 2", recognise: recogniseSSL2, newFramer: newSSL2},

	// What carries others, or is found by other means.
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
}

// protocolOf returns the row of a protocol, nil for one of a caller's.
func protocolOf(p Proto) *protocol {
	for i := range protocols {
		if protocols[i].proto == p {
			return &protocols[i]
		}
	}
	return nil
}

// newFramer returns the framer of a protocol, nil for one that is not decoded.
func newFramer(p Proto, via Path, depth int) framer {
	if row := protocolOf(p); row != nil && row.newFramer != nil {
		return row.newFramer(via, depth)
	}
	return nil
}
