// Package dhcp parses DHCP and BOOTP messages (RFC 2131) and DHCPv6 messages
// (RFC 8415) without copying.
//
//	m, err := dhcp.ParseV4(b)
//	if err != nil {
//		return err
//	}
//	fmt.Println(m.Type(), wire.MAC(m.CHAddr()), m.HostName())
//
// A view aliases the bytes it was parsed from, as does everything its methods
// return, except for text that they assemble. Iterators yield the well-formed
// start of the options, and Validate reports the first fault.
package dhcp
