package extract

import "github.com/sightline-go/sightline/layers"

// judge determines the client, if a packet from side shows which side that is.
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

// answers reports whether p is an ICMP echo reply or error message.
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
