// Package http2 parses the frames of HTTP/2 (RFC 9113) and decodes the field blocks in
// them (HPACK, RFC 7541).
//
//	f, err := http2.ParseFrame(b)
//	if err != nil {
//		return err
//	}
//	if f.Type() == http2.FrameHeaders && f.Flags().Has(http2.FlagEndHeaders) {
//		err = decoder.Decode(f.Content(), func(x http2.Field) {
//			fmt.Printf("%s: %s\n", x.Name, x.Value)
//		})
//	}
//
// Views alias the bytes that they were parsed from. A Decoder has the state of one
// direction of a connection, and must see all its field blocks in order.
package http2
