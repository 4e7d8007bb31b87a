package mutate

import (
	"bytes"
	"compress/gzip"
	"io"
)

// tokens are pieces of protocols, and of what hides content in them.
var tokens = [...]string{
	"\r\n", "\n", "\r", "\x00", " ", "\t", ":", ";", ",", "\"", "=", "--", ".\r\n", "\r\n\r\n", "\r\n.\r\n",
	"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "POST /p HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", "HEAD /h HTTP/1.1\r\n\r\n",
	"CONNECT b.example:443 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nMZ", "HTTP/1.1 100 Continue\r\n\r\n",
	"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "ICY 200 OK\r\n\r\n",
	"Content-Length: 0\r\n", "Content-Length: 99999999999\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n",
	"Content-Encoding: gzip, deflate\r\n", "Range: bytes=1-\r\n", "Content-Range: bytes 0-1/2\r\n", "0\r\n\r\n", "ffffffff\r\n", "5;a=b\r\n",
	"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nMZ\r\n--x--\r\n", "Content-Transfer-Encoding: base64\r\n\r\nTVo=\r\n",
	"Content-Disposition: attachment; filename=\"../a.exe\"\r\n", "=?utf-8?B?YQ==?=",
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", "\x03\x00", "\x00\x00\x00\xff\xff", "\x78\x9c", "\x04\xc0\x81\x08\x00\x00\x00\x00\x20\x7f\xeb\x0b\x00\x00",
	"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x05\x06\x07\x08\x00\x01\x00\x02",
	"SSH-2.0-a\r\n", "220 a ESMTP\r\n", "250 STARTTLS\r\n", "STARTTLS\r\n", "454 no\r\n", "DATA\r\n", "RCPT TO:<a@b.example>\r\n", "USER a\r\n", "PASS b\r\n",
	"227 Entering Passive Mode (10,0,0,9,4,0)\r\n", "PORT 10,0,0,5,4,1\r\n", "RETR a.exe\r\n", "550 no\r\n", "226 done\r\n", "+OK\r\n", "-ERR\r\n", "* OK IMAP\r\n", "a1 LOGIN a b\r\n",
	"NICK a\r\n", ":a!b@c PRIVMSG #d :e\r\n",
	"\x16\x03\x01\x00\x04\x01\x00\x00\x00", "\x15\x03\x03\x00\x02\x01\x00", "\x14\x03\x03\x00\x01\x01", "\xc0\x0c", "\xc0\x00", "\x3fabc", "MZ", "PK\x03\x04",
}

// recode changes the content of the first gzip member in the payload.
func (c *Capture) recode(s step) {
	start, data := c.payload(s.rec)
	at := bytes.Index(data[start:], []byte("\x1f\x8b\x08"))
	if at < 0 {
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(data[start+at:]))
	if err != nil {
		return
	}
	content, _ := io.ReadAll(io.LimitReader(z, 4*dataCap))
	if len(content) == 0 {
		return
	}
	content[s.at%len(content)] ^= byte(s.arg)
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, s.arg%10)
	w.Write(content)
	w.Close()
	c.replace(s.rec, start+at, len(data), b.Bytes())
}
