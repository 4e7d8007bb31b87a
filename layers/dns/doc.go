// Package dns decodes DNS messages (RFC 1035) and NetBIOS name service messages
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
// A [Message] aliases the bytes it was parsed from, as does everything its
// methods return. ParseMessage checks only the header: iterators yield the
// well-formed start of a section, and [Message.Validate] reports the first
// fault. The names of a message often share suffixes; a [NameAppender] writes
// them faster than [Name.AppendTo] does one by one.
package dns
