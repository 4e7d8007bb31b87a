package layers

import (
	"encoding/binary"
	"iter"
	"net/netip"
)

// Addr returns the address of an A (RFC 1035 section 3.4.1) or AAAA record (RFC
// 3596 section 2.2). In class CH type A is no IP address.
func (rr Resource) Addr() (netip.Addr, bool) { return dnsAddr(rr.Type, rr.Class, rr.Data) }

func dnsAddr(t DNSType, class uint16, b []byte) (netip.Addr, bool) {
	switch {
	case class&^dnsTopBit == DNSClassCH:
	case t == DNSTypeA && len(b) == 4:
		return netip.AddrFrom4([4]byte(b)), true
	case t == DNSTypeAAAA && len(b) == 16:
		return netip.AddrFrom16([16]byte(b)), true
	}
	return netip.Addr{}, false
}

// Target returns the name that a CNAME, NS, PTR (RFC 1035 section 3.3) or DNAME
// record (RFC 6672) holds.
func (rr Resource) Target() (Name, bool) {
	switch rr.Type {
	case DNSTypeCNAME, DNSTypeNS, DNSTypePTR, DNSTypeDNAME:
		n, _, ok := rr.name(0)
		return n, ok
	}
	return Name{}, false
}

// MX returns the data of an MX record (RFC 1035 section 3.3.9).
func (rr Resource) MX() (preference uint16, exchange Name, ok bool) {
	if rr.Type != DNSTypeMX || len(rr.Data) < 2 {
		return 0, Name{}, false
	}
	exchange, _, ok = rr.name(2)
	return binary.BigEndian.Uint16(rr.Data), exchange, ok
}

// An SOA is the data of an SOA record (RFC 1035 section 3.3.13): the primary
// server, the mailbox of who is responsible, and the zone's numbers, all but
// Serial in seconds. The names alias the message.
type SOA struct {
	MName, RName                            Name
	Serial, Refresh, Retry, Expire, Minimum uint32
}

const dnsSOALen = 20 // of the numbers

// SOA returns the data of an SOA record.
func (rr Resource) SOA() (SOA, bool) {
	if rr.Type != DNSTypeSOA {
		return SOA{}, false
	}
	mname, end, ok := rr.name(0)
	if !ok {
		return SOA{}, false
	}
	rname, end, ok := rr.name(end)
	if !ok || len(rr.Data)-end < dnsSOALen {
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
// record (RFC 7208 section 3.1) up to the first that runs out of the data. They
// are raw octets.
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
	if rr.Type == DNSTypeTXT || rr.Type == DNSTypeSPF {
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

// An HINFO is the data of a HINFO record (RFC 1035 section 3.3.2): two
// character-strings. A server that does not answer a query for ANY says so with
// CPU "RFC8482" (RFC 8482 section 4.2).
type HINFO struct{ CPU, OS []byte }

// HINFO returns the data of a HINFO record.
func (rr Resource) HINFO() (HINFO, bool) {
	if rr.Type != DNSTypeHINFO {
		return HINFO{}, false
	}
	cpu, rest, whole := cutVector(rr.Data, 1)
	os, rest, wholeOS := cutVector(rest, 1)
	return HINFO{cpu, os}, whole && wholeOS && len(rest) == 0
}

// dataOK reports whether the data is what the record's type asks for, as far
// as the methods of Resource know.
func (rr Resource) dataOK() bool {
	// RFC 2136 section 2.4: in an update, no data means all records of the type.
	return len(rr.Data) == 0 && (rr.Class == DNSClassANY || rr.Class == DNSClassNONE) || rr.partsOK()
}

func (rr Resource) partsOK() (ok bool) {
	switch rr.Type {
	case DNSTypeA, DNSTypeAAAA:
		_, ok = rr.Addr()
		ok = ok || rr.Class&^dnsTopBit == DNSClassCH
	case DNSTypeCNAME, DNSTypeNS, DNSTypePTR, DNSTypeDNAME:
		_, ok = rr.Target()
	case DNSTypeMX:
		_, _, ok = rr.MX()
	case DNSTypeSOA:
		_, ok = rr.SOA()
	case DNSTypeTXT, DNSTypeSPF:
		ok = rr.textsOK()
	case DNSTypeHINFO:
		_, ok = rr.HINFO()
	case DNSTypeSRV:
		_, ok = rr.SRV()
	case DNSTypeNAPTR:
		_, ok = rr.NAPTR()
	case DNSTypeURI:
		_, ok = rr.URI()
	case DNSTypeCAA:
		_, ok = rr.CAA()
	case DNSTypeTLSA, DNSTypeSMIMEA:
		_, ok = rr.TLSA()
	case DNSTypeSSHFP:
		_, ok = rr.SSHFP()
	case DNSTypeLOC:
		_, ok = rr.LOC()
	case DNSTypeSVCB, DNSTypeHTTPS:
		_, ok = rr.SVCB()
	case DNSTypeOPT:
		_, ok = rr.OPT()
	default:
		return rr.dnssecOK()
	}
	return ok
}

func (rr Resource) dnssecOK() (ok bool) {
	switch rr.Type {
	case DNSTypeDS, DNSTypeCDS:
		_, ok = rr.DS()
	case DNSTypeDNSKEY, DNSTypeCDNSKEY, DNSTypeKEY:
		_, ok = rr.DNSKEY()
	case DNSTypeRRSIG, DNSTypeSIG:
		_, ok = rr.RRSIG()
	case DNSTypeNSEC:
		_, ok = rr.NSEC()
	case DNSTypeNSEC3, DNSTypeNSEC3PARAM:
		_, ok = rr.NSEC3()
	default:
		return true
	}
	return ok
}
