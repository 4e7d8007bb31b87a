// Package dns reads DNS messages (RFC 1035) and those of the NetBIOS name service
// (RFC 1002) without copying or allocating.
//
//	m, err := dns.ParseMessage(b)
//	if err != nil {
//		return err
//	}
//	for q := range m.Questions() {
//		fmt.Println(q.Name, q.Type)
//	}
//	for rr := range m.Answers() {
//		if addr, ok := rr.Addr(); ok {
//			fmt.Println(rr.Name, addr)
//		}
//	}
//
// A [Message] aliases the bytes that it was parsed from, as does everything that
// its methods return. ParseMessage checks the header alone: iterators yield the
// well-formed beginning of a section, and [Message.Validate] says what is wrong
// with the rest. A [NameAppender] writes the names of a message, which often share
// their ends, faster than one by one.
package dns
