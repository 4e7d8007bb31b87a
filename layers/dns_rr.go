package layers

import "encoding/binary"

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
//
// For each type in common use a method returns the data in its parts. It
// reports false when the record is of another type, or its data is not what its
// type asks for, a name that cannot be decoded included; what else it returns
// then has no meaning.
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
