// Package quic parses QUIC packets (RFC 9000, RFC 9369) and decrypts them: Initial
// packets with keys that are derived from their connection ID (RFC 9001 section
// 5.2), all others with traffic secrets of TLS, such as those of a key log.
//
//	for p := range quic.Packets(datagram) {
//		keys := quic.InitialKeys(p.Version(), p.DstID(), true)
//		if p.Type() != quic.Initial || keys == nil {
//			continue
//		}
//		plain, err := keys.Open(nil, p, 0)
//		if err != nil {
//			continue
//		}
//		for f := range quic.Frames(plain.Payload()) {
//			fmt.Println(f.Type, f.Size)
//		}
//	}
//
// A ClientHello may span the CRYPTO frames of several packets: package stream
// joins them. Views alias the bytes they were parsed from.
package quic
