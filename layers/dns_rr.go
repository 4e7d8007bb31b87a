package layers

import (
	"encoding/binary"
	"iter"
	"net/netip"
)

// What follows the name of a question (RFC 1035 section 4.1.2): type, class;
// and of a resource record (section 4.1.3): type, class, TTL, data length.
const (
	dnsQuestionLen = 4
	dnsResourceLen = 10
)

// dnsTopBit is the bit of the class to which multicast DNS gives a meaning of
// its own.
const dnsTopBit = 0x8000

// A Question is one entry of the question section (RFC 1035 section 4.1.2). It
// aliases the message.
type Question struct {
	Name  Name
	Type  DNSType
	Class uint16 // as it is in the message, see UnicastResponse
}

// UnicastResponse reports whether the top bit of Class is set: in multicast
// DNS the wish for a unicast response (RFC 6762 section 5.4).
func (q Question) UnicastResponse() bool { return q.Class&dnsTopBit != 0 }

// A Resource is one resource record (RFC 1035 section 4.1.3). It aliases the
// message. Names inside Data may point to other parts of the message: the
// methods follow them.
type Resource struct {
	Name  Name
	Type  DNSType
	Class uint16 // as it is in the message, see CacheFlush; of OPT the sender's UDP payload size
	TTL   uint32 // in seconds; of OPT extended code, version and flags (RFC 6891 section 6.1.3)
	Data  []byte
	off   int // of Data in the message
}

// CacheFlush reports whether the top bit of Class is set: in multicast DNS
// the record replaces those cached before (RFC 6762 section 10.2).
func (rr Resource) CacheFlush() bool { return rr.Class&dnsTopBit != 0 }

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
// record (RFC 6672) holds. It reports false when there is none that can be
// decoded, as MX, SRV and SOA do.
func (rr Resource) Target() (Name, bool) {
	if !rr.isTarget() {
		return Name{}, false
	}
	n, _, ok := rr.name(0)
	return n, ok
}

func (rr Resource) isTarget() bool {
	switch rr.Type {
	case DNSTypeCNAME, DNSTypeNS, DNSTypePTR, DNSTypeDNAME:
		return true
	}
	return false
}

// MX returns the data of an MX record (RFC 1035 section 3.3.9).
func (rr Resource) MX() (preference uint16, exchange Name, ok bool) {
	if rr.Type != DNSTypeMX || len(rr.Data) < 2 {
		return 0, Name{}, false
	}
	exchange, _, ok = rr.name(2)
	return binary.BigEndian.Uint16(rr.Data), exchange, ok
}

// An SRV is the data of an SRV record (RFC 2782). Target aliases the message.
type SRV struct {
	Priority, Weight, Port uint16
	Target                 Name
}

const dnsSRVLen = 6 // up to the target

// SRV returns the data of an SRV record.
func (rr Resource) SRV() (SRV, bool) {
	if rr.Type != DNSTypeSRV || len(rr.Data) < dnsSRVLen {
		return SRV{}, false
	}
	target, _, ok := rr.name(dnsSRVLen)
	return SRV{
		Priority: binary.BigEndian.Uint16(rr.Data),
		Weight:   binary.BigEndian.Uint16(rr.Data[2:]),
		Port:     binary.BigEndian.Uint16(rr.Data[4:]),
		Target:   target,
	}, ok
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

// name returns the name at off in the data, and where it ends there. It may
// point out of the data, but not run out of it.
func (rr Resource) name(off int) (n Name, end int, ok bool) {
	end, r := skipName(rr.Data, off)
	if r != 0 {
		return Name{}, end, false
	}
	n = Name{rr.Name.msg, rr.off + off}
	if n.reason() != 0 {
		return Name{}, end, false
	}
	return n, end, true
}

// dataOK reports whether the data is what the record's type asks for, as far
// as the methods above know.
func (rr Resource) dataOK() bool {
	ok := true
	switch {
	case rr.Type == DNSTypeA || rr.Type == DNSTypeAAAA:
		_, ok = rr.Addr()
		ok = ok || rr.Class&^dnsTopBit == DNSClassCH
	case rr.isTarget():
		_, ok = rr.Target()
	case rr.Type == DNSTypeMX:
		_, _, ok = rr.MX()
	case rr.Type == DNSTypeSRV:
		_, ok = rr.SRV()
	case rr.Type == DNSTypeSOA:
		_, ok = rr.SOA()
	default:
		n := 0
		for text := range rr.Texts() {
			n += 1 + len(text)
		}
		ok = n == len(rr.texts())
	}
	// RFC 2136 section 2.4: in an update, no data means all records of the type.
	return ok || len(rr.Data) == 0 && (rr.Class == DNSClassANY || rr.Class == DNSClassNONE)
}

// question reads the entry at off, and returns where it ends.
func (m DNS) question(q *Question, off int) (end int, r Reason) {
	end, r = skipName(m.b, off)
	if r != 0 {
		return end, r
	}
	if len(m.b)-end < dnsQuestionLen {
		return end, Short
	}
	q.Name = Name{m.b, off}
	q.Type = DNSType(binary.BigEndian.Uint16(m.b[end:]))
	q.Class = binary.BigEndian.Uint16(m.b[end+2:])
	return end + dnsQuestionLen, 0
}

// resource returns the record at off, and where it ends.
func (m DNS) resource(rr *Resource, off int) (end int, r Reason) {
	end = off + 2
	if end > len(m.b) || m.b[off] < dnsLabelPointer {
		if end, r = skipName(m.b, off); r != 0 {
			return end, r
		}
	}
	data := end + dnsResourceLen
	if data > len(m.b) {
		return end, Short
	}
	h := m.b[end:data]
	end = data + int(binary.BigEndian.Uint16(h[8:]))
	if end > len(m.b) {
		return data, Short
	}
	rr.Name = Name{m.b, off}
	rr.Type = DNSType(binary.BigEndian.Uint16(h))
	rr.Class = binary.BigEndian.Uint16(h[2:])
	rr.TTL = binary.BigEndian.Uint32(h[4:])
	rr.Data = m.b[data:end:end]
	rr.off = data
	return end, 0
}
