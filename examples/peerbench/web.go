package main

import (
	"fmt"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// together is the number of concurrent conversations in web.
const together = 200

// web generates browsing: DNS lookups, then pages over HTTP or TLS.
func web(t *traffic, size int) {
	live := make([]*conversation, 0, together)
	begun := 0 // total bytes of the conversations begun
	for {
		for len(live) < together && begun < size {
			c := browse(t)
			live = append(live, c)
			for _, p := range c.packets {
				begun += len(p)
			}
		}
		if len(live) == 0 {
			return
		}
		i := t.IntN(len(live))
		c := live[i]
		t.put(c.packets[0])
		if c.packets = c.packets[1:]; len(c.packets) == 0 {
			live[i] = live[len(live)-1]
			live = live[:len(live)-1]
		}
	}
}

func browse(t *traffic) *conversation {
	s := t.popular()
	c := newConversation(t, s)
	c.lookUp(s, dnsmessage.TypeA)
	c.lookUp(s, dnsmessage.TypeAAAA)
	if t.IntN(100) < 40 {
		c.serverPort = 443
		c.open()
		c.tls(s)
	} else {
		c.serverPort = 80
		c.open()
		c.http(s)
	}
	c.close()
	return c
}

// http adds one to six requests and responses on one connection.
func (c *conversation) http(s *site) {
	agent := c.t.agents[c.t.IntN(len(c.t.agents))]
	for range 1 + c.t.IntN(6) {
		target := c.target()
		c.t.want.Requests++
		c.t.want.Bytes += len(s.name) + len(target) + len(agent)
		c.send(client, c.request(s.name, target, agent))
		c.send(server, c.response(s.name))
	}
}

// target returns a path, in half of the cases with a query.
func (c *conversation) target() string {
	var b strings.Builder
	for range 1 + c.t.IntN(4) {
		b.WriteString("/" + label(c.t.Rand))
	}
	if c.t.IntN(2) == 0 {
		fmt.Fprintf(&b, "?id=%x", c.t.random(4+c.t.IntN(40)))
	}
	return b.String()
}

// request returns a request: one in eight has a body, most have a cookie.
func (c *conversation) request(host, target, agent string) []byte {
	method, body := "GET", []byte(nil)
	if c.t.IntN(8) == 0 {
		method, body = "POST", fmt.Appendf(nil, "a=%x", c.t.random(logNormal(c.t.Rand, 5, 1.3, 20, 4000)))
	}
	b := fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n", method, target, host, agent)
	b = append(b, "Accept: text/html,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip\r\nConnection: keep-alive\r\n"...)
	if c.t.IntN(2) == 0 {
		b = fmt.Appendf(b, "Referer: http://%s/%s\r\n", host, label(c.t.Rand))
	}
	if c.t.IntN(10) < 7 {
		b = fmt.Appendf(b, "Cookie: session=%x\r\n", c.t.random(20+c.t.IntN(150)))
	}
	if body != nil {
		b = fmt.Appendf(b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(body))
	}
	return append(append(b, "\r\n"...), body...)
}

// response returns a response with a plain, gzipped or chunked body, or without
// a body.
func (c *conversation) response(host string) []byte {
	const ok, moved = "HTTP/1.1 200 OK\r\nServer: nginx\r\n", "HTTP/1.1 302 Found\r\nServer: nginx\r\n"
	switch n := c.t.IntN(100); {
	case n < 8:
		return []byte("HTTP/1.1 304 Not Modified\r\nServer: nginx\r\n\r\n")
	case n < 15:
		return fmt.Appendf(nil, moved+"Location: http://%s/%s\r\nContent-Length: 0\r\n\r\n", host, label(c.t.Rand))
	case n < 45:
		body := c.t.zipped[c.t.IntN(len(c.t.zipped))]
		b := fmt.Appendf(nil, ok+"Content-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", len(body))
		return append(b, body...)
	case n < 62:
		return c.chunks([]byte(ok + "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"))
	}
	body := c.t.random(logNormal(c.t.Rand, 9, 1.5, 43, 600_000))
	b := fmt.Appendf(nil, ok+"Content-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n", len(body))
	return append(b, body...)
}

// chunks appends a chunked body to b (RFC 9112 section 7.1).
func (c *conversation) chunks(b []byte) []byte {
	body := some(c.t.Rand, c.t.text, logNormal(c.t.Rand, 8.6, 1.3, 100, 400_000))
	for len(body) > 0 {
		n := min(4096+c.t.IntN(4096), len(body))
		b = fmt.Appendf(b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	return append(b, "0\r\n\r\n"...)
}
