// Package port guesses client and server from ports, for conversations whose
// packets do not show them.
package port

import "slices"

// ClientSends reports whether the sender of the first captured packet of a
// conversation is probably the client. If exactly one port is a service's, that
// decides. Otherwise, unless the packet may be the first of the conversation,
// an ephemeral port marks the client. Otherwise the first sender is the client.
func ClientSends(src, dst uint16, first bool) bool {
	if s, d := isService(src), isService(dst); s != d {
		return d
	}
	if s, d := isEphemeral(src), isEphemeral(dst); s != d && !first {
		return s
	}
	return true
}

// isEphemeral reports whether systems assign the port to clients: the dynamic
// ports of RFC 6335 section 6, and the ones below them that Linux uses.
func isEphemeral(port uint16) bool { return port >= 32768 }

// isService reports whether services listen on the port: a system port (RFC
// 6335 section 6), or a registered port in common use.
func isService(port uint16) bool {
	if port < 1024 {
		return port != 0 && port != dhcpClient && port != dhcpv6Client
	}
	_, found := slices.BinarySearch(services, port)
	return found
}

// The system ports that clients use.
const (
	dhcpClient   = 68  // RFC 2131 section 4.1
	dhcpv6Client = 546 // RFC 8415 section 7.2
)

var services = []uint16{
	1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2055, 2123, 2152, 2222, 2375, 2376, 2404,
	2811, 3128, 3268, 3269, 3306, 3389, 3478, 3544, 3702, 4369, 4500, 4739, 4789, 5000, 5060, 5061, 5222, 5269, 5353,
	5355, 5432, 5671, 5672, 5900, 5985, 5986, 6081, 6343, 6379, 6443, 6514, 6667, 6697, 8000, 8008, 8080, 8081, 8088,
	8443, 8883, 8888, 9000, 9042, 9092, 9200, 9300, 9418, 11211, 20000, 27017, 33434, 44818, 47808, 51820,
}
