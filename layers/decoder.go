package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A Decoder decodes packets. The zero value is ready to use and knows every
// layer of this package. Register and Bind add more. A Decoder keeps no
// reference to the packets. Once configured, it may be used concurrently with
// distinct Packets.
type Decoder struct {
	tables    tables // the tables with bindings
	bound     map[Key]Kind
	protocols map[Kind]Protocol
}

// Decode decodes the packet of rec into p. It does not fail: p holds the layers
// that could be decoded, and p.Err reports why decoding stopped. It does not
// allocate. p aliases rec.Data.
func (d *Decoder) Decode(p *Packet, rec *pcap.Record) {
	end := len(rec.Data)
	missing := rec.WireLen - end
	if fcs := rec.FCSLen - max(missing, 0); fcs > 0 {
		end -= min(fcs, end)
	}
	p.reset(rec.Data)
	p.cut = missing > 0
	d.start(p, rec.LinkType, end)
}

// DecodeBytes decodes data, a packet of link type link, into p as Decode does.
// p aliases data.
func (d *Decoder) DecodeBytes(p *Packet, link pcap.LinkType, data []byte) {
	p.reset(data)
	p.quote = true
	d.start(p, link, len(data))
}

func (p *Packet) reset(data []byte) {
	p.data = data
	p.last = [kindCount]uint8{}
	p.n = 0
	p.cut, p.quote, p.truncated = false, false, false
	p.stop = stop{}
}

// start decodes a packet that ends at end. Without bindings, it decodes the
// most common headers in one step.
func (d *Decoder) start(p *Packet, link pcap.LinkType, end int) {
	off, kind := 0, linkKind(link)
	switch {
	case d.tables != 0:
		kind = d.lookup(ByLinkType(link), kind)
	case kind == KindEthernet:
		off, end, kind = p.plain(end)
	}
	if kind == KindPayload {
		p.off, p.end = off, end
		return
	}
	d.decode(p, kind, off, end)
}

// plain decodes the headers that most packets begin with: Ethernet, a complete
// IPv4 header without options that is not a fragment, and TCP or UDP. It leaves
// any other packet alone. It returns where decoding continues, and the next
// kind.
func (p *Packet) plain(end int) (off, stop int, next Kind) {
	const ip, transport = ethernetLen, ethernetLen + ipv4MinLen
	if end < transport {
		return 0, end, KindEthernet
	}
	b := p.data[:end]
	stop = ip + int(binary.BigEndian.Uint16(b[ip+ipv4TotalLenOff:]))
	if EtherType(binary.BigEndian.Uint16(b[12:])) != EtherTypeIPv4 || b[ip] != 0x45 ||
		stop <= transport || stop > end || (IPv4{b[ip:]}).IsFragment() {
		return 0, end, KindEthernet
	}
	p.spans[0].set(KindEthernet, 0, ethernetLen, end)
	p.spans[1].set(KindIPv4, ip, ipv4MinLen, stop)
	p.last[KindEthernet], p.last[KindIPv4] = 1, 2
	p.n = 2
	kind := IPProto(b[ip+ipv4ProtocolOff]).kind()
	b = b[transport:stop]
	var hdr, size int
	var reason wire.Reason
	switch kind {
	case KindTCP:
		hdr, size, next, reason = stepTCP(b)
	case KindUDP:
		hdr, size, next, reason = stepUDP(b)
	default:
		return transport, stop, kind
	}
	if reason != 0 || size > len(b) {
		return transport, stop, kind
	}
	p.spans[2].set(kind, transport, hdr, transport+size)
	p.last[kind] = 3
	p.n = 3
	return transport + hdr, transport + size, next
}

// decode walks the layers from off on. Each step gets only the bytes of the
// enclosing layer's payload, so no layer can exceed its enclosing layer.
func (d *Decoder) decode(p *Packet, kind Kind, off, end int) {
	for kind != KindPayload {
		b := p.data[off:end]
		var hdr, size int
		var next Kind
		var reason wire.Reason
		switch {
		case kind == KindIPv4, kind == KindIPv6:
			if kind = ipVersion(kind, b); kind == KindIPv4 {
				hdr, size, next, reason = stepIPv4(b)
			} else {
				hdr, size, next, reason = stepIPv6(b)
			}
		case kind < kindCount:
			hdr, size, next, reason = step(kind, b)
			if p.cut && (kind == KindRadiotap || kind == KindPPI) {
				size = len(b) // the frame's check sequence was cut off
			}
		case kind == kindHDLC:
			kind = hdlcKind(b)
			hdr, size, next, reason = step(kind, b)
		default:
			p.protocols = d.protocols
			hdr, size, next, reason = d.stepUser(kind, b)
		}
		if reason != 0 || p.n == MaxLayers {
			p.fail(kind, reason, hdr, end)
			break
		}
		if d.tables != 0 {
			next = d.follow(kind, b, next)
		}
		if size > len(b) {
			p.lacking()
			size = len(b)
		}
		p.spans[p.n].set(kind, off, hdr, off+size)
		p.n++
		if kind < kindCount {
			p.last[kind] = uint8(p.n)
		}
		off, end, kind = off+hdr, off+size, next
	}
	p.off, p.end = off, end
}

// fail records why decoding stopped. A header at the end of the captured bytes
// is Truncated if the wire had more, else Short. Without a record, a length
// field decides.
func (p *Packet) fail(kind Kind, reason wire.Reason, need, end int) {
	if reason == 0 {
		reason, need = wire.TooDeep, 0
	}
	if reason == wire.Short && end == len(p.data) && p.wasCut() {
		reason = wire.Truncated
	}
	p.stop = stop{kind, reason, need}
}

// wasCut reports whether the capture truncated a header at the end of the
// packet's bytes. If IP states its length and has all its bytes, the wire had
// no more.
func (p *Packet) wasCut() bool {
	if p.truncated {
		return p.cut || p.quote
	}
	i := p.network()
	if i == 0 || !p.cut {
		return p.cut
	}
	return !p.statesLen(i - 1)
}

// ipVersion returns the kind for the version in the first four bits of b, which
// overrides the version that the enclosing layer announced.
func ipVersion(kind Kind, b []byte) Kind {
	if len(b) > 0 {
		switch b[0] >> 4 {
		case 4:
			return KindIPv4
		case 6:
			return KindIPv6
		}
	}
	return kind
}
