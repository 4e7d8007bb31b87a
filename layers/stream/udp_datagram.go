package stream

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
)

// pushHandshake processes a datagram of a QUIC, DTLS or OpenVPN handshake, on
// any port.
func (a *Assembler) pushHandshake(p *layers.Packet, b []byte, ref Ref) bool {
	return a.pushQUIC(p, b, ref) || a.pushDTLS(p, b, ref) || a.pushOpenVPN(p, b, ref)
}

func (a *Assembler) pushDNS(p *layers.Packet, m dns.Message, first, last Ref) {
	f, ok := p.Flow()
	if !ok {
		return
	}
	query := !m.Response()
	if !query {
		f = f.Reverse()
	}
	a.datagram = Conn{Flow: f, Start: first}
	a.out = append(a.out, Message{
		Conn: &a.datagram, Via: pathOf(UDP), Proto: DNS, Kind: DNSMessage, FromClient: query,
		First: first, Last: last, Data: m.Bytes(),
	})
}
