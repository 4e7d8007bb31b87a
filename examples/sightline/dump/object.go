package dump

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/layers/wire"
)

// A key is a field of a packet's object. Keys are printed in this order.
type key int

const (
	frameNumber key = iota
	frameTime
	frameLen
	frameCapLen
	frameLinkType
	frameInterface
	frameComment
	ethDst
	ethSrc
	ethType
	vlanID
	vlanPriority
	vlanType
	mplsLabel
	pppProtocol
	pppoeSession
	arpOpcode
	arpSrcMAC
	arpSrcIP
	arpDstMAC
	arpDstIP
	ipVersion
	ipHdrLen
	ipDSField
	ipLen
	ipID
	ipFlags
	ipFragOffset
	ipTTL
	ipProto
	ipSrc
	ipDst
	ipv6TClass
	ipv6Flow
	ipv6PLen
	ipv6Next
	ipv6HopLimit
	ipv6Src
	ipv6Dst
	icmpType
	icmpCode
	icmpIdent
	icmpSeq
	icmpv6Type
	icmpv6Code
	tcpSrcPort
	tcpDstPort
	tcpSeq
	tcpAck
	tcpHdrLen
	tcpFlags
	tcpWindow
	tcpLen
	tcpMSS
	tcpWScale
	tcpTSVal
	udpSrcPort
	udpDstPort
	udpLength
	sctpSrcPort
	sctpDstPort
	greProto
	vxlanVNI
	geneveVNI
	gtpTEID
	sllPktType
	sllEType
	sllSrcMAC
	dnsID
	dnsResponse
	dnsOpcode
	dnsRCode
	dnsQueries
	dnsAnswers
	dnsAuthorities
	dnsAdditionals
	dnsQryName
	dnsQryType
	dnsRespName
	dnsRespType
	dnsRespTTL
	dnsA
	dnsAAAA
	dnsCNAME
	dnsNS
	dnsMX
	dnsPTR
	dnsTXT
	dnsSRV
	dnsSOA
	malformed
	short
	keys // their number
)

var keyNames = [keys]string{
	frameNumber:    "frame.number",
	frameTime:      "frame.time_epoch",
	frameLen:       "frame.len",
	frameCapLen:    "frame.cap_len",
	frameLinkType:  "frame.linktype",
	frameInterface: "frame.interface_id",
	frameComment:   "frame.comment",
	ethDst:         "eth.dst",
	ethSrc:         "eth.src",
	ethType:        "eth.type",
	vlanID:         "vlan.id",
	vlanPriority:   "vlan.priority",
	vlanType:       "vlan.etype",
	mplsLabel:      "mpls.label",
	pppProtocol:    "ppp.protocol",
	pppoeSession:   "pppoe.session_id",
	arpOpcode:      "arp.opcode",
	arpSrcMAC:      "arp.src.hw_mac",
	arpSrcIP:       "arp.src.proto_ipv4",
	arpDstMAC:      "arp.dst.hw_mac",
	arpDstIP:       "arp.dst.proto_ipv4",
	ipVersion:      "ip.version",
	ipHdrLen:       "ip.hdr_len",
	ipDSField:      "ip.dsfield",
	ipLen:          "ip.len",
	ipID:           "ip.id",
	ipFlags:        "ip.flags",
	ipFragOffset:   "ip.frag_offset",
	ipTTL:          "ip.ttl",
	ipProto:        "ip.proto",
	ipSrc:          "ip.src",
	ipDst:          "ip.dst",
	ipv6TClass:     "ipv6.tclass",
	ipv6Flow:       "ipv6.flow",
	ipv6PLen:       "ipv6.plen",
	ipv6Next:       "ipv6.nxt",
	ipv6HopLimit:   "ipv6.hlim",
	ipv6Src:        "ipv6.src",
	ipv6Dst:        "ipv6.dst",
	icmpType:       "icmp.type",
	icmpCode:       "icmp.code",
	icmpIdent:      "icmp.ident",
	icmpSeq:        "icmp.seq",
	icmpv6Type:     "icmpv6.type",
	icmpv6Code:     "icmpv6.code",
	tcpSrcPort:     "tcp.srcport",
	tcpDstPort:     "tcp.dstport",
	tcpSeq:         "tcp.seq",
	tcpAck:         "tcp.ack",
	tcpHdrLen:      "tcp.hdr_len",
	tcpFlags:       "tcp.flags",
	tcpWindow:      "tcp.window_size_value",
	tcpLen:         "tcp.len",
	tcpMSS:         "tcp.options.mss_val",
	tcpWScale:      "tcp.options.wscale.shift",
	tcpTSVal:       "tcp.options.timestamp.tsval",
	udpSrcPort:     "udp.srcport",
	udpDstPort:     "udp.dstport",
	udpLength:      "udp.length",
	sctpSrcPort:    "sctp.srcport",
	sctpDstPort:    "sctp.dstport",
	greProto:       "gre.proto",
	vxlanVNI:       "vxlan.vni",
	geneveVNI:      "geneve.vni",
	gtpTEID:        "gtp.teid",
	sllPktType:     "sll.pkttype",
	sllEType:       "sll.etype",
	sllSrcMAC:      "sll.src.eth",
	dnsID:          "dns.id",
	dnsResponse:    "dns.flags.response",
	dnsOpcode:      "dns.flags.opcode",
	dnsRCode:       "dns.flags.rcode",
	dnsQueries:     "dns.count.queries",
	dnsAnswers:     "dns.count.answers",
	dnsAuthorities: "dns.count.auth_rr",
	dnsAdditionals: "dns.count.add_rr",
	dnsQryName:     "dns.qry.name",
	dnsQryType:     "dns.qry.type",
	dnsRespName:    "dns.resp.name",
	dnsRespType:    "dns.resp.type",
	dnsRespTTL:     "dns.resp.ttl",
	dnsA:           "dns.a",
	dnsAAAA:        "dns.aaaa",
	dnsCNAME:       "dns.cname",
	dnsNS:          "dns.ns",
	dnsMX:          "dns.mx.mail_exchange",
	dnsPTR:         "dns.ptr.domain_name",
	dnsTXT:         "dns.txt",
	dnsSRV:         "dns.srv.target",
	dnsSOA:         "dns.soa.mname",
	malformed:      "malformed",
	short:          "short",
}

// An object holds the fields of one packet: the JSON texts of each key's values. It
// is reused.
type object struct {
	values [keys][]byte
	ends   [keys][]int // of each value in values
}

func (o *object) reset() {
	for k := range keys {
		o.values[k], o.ends[k] = o.values[k][:0], o.ends[k][:0]
	}
}

// all returns the values of a key as JSON texts.
func (o *object) all(k key, yield func(text []byte)) {
	from := 0
	for _, end := range o.ends[k] {
		yield(o.values[k][from:end])
		from = end
	}
}

func (o *object) done(k key) { o.ends[k] = append(o.ends[k], len(o.values[k])) }

func (o *object) number(k key, n uint64) {
	o.values[k] = strconv.AppendUint(o.values[k], n, 10)
	o.done(k)
}

func (o *object) boolean(k key, v bool) {
	o.values[k] = strconv.AppendBool(o.values[k], v)
	o.done(k)
}

func (o *object) mac(k key, m wire.MAC) {
	o.values[k] = append(m.AppendTo(append(o.values[k], '"')), '"')
	o.done(k)
}

func (o *object) addr(k key, a netip.Addr) {
	o.values[k] = append(a.AppendTo(append(o.values[k], '"')), '"')
	o.done(k)
}

func (o *object) text(k key, s string) {
	quoted, _ := json.Marshal(strings.ToValidUTF8(s, "\ufffd"))
	o.values[k] = append(o.values[k], quoted...)
	o.done(k)
}

// append appends the object as one line of JSON. It omits keys without a value and
// writes several values as a list.
func (o *object) append(dst []byte) []byte {
	dst = append(dst, '{')
	for k := range keys {
		n := len(o.ends[k])
		if n == 0 {
			continue
		}
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), keyNames[k]...), '"', ':')
		if n > 1 {
			dst = append(dst, '[')
		}
		o.all(k, func(text []byte) { dst = append(append(dst, text...), ',') })
		dst = dst[:len(dst)-1]
		if n > 1 {
			dst = append(dst, ']')
		}
	}
	return append(dst, '}', '\n')
}
