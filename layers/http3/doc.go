// Package http3 parses the frames of HTTP/3 (RFC 9114) and decodes the field sections
// in them (QPACK, RFC 9204).
//
//	h, err := http3.ParseFrameHeader(b)
//	if err != nil {
//		return err
//	}
//	if h.Type == http3.FrameHeaders {
//		err = decoder.Decode(b[h.Size:][:h.Length], func(f http3.Field) {
//			fmt.Printf("%s: %s\n", f.Name, f.Value)
//		})
//	}
//
// Views alias the bytes that they were parsed from. A Decoder has the state of one
// direction of a connection: it reads the instructions of that direction's encoder
// stream.
package http3
