package main

import (
	"encoding/binary"
	"slices"
)

// TLS record types and handshake messages (RFC 8446 sections 5.1 and 4, RFC
// 5246 section 7.4).
const (
	changeCipherSpec = 20
	handshake        = 22
	applicationData  = 23

	clientHello       = 1
	serverHello       = 2
	certificates      = 11
	serverKeyExchange = 12
	serverHelloDone   = 14
	clientKeyExchange = 16
)

// keyShareLen is the length of the client's X25519MLKEM768 key share, which
// makes a hello too long for one segment.
const keyShareLen = 1216

// tls adds a TLS handshake, in seven of ten cases of TLS 1.3, and a few requests
// and responses.
func (c *conversation) tls(s *site) {
	long := c.t.IntN(100) < 45
	c.t.want.Hellos++
	c.t.want.Bytes += len(s.name)
	c.send(client, c.clientHello(s.name, long))
	finished := slices.Concat(record(changeCipherSpec, []byte{1}), record(applicationData, c.t.random(69)))
	if c.t.IntN(10) < 7 {
		hello := c.serverHello(0x1301, extension(51, []byte{0, 29}, vector(2, c.t.random(32))), extension(43, []byte{3, 4}))
		c.send(server, slices.Concat(hello, record(changeCipherSpec, []byte{1}), record(applicationData, c.t.random(2200+c.t.IntN(2500)))))
		c.send(client, finished)
	} else {
		c.send(server, c.serverFlight())
		c.send(client, slices.Concat(message(clientKeyExchange, vector(1, c.t.random(32))), finished))
		c.send(server, finished)
	}
	for range 1 + c.t.IntN(5) {
		c.send(client, record(applicationData, c.t.random(60+c.t.IntN(900))))
		body := c.t.random(logNormal(c.t.Rand, 9, 1.4, 100, 300_000))
		var records []byte
		for part := range slices.Chunk(body, 1<<14) {
			records = append(records, record(applicationData, part)...)
		}
		c.send(server, records)
	}
}

// clientHello returns a ClientHello (RFC 8446 section 4.1.2) for a server name.
func (c *conversation) clientHello(name string, long bool) []byte {
	shares := slices.Concat([]byte{0, 29}, vector(2, c.t.random(32)))
	if long {
		shares = slices.Concat([]byte{0x11, 0xec}, vector(2, c.t.random(keyShareLen)), shares)
	}
	extensions := [][]byte{
		extension(0, vector(2, []byte{0}, vector(2, []byte(name)))), // server_name
		extension(10, vector(2, []byte{0x11, 0xec, 0, 29, 0, 23})),  // supported_groups
		extension(11, vector(1, []byte{0})),                         // ec_point_formats
		extension(13, vector(2, []byte{4, 3, 8, 4, 4, 1, 5, 3})),    // signature_algorithms
		extension(16, vector(2, vector(1, []byte("h2")), vector(1, []byte("http/1.1")))),
		extension(23), // extended_master_secret
		extension(43, vector(1, []byte{3, 4, 3, 3})), // supported_versions
		extension(45, vector(1, []byte{1})),          // psk_key_exchange_modes
		extension(51, vector(2, shares)),             // key_share
		extension(0xfe0d, c.t.random(186)),           // encrypted_client_hello
	}
	if long { // clients that send long hellos also shuffle the extensions
		c.t.Shuffle(len(extensions), func(i, j int) { extensions[i], extensions[j] = extensions[j], extensions[i] })
	}
	suites := []byte{0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9, 0xcc, 0xa8, 0, 0x9c, 0, 0x2f}
	return message(clientHello, []byte{3, 3}, c.t.random(32), vector(1, c.t.random(32)), vector(2, suites), vector(1, []byte{0}), vector(2, extensions...))
}

func (c *conversation) serverHello(suite uint16, extensions ...[]byte) []byte {
	return message(serverHello, []byte{3, 3}, c.t.random(32), vector(1, c.t.random(32)),
		binary.BigEndian.AppendUint16(nil, suite), []byte{0}, vector(2, extensions...))
}

// serverFlight returns the first flight of a TLS 1.2 server, with two
// certificates.
func (c *conversation) serverFlight() []byte {
	chain := slices.Concat(vector(3, c.t.certs[c.t.IntN(len(c.t.certs))]), vector(3, c.t.certs[c.t.IntN(len(c.t.certs))]))
	return slices.Concat(
		c.serverHello(0xc02f, extension(0xff01, []byte{0}), extension(16, vector(2, vector(1, []byte("h2"))))),
		message(certificates, vector(3, chain)),
		message(serverKeyExchange, []byte{3, 0, 29}, vector(1, c.t.random(32)), []byte{4, 1}, vector(2, c.t.random(256))),
		message(serverHelloDone))
}

// extension returns a hello extension (RFC 8446 section 4.2).
func extension(typ uint16, data ...[]byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, typ), vector(2, data...)...)
}

// message returns a handshake message in its own record.
func message(typ byte, parts ...[]byte) []byte {
	return record(handshake, append([]byte{typ}, vector(3, parts...)...))
}

func record(typ byte, data []byte) []byte {
	return append([]byte{typ, 3, 3}, vector(2, data)...)
}

// vector returns the parts after their length in n bytes (RFC 8446 section 3.4).
func vector(n int, parts ...[]byte) []byte {
	b := make([]byte, 4)
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b[4-n:]
}
