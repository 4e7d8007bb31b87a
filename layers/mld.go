package layers

import (
	"encoding/binary"
	"iter"
	"net/netip"
)

// ICMPv6 types of multicast listener discovery (RFC 2710 section 3, RFC 9777
// section 5).
const (
	ICMPv6MLDQuery    = 130
	ICMPv6MLDReport   = 131
	ICMPv6MLDDone     = 132
	ICMPv6MLDv2Report = 143

	mldReportLen = 8
)

// MLDGroup returns the multicast address of a query, a version 1 report or a
// done message. It returns the zero Addr for other messages.
func (h ICMPv6) MLDGroup() netip.Addr {
	switch h.Type() {
	case ICMPv6MLDQuery, ICMPv6MLDReport, ICMPv6MLDDone:
		return h.addr(8)
	}
	return netip.Addr{}
}

// MLDRecords returns the records of a version 2 report, up to the first
// malformed or truncated one. It yields nothing for other messages.
func (h ICMPv6) MLDRecords() iter.Seq[GroupRecord] {
	if h.Type() != ICMPv6MLDv2Report || len(h.b) < mldReportLen {
		return groupRecords(nil, 0, 16)
	}
	return groupRecords(h.b[mldReportLen:], int(binary.BigEndian.Uint16(h.b[6:])), 16)
}
