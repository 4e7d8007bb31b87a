// Package http1 reads the heads of HTTP/1 requests and responses (RFC 9112)
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
// It is as lenient as servers and browsers are; Validate says what a strict
// reader would refuse. Views alias the bytes that they were parsed from. Bodies
// are for package stream, which decodes their codings.
package http1
