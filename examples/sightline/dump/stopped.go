package dump

import (
	"errors"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// stopped adds the complete fields of the layer that could not be decoded.
func (f *fields) stopped(p *layers.Packet, wireEnd int) {
	var e *wire.Error
	if !errors.As(p.Err(), &e) || e.Reason == wire.TooDeep {
		return
	}
	b := p.Bytes()[e.Offset : e.Offset+e.Have]
	kind, _ := p.Stopped()
	table := fieldsOf(kind)
	switch kind {
	case layers.KindIPv4, layers.KindIPv6:
		if e.Reason == wire.Malformed && len(b) > 0 {
			table = table[:sensible(b[0])]
		}
	case layers.KindTCP:
		table = f.stoppedTCP(e, b, wireEnd)
	case layers.KindARP:
		if len(b) >= 8 {
			f.object.number(arpOpcode, bigEndian(b[6:8]))
		}
	case layers.KindMPLS:
		for ; len(b) >= 4; b = b[4:] {
			f.object.number(mplsLabel, bigEndian(b[:3])>>4)
		}
	case layers.KindUDP, layers.KindICMPv4:
		if len(b) < 4 {
			table = nil
		}
	case layers.KindDNS:
		f.dnsHeader(b)
	case layers.KindGTP:
		f.gtp(b)
	case layers.KindEthernet, layers.KindSCTP:
		table = nil
	}
	f.object.put(table, b)
}

// sensible returns the number of fields to print of an invalid IP header that starts
// with first.
func sensible(first byte) int {
	switch {
	case first>>4 != 4:
		return upToVersion
	case first&0xf < 5:
		return upToHdrLen
	}
	return upToLen
}

func (f *fields) stoppedTCP(e *wire.Error, b []byte, wireEnd int) []field {
	const minLen = 20
	switch {
	case e.Reason == wire.Malformed:
		f.tcpLen(int(b[12]>>4)*4, e.Offset, wireEnd)
		return tcpUpToHdrLen
	case len(b) < 4:
		return nil
	case len(b) >= minLen && int(b[12]>>4)*4 >= minLen:
		f.tcpLen(int(b[12]>>4)*4, e.Offset, wireEnd)
	}
	return tcpFields
}

// damage adds whether a packet is malformed or truncated in the capture.
func (f *fields) damage(p *layers.Packet, rec *pcap.Record) {
	var e *wire.Error
	ok := errors.As(p.Err(), &e)
	if m, is := p.DNS(); !ok && is {
		ok = errors.As(m.Validate(), &e)
	}
	switch {
	case !ok:
	case e.Reason == wire.Short && p.IsFragment():
		// The rest is in a later fragment.
	case e.Reason == wire.Truncated, e.Reason == wire.Short && e.Layer == layers.KindDNS.String() && rec.Truncated():
		f.object.boolean(short, true)
	default:
		f.object.text(malformed, e.Layer)
	}
}
