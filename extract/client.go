package extract

import (
	"slices"

	"github.com/sightline-go/sightline/layers"
)

// judge notes what a packet from side says of who is the client.
func (f *liveConn) judge(side int, p *layers.Packet) {
	if f.sure {
		return
	}
	if tcp, ok := p.TCP(); ok && f.key.Proto == layers.IPProtoTCP {
		if tcp.Flags().Has(layers.TCPSyn) {
			f.client, f.sure = side, true
			if tcp.Flags().Has(layers.TCPAck) {
				f.client = 1 - side
			}
		}
	} else if m, ok := p.DNS(); ok {
		f.client, f.sure = side, true
		if m.Response() {
			f.client = 1 - side
		}
	} else if answers(p) {
		f.client, f.sure = 1-side, true
	}
}

// answers reports whether a packet is an ICMP message that answers the other
// side: an echo reply, or an error.
func answers(p *layers.Packet) bool {
	if m, ok := p.ICMPv4(); ok {
		quotes := len(m.Quoted()) > 0
		return quotes || m.Type() == layers.ICMPv4EchoReply
	}
	if m, ok := p.ICMPv6(); ok {
		quotes := len(m.Quoted()) > 0
		return quotes || m.Type() == layers.ICMPv6EchoReply
	}
	return false
}

// firstSide returns the side that is taken for the client before anything is
// known: who sent the first packet, unless that came from the port of a service,
// and went to none.
func firstSide(side int, f layers.Flow) int {
	if isService(f.Src.Port()) && !isService(f.Dst.Port()) {
		return 1 - side
	}
	return side
}

// isService reports whether a port is one that services listen on: a system
// port (RFC 6335 section 6), or one of the registered ports that are in
// common use.
func isService(port uint16) bool {
	if port < 1024 {
		return port != 0 && port != dhcpClient && port != dhcpv6Client
	}
	_, found := slices.BinarySearch(servicePorts, port)
	return found
}

// The system ports that clients have.
const (
	dhcpClient   = 68  // RFC 2131 section 4.1
	dhcpv6Client = 546 // RFC 8415 section 7.2
)

var servicePorts = []uint16{
	1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2055, 2123, 2152, 2222, 2375, 2376, 2404,
	2811, 3128, 3268, 3269, 3306, 3389, 3478, 3544, 3702, 4369, 4500, 4739, 4789, 5000, 5060, 5061, 5222, 5269, 5353,
	5355, 5432, 5671, 5672, 5900, 5985, 5986, 6081, 6343, 6379, 6443, 6514, 6667, 6697, 8000, 8008, 8080, 8081, 8088,
	8443, 8883, 8888, 9000, 9042, 9092, 9200, 9300, 9418, 11211, 20000, 27017, 33434, 44818, 47808, 51820,
}
