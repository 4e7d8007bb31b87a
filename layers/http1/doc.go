// Package http1 parses the heads of HTTP/1 requests and responses (RFC 9112)
// without copying.
//
//	req, err := http1.ParseRequest(b)
//	if err != nil {
//		return err
//	}
//	fmt.Printf("%s %s\n", req.Method(), req.AppendURL(nil))
//	for name, value := range req.Fields() {
//		fmt.Printf("%s: %s\n", name, value)
//	}
//
// It is as lenient as servers and browsers are; Validate reports violations of
// the RFC. Views alias the bytes they were parsed from. Package stream reads
// and decodes bodies.
package http1
