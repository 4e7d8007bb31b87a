package extract

import "github.com/sightline-go/sightline/layers"

// judge notes what a packet from side says of who is the client.
func (c *liveConn) judge(side int, p *layers.Packet) {
	if c.sure {
		return
	}
	if m, ok := p.DNS(); ok {
		c.client, c.sure = side, true
		if m.Response() {
			c.client = 1 - side
		}
	} else if answers(p) {
		c.client, c.sure = 1-side, true
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
