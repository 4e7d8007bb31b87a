// Package tls parses the unencrypted parts of TLS (RFC 8446, RFC 5246) and DTLS
// (RFC 6347): records, hellos and certificate chains. It computes JA3 and JA4
// fingerprints, reads key logs, and decrypts records of connections whose secrets
// are known.
//
//	rec, err := tls.ParseRecord(b)
//	...
//	m, err := tls.ParseHandshake(rec.Payload())
//	...
//	if hello, ok := m.ClientHello(); ok {
//		fmt.Printf("%s %s\n", hello.ServerName(), hello.AppendJA4(nil, tls.JA4TCP))
//	}
//
// A handshake message may span records: package stream joins them. Views alias
// the bytes they were parsed from. Iterators yield the well-formed start of a
// list, and Validate reports the first fault.
package tls
