// Package tls reads what TLS (RFC 8446, RFC 5246) and DTLS (RFC 6347) send in the
// clear: records, hellos and certificate chains, and their JA3 and JA4
// fingerprints.
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
// the bytes that they were parsed from; iterators yield the well-formed beginning
// of a list, and Validate says what is wrong with the rest.
package tls
