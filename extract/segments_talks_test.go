package extract

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/sightline-go/sightline/internal/build"
)

// crlf ends the lines of a text as the line protocols do.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

func unhex(s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return string(b)
}

// helloFor returns a ClientHello for a server name (RFC 6066 section 3).
func helloFor(name string) string {
	u16 := func(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
	sni := u16(len(name)+3) + "\x00" + u16(len(name)) + name
	ext := "\x00\x00" + u16(len(sni)) + sni
	return record(1, "\x03\x03"+strings.Repeat("r", 32)+"\x00\x00\x02\xc0\x2f\x01\x00"+u16(len(ext))+ext)
}

var (
	tlsAsk    = "C" + helloFor("tls.example")
	tlsAnswer = "S" + record(2, "\x03\x03"+strings.Repeat("s", 32)+"\x00\xc0\x2f\x00")
	tlsRow    = `"version": "TLS 1.2"`

	httpAsk    = crlf("GET /a HTTP/1.1\nHost: www.example\nUser-Agent: probe\n\n")
	httpAnswer = "S" + crlf("HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 5\n\n") + "hello"
	httpRow    = `"url": "http://www.example/a"`

	proxy1 = "PROXY TCP4 203.0.113.9 192.0.2.110 5000 80\r\n"
	proxy2 = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0f\xcb\x00\x71\x09\xc0\x00\x02\x6e\x13\x88\x00\x50\x04\x00\x00" // with a NOOP extension
)

const mailText = "From: a@from.example\nTo: b@to.example\nSubject: cut\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=q\n\n" +
	"--q\n\ntext\n.. dots\n--q\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA\n--q--\n"

// mysqlGreeting is a HandshakeV10 (MySQL's documentation, "Connection Phase
// Packets"), and mysqlTLS an SSLRequest.
var (
	mysqlGreeting = "\x4a\x00\x00\x00\x0a8.0.30\x00\x01\x00\x00\x00abcdefgh\x00\xff\xff\xff\x02\x00\xff\xdf\x15" + strings.Repeat("\x00", 10) + "ijklmnopqrst\x00mysql_native_password\x00"
	mysqlTLS      = "\x20\x00\x00\x01\x05\xae\xff\x01\x00\x00\x00\x01\xff" + strings.Repeat("\x00", 23)
)

// misleading is part of the names of talks with text that might begin another
// protocol if the capture began there.
const misleading = " with misleading text"

// segmented has a talk of each protocol that package stream splits into
// messages, and a text that its report has.
var segmented = []struct {
	name, want string
	talk       talk
}{
	{"HTTP", httpRow, talkOf(80, "C"+httpAsk, httpAnswer)},
	{"HTTP requests in a row", `"url": "http://www.example/b"`, talkOf(80, "C"+httpAsk, httpAnswer,
		"C"+crlf("POST /b HTTP/1.1\nHost: www.example\nContent-Type: multipart/form-data; boundary=q\nTransfer-Encoding: chunked\n\n")+
			crlf("51\n--q\nContent-Disposition: form-data; name=x; filename=a.bin\n\n0123456789\n--q--\n\n0\n\n"),
		"S"+crlf("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n5\nhello\n1\n!\n0\nX: y\n\n"))},
	{"HTTP on a port of its own", httpRow, talkOf(4444, "C"+httpAsk, httpAnswer)},
	{"HTTP after empty lines", httpRow, talkOf(80, "C\r\n\r\n"+httpAsk, httpAnswer)},
	{"HTTP until the end", httpRow, talkOf(80, "C"+httpAsk, "S"+crlf("HTTP/1.0 200 OK\nServer: x\n\n")+"hello")},
	{"CONNECT", `"server_name": "tls.example"`, talkOf(3128, "C"+crlf("CONNECT tls.example:443 HTTP/1.1\nHost: tls.example\n\n"),
		"S"+crlf("HTTP/1.1 200 OK\n\n"), tlsAsk, tlsAnswer)},
	{"CONNECT with its TLS at once", `"server_name": "tls.example"`, talkOf(3128,
		"C"+crlf("CONNECT tls.example:443 HTTP/1.1\nHost: tls.example\n\n")+tlsAsk[1:], "S"+crlf("HTTP/1.1 200 OK\n\n")+tlsAnswer[1:])},
	{"CONNECT and cleartext", httpRow, talkOf(3128, "C"+crlf("CONNECT www.example:80 HTTP/1.1\nHost: www.example\n\n"),
		"S"+crlf("HTTP/1.1 200 OK\n\n"), "C"+httpAsk, httpAnswer)},
	{"CONNECT declined", httpRow, talkOf(3128, "C"+crlf("CONNECT www.example:80 HTTP/1.1\nHost: www.example\n\n"),
		"S"+crlf("HTTP/1.1 403 Forbidden\nContent-Length: 2\n\nno"), "C"+httpAsk, httpAnswer)},
	{"Upgrade", `"protos": [`, talkOf(80, "C"+crlf("GET /irc HTTP/1.1\nHost: www.example\nUpgrade: irc\nConnection: upgrade\n\n"),
		"S"+crlf("HTTP/1.1 101 Switching\nUpgrade: irc\n\n:irc.example NOTICE * :hi\n"), "C"+crlf("NICK x\nUSER x 0 * :x\n"))},

	{"TLS", tlsRow, talkOf(443, tlsAsk, tlsAnswer)},
	{"TLS after an alert", tlsRow, talkOf(443, "C\x15\x03\x03\x00\x02\x01\x00"+tlsAsk[1:], tlsAnswer)},
	{"TLS after two alerts, of both sides", tlsRow, talkOf(443, "C\x15\x03\x03\x00\x02\x01\x00\x15\x03\x03\x00\x02\x01\x70"+tlsAsk[1:], "S\x15\x03\x03\x00\x02\x01\x70"+tlsAnswer[1:])},
	{"TLS after change_cipher_spec", tlsRow, talkOf(443, "C\x14\x03\x03\x00\x01\x01"+tlsAsk[1:], "S\x14\x03\x03\x00\x01\x01"+tlsAnswer[1:])},
	{"TLS after an empty SSL 2 hello", tlsRow, talkOf(443, "C\x80\x1f\x01\x03\x01\x00\x06\x00\x00\x00\x10\x00\x00\x2f\x00\x00\x0acccccccccccccccc", tlsAnswer)},
	{"TLS to which HTTP answers", `"server_name": "tls.example"`, talkOf(443, tlsAsk, "S"+crlf("HTTP/1.1 400 Bad Request\nServer: odd\nContent-Length: 0\n\n"))},
	{"SSL 2", `"SSL 2"`, talkOf(443, "C\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"+strings.Repeat("\x01\x00\x80", 7)+strings.Repeat("c", 16),
		"S"+ssl2Hello(strings.Repeat("\x30", 40)))},

	{"SMTP", `"subject": "cut"`, talkOf(25, "S"+crlf("220-mx.example ESMTP\n220 ready\n"), "C"+crlf("EHLO c.example\n"), "S"+crlf("250-mx.example\n250 PIPELINING\n"),
		"C"+crlf("MAIL FROM:<a@from.example>\nRCPT TO:<b@to.example>\nDATA\n"), "S"+crlf("250 ok\n250 ok\n354 go\n"),
		"C"+crlf(mailText)+crlf(".\nQUIT\n"), "S"+crlf("250 queued\n221 bye\n"))},
	{"SMTP with BDAT", `"subject": "cut"`, talkOf(2525, "S"+crlf("220 mx.example ESMTP\n"), "C"+crlf("EHLO c.example\n"), "S"+crlf("250 CHUNKING\n"),
		"C"+crlf("MAIL FROM:<a@from.example>\nRCPT TO:<b@to.example>\nBDAT 64 LAST\nFrom: a@from.example\nSubject: cut\n\n0123456789\n0123456789\nRSET\n"), "S"+crlf("250 ok\n250 ok\n250 ok\n250 ok\n"))},
	{"SMTP with AUTH", `"user": "bob"`, talkOf(587, "S"+crlf("220 mx.example ESMTP\n"), "C"+crlf("EHLO c.example\n"), "S"+crlf("250 AUTH LOGIN\n"),
		"C"+crlf("AUTH LOGIN\n"), "S"+crlf("334 VXNlcm5hbWU6\n"), "C"+crlf("Ym9i\n"), "S"+crlf("334 UGFzc3dvcmQ6\n"), "C"+crlf("c2VjcmV0\n"), "S"+crlf("235 ok\n"))},
	{"SMTP with STARTTLS", tlsRow, talkOf(25, "S"+crlf("220 mx.example ESMTP\n"), "C"+crlf("EHLO c.example\n"), "S"+crlf("250 STARTTLS\n"),
		"C"+crlf("STARTTLS\n"), "S"+crlf("220 go\n"), tlsAsk, tlsAnswer)},
	{"SMTP with STARTTLS, decrypted", `"subject": "cut"`, talkOf(25, "S"+crlf("220 mx.example ESMTP\n"), "C"+crlf("EHLO c.example\n"), "S"+crlf("250 STARTTLS\n"),
		"C"+crlf("STARTTLS\n"), "S"+crlf("220 go\n"), "C"+crlf("EHLO c.example\n"), "S"+crlf("250 x\n"),
		"C"+crlf("MAIL FROM:<a@from.example>\nRCPT TO:<b@to.example>\nDATA\n"), "S"+crlf("250 ok\n250 ok\n354 go\n"), "C"+crlf(mailText+".\nQUIT\n"), "S"+crlf("250 queued\n221 bye\n"))},
	{"LMTP on a port of its own", `"protos": [`, talkOf(4000, "S"+crlf("220 ready\n"), "C"+crlf("LHLO c.example\nMAIL FROM:<a@from.example>\n"), "S"+crlf("250 x\n250 ok\n"))},
	{"POP3", `"subject": "cut"`, talkOf(110, "S"+crlf("+OK ready\n"), "C"+crlf("USER bob\n"), "S"+crlf("+OK\n"), "C"+crlf("PASS secret\n"), "S"+crlf("+OK\n"),
		"C"+crlf("RETR 1\n"), "S"+crlf("+OK 300 octets\n"+mailText+".\n"), "C"+crlf("QUIT\n"), "S"+crlf("+OK\n"))},
	{"POP3 with STLS", tlsRow, talkOf(110, "S"+crlf("+OK ready\n"), "C"+crlf("STLS\n"), "S"+crlf("+OK begin\n"), tlsAsk, tlsAnswer)},
	{"POP3 with STLS, decrypted", `"user": "bob"`, talkOf(110, "S"+crlf("+OK ready\n"), "C"+crlf("STLS\n"), "S"+crlf("+OK begin\n"), "C"+crlf("USER bob\n"), "S"+crlf("+OK\n"), "C"+crlf("PASS secret\n"), "S"+crlf("+OK\n"))},
	{"IMAP", `"subject": "cut"`, talkOf(143, "S"+crlf("* OK ready\n"), "C"+crlf("a1 LOGIN bob secret\n"), "S"+crlf("a1 OK\n"), "C"+crlf("a2 FETCH 1 (RFC822)\n"),
		"S"+crlf("* 1 FETCH (RFC822 {46}\nFrom: a@from.example\nSubject: cut\n\n01234)\na2 OK\n"))},
	{"IMAP with literals", `"user": "bob"`, talkOf(143, "S"+crlf("* OK ready\n"), "C"+crlf("a1 LOGIN {3}\n"), "S"+crlf("+ go\n"), "C"+crlf("bob {6}\n"), "S"+crlf("+ go\n"), "C"+crlf("secret\n"), "S"+crlf("a1 OK\n"))},
	{"IMAP with STARTTLS", tlsRow, talkOf(143, "S"+crlf("* OK ready\n"), "C"+crlf("a1 STARTTLS\n"), "S"+crlf("a1 OK go\n"), tlsAsk, tlsAnswer)},
	{"IMAP with STARTTLS, decrypted", `"user": "bob"`, talkOf(143, "S"+crlf("* OK ready\n"), "C"+crlf("a1 STARTTLS\n"), "S"+crlf("a1 OK go\n"), "C"+crlf("a2 LOGIN bob secret\n"), "S"+crlf("a2 OK\n"))},
	{"FTP", `"user": "bob"`, talkOf(21, "S"+crlf("220-Welcome\n to FTP\n220 ready\n"), "C"+crlf("USER bob\n"), "S"+crlf("331 more\n"), "C"+crlf("PASS secret\n"), "S"+crlf("230 ok\n"),
		"C"+crlf("PASV\n"), "S"+crlf("227 Entering (192,0,2,110,4,1)\n"), "C"+crlf("RETR a.bin\n"), "S"+crlf("150 go\n226 done\n"))},
	{"FTP with AUTH TLS", tlsRow, talkOf(21, "S"+crlf("220 FTP\n"), "C"+crlf("AUTH TLS\n"), "S"+crlf("234 go\n"), tlsAsk, tlsAnswer)},
	{"FTP with AUTH TLS, decrypted", `"user": "bob"`, talkOf(21, "S"+crlf("220 FTP\n"), "C"+crlf("AUTH TLS\n"), "S"+crlf("234 go\n"), "C"+crlf("USER bob\n"), "S"+crlf("331 more\n"), "C"+crlf("PASS secret\n"), "S"+crlf("230 ok\n"))},
	{"IRC", `"irc.example"`, talkOf(6667, "C"+crlf("NICK mallory\nUSER m 0 * :Mal Lory\n"), "S"+crlf(":irc.example 001 mallory :Welcome\n:irc.example NOTICE mallory :hi\n"),
		"C"+crlf("JOIN #c\nPRIVMSG #c :hello\n"), "S"+crlf(":mallory!m@10.0.0.5 JOIN #c\nPING :x\n"))},
	{"a long IRC greeting on a port of its own", `"irc.example"`, talkOf(4000, "S"+crlf(strings.Repeat(":irc.example NOTICE * :*** Looking up your hostname\n", 12)), "C"+crlf("NICK mallory\n"))},
	{"commands at once on a port of their own", `"protos": [`, talkOf(4000, "C"+crlf("EHLO c.example\nMAIL FROM:<a@from.example>\n"+strings.Repeat("RCPT TO:<b@to.example>\n", 30)))},

	{"SSH", `"hassh"`, talkOf(22, "SSSH-2.0-OpenSSH_9.6\r\n"+sshKexInit, "CSSH-2.0-client\r\n"+sshKexInit)},
	{"SSH after lines" + misleading, `"hassh"`, talkOf(22, "SHello there,\r\nthe SSH-agent may HELP you\r\nUSER x logs in\r\nEHLO x\r\nSSH-2.0-OpenSSH_9.6\r\n"+sshKexInit, "CSSH-2.0-client\r\n"+sshKexInit)},
	{"SSH after a greeting", `"hassh"`, talkOf(4000, "S220 ready\r\nSSH-2.0-OpenSSH_9.6\r\n"+sshKexInit, "CSSH-2.0-client\r\n"+sshKexInit)},
	{"SSH after long lines", `"hassh"`, talkOf(22, "S"+strings.Repeat(strings.Repeat("banner ", 60)+"\r\n", 8)+"SSH-2.0-OpenSSH_9.6\r\n"+sshKexInit, "CSSH-2.0-client\r\n"+sshKexInit)},
	{"SSH to which a scanner sends HTTP", `"SSH-2.0-OpenSSH_9.6"`, talkOf(22, "SSSH-2.0-OpenSSH_9.6\r\n", "C"+httpAsk, "SProtocol mismatch.\n")},

	{"DNS", `"a.site.example"`, talkOf(53, "C"+dnsFrame(build.DNSQuery(7, "a", "site", "example")), "S"+dnsFrame(build.DNSQuery(7, "a", "site", "example")))},
	{"DNS on a port of its own", `"a.site.example"`, talkOf(4000, "C"+dnsFrame(build.DNSQuery(7, "a", "site", "example"))+dnsFrame(build.DNSQuery(7, "a", "site", "example")))},
	{"OpenVPN", `"OpenVPN"`, talkOf(1194, "C\x00\x0e\x38abcdefgh\x00\x00\x00\x00\x00", "S\x00\x1a\x40ABCDEFGH\x01\x00\x00\x00\x00abcdefgh\x00\x00\x00\x00")},

	{"SOCKS 5", httpRow, talkOf(1080, "C\x05\x01\x00", "S\x05\x00", "C\x05\x01\x00\x03\x0bwww.example\x00\x50", "S\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", "C"+httpAsk, httpAnswer)},
	{"SOCKS 5 with all at once", httpRow, talkOf(1080, "C\x05\x02\x00\x02\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"+httpAsk, "S\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"+httpAnswer[1:])},
	{"SOCKS 5 with a password", tlsRow, talkOf(1080, "C\x05\x01\x02", "S\x05\x02", "C\x01\x03bob\x06secret", "S\x01\x00", "C\x05\x01\x00\x04"+strings.Repeat("\x20", 16)+"\x01\xbb", "S\x05\x00\x00\x04"+strings.Repeat("\x00", 18), tlsAsk, tlsAnswer)},
	{"SOCKS 5 with SMTP", `"protos": [`, talkOf(1080, "C\x05\x01\x00", "S\x05\x00", "C\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x19", "S\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"+crlf("220 mx.example ESMTP\n"), "C"+crlf("EHLO x\n"))},
	{"SOCKS 4", httpRow, talkOf(1080, "C\x04\x01\x00\x50\xc0\x00\x02\x01bob\x00", "S\x00\x5a\x00\x00\x00\x00\x00\x00", "C"+httpAsk, httpAnswer)},
	{"SOCKS 4A with all at once", tlsRow, talkOf(1080, "C\x04\x01\x01\xbb\x00\x00\x00\x01\x00tls.example\x00"+tlsAsk[1:], "S\x00\x5a\x00\x00\x00\x00\x00\x00"+tlsAnswer[1:])},

	{"PROXY 1 and HTTP", httpRow, talkOf(80, "C"+proxy1+httpAsk, httpAnswer)},
	{"PROXY 1 and TLS", tlsRow, talkOf(443, "C"+proxy1+tlsAsk[1:], tlsAnswer)},
	{"PROXY 1 without addresses", httpRow, talkOf(80, "CPROXY UNKNOWN\r\n"+httpAsk, httpAnswer)},
	{"PROXY 1 over IPv6", httpRow, talkOf(80, "CPROXY TCP6 2001:db8::1 2001:db8::2 5000 80\r\n"+httpAsk, httpAnswer)},
	{"PROXY 1 and SMTP", `"protos": [`, talkOf(25, "C"+proxy1, "S"+crlf("220 mx.example ESMTP\n"), "C"+crlf("EHLO x\n"))},
	{"PROXY 1 and SSH", `"hassh"`, talkOf(22, "C"+proxy1+"SSH-2.0-client\r\n"+sshKexInit, "SSSH-2.0-OpenSSH_9.6\r\n"+sshKexInit)},
	{"PROXY 2 and HTTP", httpRow, talkOf(80, "C"+proxy2+httpAsk, httpAnswer)},
	{"PROXY 2 and TLS", tlsRow, talkOf(443, "C"+proxy2+tlsAsk[1:], tlsAnswer)},
	{"PROXY 2 of the proxy itself", httpRow, talkOf(80, "C\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"+httpAsk, httpAnswer)},
	{"PROXY 2 with long extensions", httpRow, talkOf(80, "C\r\n\r\n\x00\r\nQUIT\n\x21\x11\x04\x0f\xcb\x00\x71\x09\xc0\x00\x02\x6e\x13\x88\x00\x50\x04\x04\x00"+strings.Repeat("\x16\x03\nG", 256)+httpAsk, httpAnswer)},

	{"MySQL", tlsRow, talkOf(3306, "S"+mysqlGreeting, "C"+mysqlTLS+tlsAsk[1:], tlsAnswer)},
	{"MySQL" + misleading, tlsRow, talkOf(3306, "S"+strings.NewReplacer("abcdefgh", "abGET /h", "ijkl", "SSH-").Replace(mysqlGreeting), "C"+mysqlTLS+tlsAsk[1:], tlsAnswer)},
	{"PostgreSQL", tlsRow, talkOf(5432, "C\x00\x00\x00\x08\x04\xd2\x16\x2f", "SS", tlsAsk, tlsAnswer)},
	{"PostgreSQL with its TLS at once", tlsRow, talkOf(5432, "C\x00\x00\x00\x08\x04\xd2\x16\x2f"+tlsAsk[1:], "SS"+tlsAnswer[1:])},
	{"PostgreSQL after GSSAPI", tlsRow, talkOf(5432, "C\x00\x00\x00\x08\x04\xd2\x16\x30", "SN", "C\x00\x00\x00\x08\x04\xd2\x16\x2f", "SS", tlsAsk, tlsAnswer)},
	{"XMPP", tlsRow, talkOf(5222, "C<?xml version='1.0'?><stream:stream to='x' xmlns='jabber:client'>", "S<?xml version='1.0'?><stream:stream from='x'><stream:features><starttls/></stream:features>",
		"C<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"+tlsAsk[1:], "S<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"+tlsAnswer[1:])},
	{"LDAP", tlsRow, talkOf(389, "C"+unhex("301d02010177188016")+"1.3.6.1.4.1.1466.20037"+tlsAsk[1:], "S"+unhex("300c02010178070a010004000400")+tlsAnswer[1:])},
	{"LDAP in two turns", tlsRow, talkOf(4000, "C"+unhex("301d02010177188016")+"1.3.6.1.4.1.1466.20037", "S"+unhex("300c02010178070a010004000400"), tlsAsk, tlsAnswer)},
	{"LDAP with a bind", `"LDAP"`, talkOf(389, "C"+unhex("300c020101600702010304008000"), "S"+unhex("300c02010161070a010004000400"))},
	{"RDP", tlsRow, talkOf(3389, "C"+unhex("030000130ee000000000000100080003000000")+tlsAsk[1:], "S"+unhex("030000130ed000001234000200080002000000")+tlsAnswer[1:])},
	{"RDP with a cookie", `"RDP"`, talkOf(4000, "C"+unhex("0300002c27e00000000000")+"Cookie: mstshash=eltons\r\n"+unhex("0100080000000000"))},
	{"NNTP with STARTTLS", tlsRow, talkOf(119, "S200 news ready\r\n", "CSTARTTLS\r\n", "S382 go\r\n", tlsAsk, tlsAnswer)},
	{"SMB", `"SMB"`, talkOf(445, "C"+unhex("00000085ff534d427200000000"))},
	{"SMB after NetBIOS", `"SMB"`, talkOf(139, "C\x81\x00\x00\x44\x20"+strings.Repeat("A", 67))},
	{"MQTT", `"MQTT"`, talkOf(4000, "C"+unhex("101000044d5154540402003c000461626364"))},
	{"Telnet", `"Telnet"`, talkOf(4000, "S\xff\xfd\x18\xff\xfd\x20\r\nlogin: ")},
	{"a byte of a keep-alive", httpRow, talkOf(80, "C\x00"+httpAsk, httpAnswer)},
}

// ssl2Hello returns a SERVER-HELLO of SSL 2
// (draft-hickman-netscape-ssl-00 section 2.6).
func ssl2Hello(certificate string) string {
	u16 := func(n int) string { return string(binary.BigEndian.AppendUint16(nil, uint16(n))) }
	body := "\x04\x00\x01\x00\x02" + u16(len(certificate)) + u16(3) + u16(16) + certificate + "\x01\x00\x80" + strings.Repeat("i", 16)
	return u16(0x8000|len(body)) + body
}

// sshKexInit is a packet with an SSH_MSG_KEXINIT (RFC 4253 sections 6 and 7.1).
var sshKexInit = func() string {
	u32 := func(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
	payload := "\x14" + strings.Repeat("k", 16)
	for _, list := range []string{"curve25519-sha256", "ssh-ed25519", "aes128-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256", "none", "none", "", ""} {
		payload += u32(len(list)) + list
	}
	payload += "\x00" + u32(0)
	padding := 8 - (5+len(payload))%8 + 8
	return u32(1+len(payload)+padding) + string(rune(padding)) + payload + strings.Repeat("\x00", padding)
}()

// dnsFrame returns a DNS message as TCP carries it (RFC 1035 section 4.2.2).
func dnsFrame(b []byte) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(len(b)))) + string(b)
}
