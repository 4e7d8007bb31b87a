// Package quic reads QUIC packets (RFC 9000, RFC 9369) and decrypts Initial
// packets, whose keys follow from their connection ID (RFC 9001 section 5.2).
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
// The CRYPTO frames of several packets hold one ClientHello: package stream joins
// them. Views alias the bytes that they were parsed from.
package quic
