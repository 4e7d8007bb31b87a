// Package dhcp reads DHCP and BOOTP messages (RFC 2131) and DHCPv6 messages (RFC
// 8415) without copying.
//
//	m, err := dhcp.ParseV4(b)
//	if err != nil {
//		return err
//	}
//	fmt.Println(m.Type(), wire.MAC(m.CHAddr()), m.HostName())
//
// A view aliases the bytes that it was parsed from, as does what its methods
// return, except for texts that they assemble. Iterators yield the well-formed
// beginning of the options; Validate says what is wrong with the rest.
package dhcp
