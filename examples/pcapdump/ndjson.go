package main

import (
	"bufio"
	"errors"
	"fmt"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// An ndjsonPrinter prints an object per packet.
type ndjsonPrinter struct {
	w      *bufio.Writer
	fields fields
	line   []byte
}

func newNDJSONPrinter(w *bufio.Writer, h pcap.Header) printer {
	return &ndjsonPrinter{w: w, fields: fields{pcapng: h.Format == pcap.FormatPcapng}}
}

func (n *ndjsonPrinter) packet(p *layers.Packet, rec *pcap.Record) {
	n.line = n.fields.of(p, rec).append(n.line[:0])
	n.w.Write(n.line)
}

func (n *ndjsonPrinter) end() {}

// fields takes the fields out of packets.
type fields struct {
	pcapng bool
	object object
	inner  layers.Packet // quoted by ICMP
}

// of returns the fields of a packet, valid until the next call.
func (f *fields) of(p *layers.Packet, rec *pcap.Record) *object {
	o := &f.object
	o.reset()
	f.frame(rec)
	f.layers(p, rec.WireLen-rec.FCSLen)
	f.damage(p, rec)
	return o
}

func (f *fields) frame(rec *pcap.Record) {
	o := &f.object
	o.number(frameNumber, uint64(rec.Number))
	if !rec.Time.IsZero() {
		o.text(frameTime, epoch(rec.Time))
	}
	o.number(frameLen, uint64(rec.WireLen))
	o.number(frameCapLen, uint64(len(rec.Data)))
	o.number(frameLinkType, uint64(rec.LinkType))
	if f.pcapng {
		o.number(frameInterface, uint64(rec.Interface))
	}
	for opt := range pcapng.PacketOptions(rec) {
		if opt.Code == pcapng.OptComment {
			o.text(frameComment, string(opt.Value))
		}
	}
}

// epoch returns seconds since 1970 with nine decimals.
func epoch(t time.Time) string {
	sec, nsec := t.Unix(), t.Nanosecond()
	if sec < 0 && nsec > 0 {
		return fmt.Sprintf("-%d.%09d", -(sec + 1), 1e9-nsec)
	}
	return fmt.Sprintf("%d.%09d", sec, nsec)
}

// layers adds the fields of all layers, those of a layer that could not be
// decoded as far as they are there. wireEnd is where the packet ended on the
// wire, 0 when it is a quoted one, whose end is not known.
func (f *fields) layers(p *layers.Packet, wireEnd int) {
	before := layers.KindPayload
	for l := range p.Layers() {
		f.object.put(fieldsOf(l.Kind), l.Header())
		if wireEnd = f.end(l, wireEnd); wireEnd > 0 && l.Kind == layers.KindTCP && !p.Fragment() {
			f.object.number(tcpLen, uint64(max(0, wireEnd-l.Offset-l.HeaderLen)))
		}
		f.special(l, before)
		before = l.Kind
	}
	f.stopped(p)
}

// end returns where the layers inside l end on the wire.
func (f *fields) end(l layers.Layer, end int) int {
	size := 0
	switch l.Kind {
	case layers.KindIPv4:
		ip, _ := layers.ParseIPv4(l.Bytes)
		size = ip.TotalLen()
	case layers.KindIPv6:
		if ip, _ := layers.ParseIPv6(l.Bytes); ip.PayloadLen() > 0 {
			size = l.HeaderLen + ip.PayloadLen()
		}
	}
	if size == 0 {
		return end
	}
	return min(end, l.Offset+size)
}

// special adds the fields that depend on others.
func (f *fields) special(l layers.Layer, before layers.Kind) {
	o := &f.object
	switch l.Kind {
	case layers.KindEthernet:
		if h, _ := layers.ParseEthernet(l.Bytes); h.EtherType() >= minEtherType {
			o.number(ethType, uint64(h.EtherType()))
		}
	case layers.KindVLAN:
		h, _ := layers.ParseVLAN(l.Bytes)
		o.number(vlanType, uint64(h.EtherType()))
	case layers.KindLinuxSLL:
		h, _ := layers.ParseLinuxSLL(l.Bytes)
		f.sllAddr(h.Addr())
	case layers.KindLinuxSLL2:
		h, _ := layers.ParseLinuxSLL2(l.Bytes)
		f.sllAddr(h.Addr())
	case layers.KindARP:
		h, _ := layers.ParseARP(l.Bytes)
		f.arp(h)
	case layers.KindICMPv4:
		h, _ := layers.ParseICMPv4(l.Bytes)
		if id, seq, ok := h.Echo(); ok {
			o.number(icmpIdent, uint64(id))
			o.number(icmpSeq, uint64(seq))
		}
		f.quoted(h.Quoted())
	case layers.KindICMPv6:
		h, _ := layers.ParseICMPv6(l.Bytes)
		f.quoted(h.Quoted())
	case layers.KindTCP:
		h, _ := layers.ParseTCP(l.Bytes)
		f.tcp(h)
	case layers.KindDNS:
		m, _ := layers.ParseDNS(l.Bytes)
		f.dns(m)
	}
}

const minEtherType = 1536 // IEEE 802.3 clause 3.2.6

func (f *fields) sllAddr(b []byte) {
	if len(b) == len(layers.MAC{}) {
		f.object.mac(sllSrcMAC, layers.MAC(b))
	}
}

// arp adds addresses of the lengths that Ethernet and IPv4 have.
func (f *fields) arp(h layers.ARP) {
	o := &f.object
	o.number(arpOpcode, uint64(h.Operation()))
	if b := h.SenderHardware(); len(b) == len(layers.MAC{}) {
		o.mac(arpSrcMAC, layers.MAC(b))
		o.mac(arpDstMAC, layers.MAC(h.TargetHardware()))
	}
	if a := h.SenderIP(); a.IsValid() {
		o.addr(arpSrcIP, a)
		o.addr(arpDstIP, h.TargetIP())
	}
}

func (f *fields) tcp(h layers.TCP) {
	o := &f.object
	if v, ok := h.MSS(); ok {
		o.number(tcpMSS, uint64(v))
	}
	if v, ok := h.WindowScale(); ok {
		o.number(tcpWScale, uint64(v))
	}
	if v, _, ok := h.Timestamps(); ok {
		o.number(tcpTSVal, uint64(v))
	}
	if h.SrcPort() == portDNS || h.DstPort() == portDNS {
		f.dnsOverTCP(h.Payload())
	}
}

// quoted adds the fields of a packet that an ICMP error quotes.
func (f *fields) quoted(b []byte) {
	if b == nil {
		return
	}
	var d layers.Decoder
	d.DecodeBytes(&f.inner, pcap.LinkTypeRaw, b)
	f.layers(&f.inner, 0)
}

// stopped adds the fields, as far as they are there, of the layer that could
// not be decoded.
func (f *fields) stopped(p *layers.Packet) {
	var e *layers.Error
	if !errors.As(p.Err(), &e) || e.Reason == layers.TooDeep {
		return
	}
	b := p.Bytes()[e.Offset : e.Offset+e.Have]
	table := fieldsOf(e.Kind)
	if e.Kind == layers.KindIPv4 && e.Reason == layers.Malformed && len(b) > 0 {
		table = table[:upToLen]
		if b[0]&0xf < 5 {
			table = table[:upToHdrLen]
		}
	}
	f.object.put(table, b)
}

// damage says whether a packet is malformed, or cut by the capture.
func (f *fields) damage(p *layers.Packet, rec *pcap.Record) {
	var e *layers.Error
	ok := errors.As(p.Err(), &e)
	if m, is := p.DNS(); !ok && is {
		ok = errors.As(m.Validate(), &e)
	}
	switch {
	case !ok:
	case e.Reason != layers.Malformed && rec.Truncated():
		f.object.boolean(short, true)
	default:
		f.object.text(malformed, e.Kind.String())
	}
}
