package dns

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
)

// Addr returns the address of an A (RFC 1035 section 3.4.1) or AAAA record (RFC
// 3596 section 2.2). It reports false for class CH, where type A does not hold
// an IP address.
func (rr Resource) Addr() (netip.Addr, bool) { return addr(rr.Type, rr.Class, rr.Data) }

func addr(t Type, class uint16, b []byte) (netip.Addr, bool) {
	switch {
	case class&^topBit == ClassCH:
	case t == TypeA && len(b) == 4:
		return netip.AddrFrom4([4]byte(b)), true
	case t == TypeAAAA && len(b) == 16:
		return netip.AddrFrom16([16]byte(b)), true
	}
	return netip.Addr{}, false
}

// Target returns the name in a CNAME, NS, PTR (RFC 1035 section 3.3) or DNAME
// record (RFC 6672).
func (rr Resource) Target() (Name, bool) {
	switch rr.Type {
	case TypeCNAME, TypeNS, TypePTR, TypeDNAME:
		n, _, ok := rr.name(0)
		return n, ok
	}
	return Name{}, false
}

// MX returns the data of an MX record (RFC 1035 section 3.3.9).
func (rr Resource) MX() (preference uint16, exchange Name, ok bool) {
	if rr.Type != TypeMX || len(rr.Data) < 2 {
		return 0, Name{}, false
	}
	exchange, _, ok = rr.name(2)
	return binary.BigEndian.Uint16(rr.Data), exchange, ok
}

// An SOA is the data of an SOA record (RFC 1035 section 3.3.13): the primary
// server, the mailbox of the zone's administrator, and the zone's serial number
// and timers, in seconds. The names alias the message.
type SOA struct {
	MName, RName                            Name
	Serial, Refresh, Retry, Expire, Minimum uint32
}

const soaLen = 20 // the five numbers after the names

// SOA returns the data of an SOA record.
func (rr Resource) SOA() (SOA, bool) {
	if rr.Type != TypeSOA {
		return SOA{}, false
	}
	mname, end, ok := rr.name(0)
	if !ok {
		return SOA{}, false
	}
	rname, end, ok := rr.name(end)
	if !ok || len(rr.Data)-end < soaLen {
		return SOA{}, false
	}
	b := rr.Data[end:]
	return SOA{
		MName:   mname,
		RName:   rname,
		Serial:  binary.BigEndian.Uint32(b),
		Refresh: binary.BigEndian.Uint32(b[4:]),
		Retry:   binary.BigEndian.Uint32(b[8:]),
		Expire:  binary.BigEndian.Uint32(b[12:]),
		Minimum: binary.BigEndian.Uint32(b[16:]),
	}, true
}

// Texts returns the character-strings of a TXT (RFC 1035 section 3.3.14) or SPF
// record (RFC 7208 section 3.1) as raw octets. It stops at the first string
// that exceeds the data.
func (rr Resource) Texts() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for b := rr.texts(); len(b) > 0; {
			n := 1 + int(b[0])
			if n > len(b) || !yield(b[1:n:n]) {
				return
			}
			b = b[n:]
		}
	}
}

func (rr Resource) texts() []byte {
	if rr.Type == TypeTXT || rr.Type == TypeSPF {
		return rr.Data
	}
	return nil
}

func (rr Resource) textsOK() bool {
	n := 0
	for text := range rr.Texts() {
		n += 1 + len(text)
	}
	return n == len(rr.Data)
}

// A HINFO is the data of a HINFO record (RFC 1035 section 3.3.2). A server that
// refuses a query for ANY may answer with one whose CPU is "RFC8482" (RFC 8482
// section 4.2).
type HINFO struct{ CPU, OS []byte }

// HINFO returns the data of a HINFO record.
func (rr Resource) HINFO() (HINFO, bool) {
	if rr.Type != TypeHINFO {
		return HINFO{}, false
	}
	cpu, rest, whole := text.CutVector(rr.Data, 1)
	os, rest, wholeOS := text.CutVector(rest, 1)
	return HINFO{cpu, os}, whole && wholeOS && len(rest) == 0
}

// dataOK reports whether the data has the form its type requires. Types without
// a method of Resource always pass.
func (rr Resource) dataOK() bool {
	// RFC 2136 section 2.4: in an update, no data means all records of the
	// type.
	return len(rr.Data) == 0 && (rr.Class == ClassANY || rr.Class == ClassNONE) || rr.partsOK()
}

func (rr Resource) partsOK() (ok bool) {
	switch rr.Type {
	case TypeA, TypeAAAA:
		_, ok = rr.Addr()
		ok = ok || rr.Class&^topBit == ClassCH
	case TypeCNAME, TypeNS, TypePTR, TypeDNAME:
		_, ok = rr.Target()
	case TypeMX:
		_, _, ok = rr.MX()
	case TypeSOA:
		_, ok = rr.SOA()
	case TypeTXT, TypeSPF:
		ok = rr.textsOK()
	case TypeHINFO:
		_, ok = rr.HINFO()
	case TypeSRV:
		_, ok = rr.SRV()
	case TypeNAPTR:
		_, ok = rr.NAPTR()
	case TypeURI:
		_, ok = rr.URI()
	case TypeCAA:
		_, ok = rr.CAA()
	case TypeTLSA, TypeSMIMEA:
		_, ok = rr.TLSA()
	case TypeSSHFP:
		_, ok = rr.SSHFP()
	case TypeLOC:
		_, ok = rr.LOC()
	case TypeSVCB, TypeHTTPS:
		_, ok = rr.SVCB()
	case TypeOPT:
		_, ok = rr.OPT()
	default:
		return rr.dnssecOK()
	}
	return ok
}

func (rr Resource) dnssecOK() (ok bool) {
	switch rr.Type {
	case TypeDS, TypeCDS:
		_, ok = rr.DS()
	case TypeDNSKEY, TypeCDNSKEY, TypeKEY:
		_, ok = rr.DNSKEY()
	case TypeRRSIG, TypeSIG:
		_, ok = rr.RRSIG()
	case TypeNSEC:
		_, ok = rr.NSEC()
	case TypeNSEC3, TypeNSEC3PARAM:
		_, ok = rr.NSEC3()
	default:
		return true
	}
	return ok
}
