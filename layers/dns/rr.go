package dns

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// The lengths of the fields after the name: type and class in a question (RFC
// 1035 section 4.1.2), then also TTL and data length in a resource record
// (section 4.1.3).
const (
	questionLen = 4
	resourceLen = 10
)

// topBit is the bit of the class that multicast DNS redefines.
const topBit = 0x8000

// A Question is an entry of the question section (RFC 1035 section 4.1.2). It
// aliases the message.
type Question struct {
	Name  Name
	Type  Type
	Class uint16 // as sent, see UnicastResponse
}

// UnicastResponse reports whether the top bit of Class is set. In multicast DNS
// it asks for a unicast response (RFC 6762 section 5.4).
func (q Question) UnicastResponse() bool { return q.Class&topBit != 0 }

// A Resource is a resource record (RFC 1035 section 4.1.3). It aliases the
// message. Names in Data may point to other parts of the message: the methods
// follow the pointers.
//
// Each common type has a method that decodes its data. The method reports false
// if the record has another type, or if the data does not have the form its
// type requires, including a name that cannot be decoded. The other results are
// then meaningless.
type Resource struct {
	Name  Name
	Type  Type
	Class uint16 // as sent, see CacheFlush; in OPT, the sender's UDP payload size
	TTL   uint32 // in seconds; in OPT, extended code, version and flags (RFC 6891 section 6.1.3)
	Data  []byte
}

// CacheFlush reports whether the top bit of Class is set. In multicast DNS the
// record then replaces earlier ones in caches (RFC 6762 section 10.2).
func (rr Resource) CacheFlush() bool { return rr.Class&topBit != 0 }

// name returns the name at off in the data, and its end. Its pointers may lead
// outside the data, but the name itself must not exceed it.
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

// question returns the end of the question at off.
func (m Message) question(off int) (end int, r wire.Reason) {
	end, r = skipName(m.b, off)
	if end += questionLen; r == 0 && end > len(m.b) {
		r = wire.Short
	}
	return end, r
}

// resource returns the offset of the type of the record at off, after its name,
// and the record's end.
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
