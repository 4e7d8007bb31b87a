package stream

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/layers"
)

// The PROXY protocol
// (https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt): a proxy names
// its client at the beginning of its own connection to the server, in a line
// (version 1), or in binary (version 2).
const (
	proxyLine      = "PROXY "
	proxyMaxLine   = 107
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	proxyFixed     = 16 // bytes of version 2 before its addresses
)

// proxied skips the header of the PROXY protocol and records its addresses. It
// reports whether nothing is left of p.
func (f *probe) proxied(s sink, p *piece) bool {
	if n := min(f.skip[p.side], len(p.data)); n > 0 {
		f.skip[p.side] -= n
		p.data = p.data[n:]
	}
	if f.via.Innermost() == PROXY || f.known != Unknown || f.dropped[p.side].some {
		return len(p.data) == 0
	}
	data := f.join(p)
	size, flow, v := proxyHeader(data)
	switch v {
	case undecided:
		f.keep(s, p)
	case decided:
		n := min(size, len(data))
		f.skip[p.side] = size - n
		f.cut(s, p, n)
		f.via = f.via.with(PROXY)
		s.count(PROXY)
		s.c.setClient(p.side)
		if flow.Src.IsValid() {
			own := flow // the other ones need not be allocated
			s.c.Proxied = &own
		}
	}
	return len(p.data) == 0
}

// proxyHeader parses a header. It returns its length, which may exceed b, and
// the zero Flow if it has no addresses.
func proxyHeader(b []byte) (size int, flow layers.Flow, v verdict) {
	if v := prefix(b, proxySignature); v == undecided || v == decided && len(b) < proxyFixed {
		return 0, flow, undecided
	} else if v == decided {
		return proxyBinary(b)
	}
	v = prefix(b, proxyLine)
	if v != decided {
		return 0, flow, v
	}
	size = endOfLine(b[:min(len(b), proxyMaxLine)], 0)
	if size == 0 {
		return 0, flow, undecidedIf(len(b) < proxyMaxLine)
	}
	fields := strings.Fields(string(b[len(proxyLine):size]))
	if len(fields) == 0 || fields[0] != "TCP4" && fields[0] != "TCP6" && fields[0] != "UNKNOWN" {
		return 0, flow, refused
	}
	if len(fields) == 5 {
		flow = proxyFlow(fields[1], fields[2], fields[3], fields[4])
	}
	return size, flow, decided
}

// proxyFlow returns the zero Flow if an address or a port is invalid.
func proxyFlow(src, dst, srcPort, dstPort string) layers.Flow {
	from, err1 := netip.ParseAddr(src)
	to, err2 := netip.ParseAddr(dst)
	fromPort, err3 := strconv.ParseUint(srcPort, 10, 16)
	toPort, err4 := strconv.ParseUint(dstPort, 10, 16)
	if cmp.Or(err1, err2, err3, err4) != nil {
		return layers.Flow{}
	}
	return layers.Flow{
		Src: netip.AddrPortFrom(from, uint16(fromPort)), Dst: netip.AddrPortFrom(to, uint16(toPort)), Proto: layers.IPProtoTCP,
	}
}

// proxyBinary parses a header of version 2. Its command is LOCAL, a connection
// of the proxy's own, or PROXY; extensions may follow the addresses.
func proxyBinary(b []byte) (size int, flow layers.Flow, v verdict) {
	const local, proxy = 0x20, 0x21
	size = proxyFixed + int(binary.BigEndian.Uint16(b[14:]))
	if b[12] != local && b[12] != proxy {
		return 0, flow, refused
	}
	addr := 0 // bytes of an address
	switch b[13] >> 4 {
	case 1:
		addr = 4
	case 2:
		addr = 16
	}
	end := proxyFixed + 2*addr + 4
	if b[12] == local || addr == 0 || size < end {
		return size, flow, decided
	}
	if len(b) < end {
		return 0, flow, undecided
	}
	endpoint := func(i int) netip.AddrPort {
		a, _ := netip.AddrFromSlice(b[proxyFixed+i*addr:][:addr])
		return netip.AddrPortFrom(a, binary.BigEndian.Uint16(b[proxyFixed+2*addr+2*i:]))
	}
	flow = layers.Flow{Src: endpoint(0), Dst: endpoint(1), Proto: layers.IPProtoTCP}
	if b[13]&0xf == 2 {
		flow.Proto = layers.IPProtoUDP
	}
	return size, flow, decided
}
