package dump

import (
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/stream"
)

type dnsAnswer struct {
	Name  string `json:"name"`
	IP    string `json:"ip"`
	Count int    `json:"count"`
}

type dnsAlias struct {
	Name  string `json:"name"`
	CNAME string `json:"cname"`
	Count int    `json:"count"`
}

func (n *indicatorPrinter) dns(m *stream.Message) {
	msg, err := dns.ParseMessage(m.Data)
	if err != nil {
		return
	}
	for q := range msg.Questions() {
		if q.Name.Err() == nil {
			n.tally(n.out.DNSQueries, text(rawName(q.Name)))
		}
	}
	for _, rr := range msg.Resources() {
		if rr.Name.Err() != nil {
			continue
		}
		name := text(rawName(rr.Name))
		if addr, ok := rr.Addr(); ok {
			n.answer(name, addr.String())
		} else if target, ok := rr.Target(); ok && rr.Type == dns.TypeCNAME && target.Err() == nil {
			n.alias(name, text(rawName(target)))
		}
	}
}

func (n *indicatorPrinter) answer(name, ip string) {
	key := [2]string{name, ip}
	a := n.names[key]
	if a == nil {
		if !n.holds(rowCost + 2*(len(name)+len(ip))) {
			return
		}
		a = &dnsAnswer{Name: name, IP: ip}
		n.names[key] = a
		n.out.DNSAnswers = append(n.out.DNSAnswers, a)
	}
	a.Count++
}

func (n *indicatorPrinter) alias(name, cname string) {
	key := [2]string{name, cname}
	a := n.aliases[key]
	if a == nil {
		if !n.holds(rowCost + 2*(len(name)+len(cname))) {
			return
		}
		a = &dnsAlias{Name: name, CNAME: cname}
		n.aliases[key] = a
		n.out.DNSCNAMEs = append(n.out.DNSCNAMEs, a)
	}
	a.Count++
}
