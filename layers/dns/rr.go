package dns

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// What follows the name of a question (RFC 1035 section 4.1.2): type, class;
// and of a resource record (section 4.1.3): type, class, TTL, data length.
const (
	questionLen = 4
	resourceLen = 10
)

// dnsTopBit is the bit of the class to which multicast DNS gives a meaning of
// its own.
const topBit = 0x8000

// A Question is one entry of the question section (RFC 1035 section 4.1.2). It
// aliases the message.
type Question struct {
	Name  Name
	Type  Type
	Class uint16 // as it is in the message, see UnicastResponse
}

// UnicastResponse reports whether the top bit of Class is set: in multicast
// DNS the wish for a unicast response (RFC 6762 section 5.4).
func (q Question) UnicastResponse() bool { return q.Class&topBit != 0 }

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
	Type  Type
	Class uint16 // as it is in the message, see CacheFlush; of OPT the sender's UDP payload size
	TTL   uint32 // in seconds; of OPT extended code, version and flags (RFC 6891 section 6.1.3)
	Data  []byte
}

// CacheFlush reports whether the top bit of Class is set: in multicast DNS
// the record replaces those cached before (RFC 6762 section 10.2).
func (rr Resource) CacheFlush() bool { return rr.Class&topBit != 0 }

// name returns the name at off in the data, and where it ends there. It may
// point out of the data, but not run out of it.
func (rr Resource) name(off int) (n Name, end int, ok bool) {
	end, r := skipName(rr.Data, off)
	if r != 0 {
		return Name{}, end, false
	}
	data, _ := skipName(rr.Name.msg, rr.Name.off)
	n = Name{rr.Name.msg, data + resourceLen + off}
	if n.reason() != 0 {
		return Name{}, end, false
	}
	return n, end, true
}

// question returns where the entry at off ends.
func (m Message) question(off int) (end int, r wire.Reason) {
	end, r = skipName(m.b, off)
	if end += questionLen; r == 0 && end > len(m.b) {
		r = wire.Short
	}
	return end, r
}

// resource returns where the record at off has its type, behind the name, and
// where it ends.
func (m Message) resource(off int) (head, end int, r wire.Reason) {
	head = off + 2
	if head > len(m.b) || m.b[off] < labelPointer {
		if head, r = skipName(m.b, off); r != 0 {
			return head, head, r
		}
	}
	end = head + resourceLen
	if end > len(m.b) {
		return head, end, wire.Short
	}
	if end += int(binary.BigEndian.Uint16(m.b[end-2:])); end > len(m.b) {
		return head, end, wire.Short
	}
	return head, end, 0
}
