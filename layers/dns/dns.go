package dns

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// DNS message (RFC 1035 section 4.1): ID, flags, the number of entries in each
// of the four sections, and the sections. Multicast DNS (RFC 6762) and LLMNR
// (RFC 4795) share the format.
const (
	headerLen = 12
	maxLen    = maxMessage // RFC 1035 section 4.2.2: TCP's length prefix has 16 bits
)

// maxMessage is the length of the largest message that UDP can carry, in bytes.
// What follows it in a larger datagram (RFC 2675) is no part of a message.
const maxMessage = 65535

// A Section names one of the three sections that hold resource records.
type Section uint8

// The sections, in the order of the message (RFC 1035 section 4.1).
const (
	Answer Section = iota
	Authority
	Additional
)

// String returns the section's name.
func (s Section) String() string {
	switch s {
	case Answer:
		return "answer"
	case Authority:
		return "authority"
	case Additional:
		return "additional"
	}
	return "DNSSection(" + strconv.Itoa(int(s)) + ")"
}

// Message is a view of a DNS message, without the length that precedes it on TCP
// (RFC 1035 section 4.1). ParseMessage or a Packet makes it. It aliases the bytes
// given to ParseMessage, as do names and data that come from it.
//
// Iterators yield the entries before the first that cannot be told from what
// follows it: one that runs out of the message, or whose name has a label of an
// unknown kind. An entry is yielded even if its name cannot be decoded (see
// [Name.Err]): a pointer that loops does not hide the records behind it.
// Validate says what is wrong.
type Message struct{ b []byte }

// ParseMessage checks that b begins with the header of a DNS message and returns a
// view that aliases b; bytes beyond 65535 are no part of it. The error is Short.
func ParseMessage(b []byte) (Message, error) {
	if len(b) < headerLen {
		return Message{}, wire.Fail("DNS", wire.Short, len(b), headerLen)
	}
	size := min(len(b), maxLen)
	return Message{b[:size:size]}, nil
}

// ID returns the identifier that a response shares with its query.
func (m Message) ID() uint16 { return binary.BigEndian.Uint16(m.b) }

// Response reports whether the message is a response (QR) and not a query.
func (m Message) Response() bool { return m.b[2]&0x80 != 0 }

// Opcode returns the kind of query (OPCODE).
func (m Message) Opcode() Opcode { return Opcode(m.b[2] >> 3 & 0x0f) }

// Authoritative reports whether the server is an authority for the name (AA).
func (m Message) Authoritative() bool { return m.b[2]&0x04 != 0 }

// Truncation reports whether the sender left something out because the
// transport could not carry it (TC). It says nothing of the capture.
func (m Message) Truncation() bool { return m.b[2]&0x02 != 0 }

// RecursionDesired returns the RD bit.
func (m Message) RecursionDesired() bool { return m.b[2]&0x01 != 0 }

// RecursionAvailable returns the RA bit.
func (m Message) RecursionAvailable() bool { return m.b[3]&0x80 != 0 }

// AuthenticData returns the AD bit (RFC 4035 section 3.2.3).
func (m Message) AuthenticData() bool { return m.b[3]&0x20 != 0 }

// CheckingDisabled returns the CD bit (RFC 4035 section 3.2.2).
func (m Message) CheckingDisabled() bool { return m.b[3]&0x10 != 0 }

// RCode returns the header's response code. An OPT record may extend it by
// eight bits (RFC 6891 section 6.1.3).
func (m Message) RCode() RCode { return RCode(m.b[3] & 0x0f) }

// QDCount returns the number of questions that the header states.
func (m Message) QDCount() int { return int(binary.BigEndian.Uint16(m.b[4:])) }

// ANCount returns the number of answers that the header states.
func (m Message) ANCount() int { return int(binary.BigEndian.Uint16(m.b[6:])) }

// NSCount returns the number of authority records that the header states.
func (m Message) NSCount() int { return int(binary.BigEndian.Uint16(m.b[8:])) }

// ARCount returns the number of additional records that the header states.
func (m Message) ARCount() int { return int(binary.BigEndian.Uint16(m.b[10:])) }

// Questions returns the question section.
func (m Message) Questions() iter.Seq[Question] {
	return func(yield func(Question) bool) {
		off := headerLen
		for range m.QDCount() {
			end, r := m.question(off)
			if r != 0 || !yield(Question{
				Name:  Name{m.b, off},
				Type:  Type(binary.BigEndian.Uint16(m.b[end-4:])),
				Class: binary.BigEndian.Uint16(m.b[end-2:]),
			}) {
				return
			}
			off = end
		}
	}
}

// Answers returns the records of the answer section.
func (m Message) Answers() iter.Seq[Resource] { return m.section(Answer) }

// Authorities returns the records of the authority section.
func (m Message) Authorities() iter.Seq[Resource] { return m.section(Authority) }

// Additionals returns the records of the additional section.
func (m Message) Additionals() iter.Seq[Resource] { return m.section(Additional) }

// Resources returns the records of all three sections, in one pass over the
// message.
func (m Message) Resources() iter.Seq2[Section, Resource] {
	return func(yield func(Section, Resource) bool) {
		off, r := m.answers()
		for s := Answer; r == 0 && s <= Additional; s++ {
			for range m.count(s) {
				head, end, r := m.resource(off)
				if r != 0 {
					return
				}
				h := m.b[head : head+resourceLen]
				// A literal in the call alone spares the loop a copy of it.
				if !yield(s, Resource{
					Name:  Name{m.b, off},
					Type:  Type(binary.BigEndian.Uint16(h)),
					Class: binary.BigEndian.Uint16(h[2:]),
					TTL:   binary.BigEndian.Uint32(h[4:]),
					Data:  m.b[head+resourceLen : end : end],
				}) {
					return
				}
				off = end
			}
		}
	}
}

func (m Message) section(s Section) iter.Seq[Resource] {
	return func(yield func(Resource) bool) {
		off, n := m.sectionStart(s)
		for range n {
			head, end, r := m.resource(off)
			if r != 0 {
				return
			}
			h := m.b[head : head+resourceLen]
			if !yield(Resource{
				Name:  Name{m.b, off},
				Type:  Type(binary.BigEndian.Uint16(h)),
				Class: binary.BigEndian.Uint16(h[2:]),
				TTL:   binary.BigEndian.Uint32(h[4:]),
				Data:  m.b[head+resourceLen : end : end],
			}) {
				return
			}
			off = end
		}
	}
}

// sectionStart returns where a section begins and the number of its records,
// none if something before it is damaged.
func (m Message) sectionStart(s Section) (off, n int) {
	off, r := m.answers()
	for before := range s {
		for i := 0; r == 0 && i < m.count(before); i++ {
			_, off, r = m.resource(off)
		}
	}
	if r != 0 {
		return off, 0
	}
	return off, m.count(s)
}

// count returns the number of records of a section that the header states.
func (m Message) count(s Section) int { return int(binary.BigEndian.Uint16(m.b[6+2*int(s):])) }

// answers returns where the answer section begins, or why that is unknown.
func (m Message) answers() (off int, r wire.Reason) {
	off = headerLen
	for range m.QDCount() {
		if off, r = m.question(off); r != 0 {
			break
		}
	}
	return off, r
}

// Validate walks the whole message and returns nil, or an *Error about the
// first entry that is wrong: Offset is where it starts in the message, Have
// the number of bytes from there. It looks at every name, and into the data of
// the record types that [Resource] has methods for. Bytes behind the last
// entry are no error.
func (m Message) Validate() error { return m.validate("DNS", Resource.dataOK) }

// validate is Validate for messages of a kind, whose records have data that
// dataOK knows.
func (m Message) validate(layer string, dataOK func(Resource) bool) error {
	fail := func(r wire.Reason, off int) error {
		return &wire.Error{Layer: layer, Reason: r, Offset: off, Have: len(m.b) - off}
	}
	off := headerLen
	for range m.QDCount() {
		end, r := m.question(off)
		if r == 0 {
			r = Name{m.b, off}.reason()
		}
		if r != 0 {
			return fail(r, off)
		}
		off = end
	}
	n := 0
	for _, rr := range m.Resources() {
		r := rr.Name.reason()
		if r == 0 && !dataOK(rr) {
			r = wire.Malformed
		}
		if r != 0 {
			return fail(r, off)
		}
		_, off, _ = m.resource(off)
		n++
	}
	if n < m.ANCount()+m.NSCount()+m.ARCount() {
		_, _, r := m.resource(off)
		return fail(r, off)
	}
	return nil
}

// Bytes returns the message.
func (m Message) Bytes() []byte { return m.b }

// AppendText appends a short description to dst: ID, query or response code,
// the first question, and for a response the counts of its records.
func (m Message) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, "id "...)
	dst = strconv.AppendUint(dst, uint64(m.ID()), 10)
	if m.Opcode() != OpcodeQuery {
		dst = append(dst, ' ')
		dst = m.Opcode().appendTo(dst)
	}
	if m.Response() {
		dst = append(dst, " response "...)
		dst = m.RCode().appendTo(dst)
	} else {
		dst = append(dst, " query"...)
	}
	for q := range m.Questions() {
		dst = append(dst, ' ')
		dst = append(q.Type.appendTo(dst), ' ')
		dst = q.Name.AppendTo(dst)
		break
	}
	if m.Response() {
		dst = append(dst, ' ')
		dst = strconv.AppendInt(dst, int64(m.ANCount()), 10)
		dst = append(dst, '/')
		dst = strconv.AppendInt(dst, int64(m.NSCount()), 10)
		dst = append(dst, '/')
		dst = strconv.AppendInt(dst, int64(m.ARCount()), 10)
	}
	return dst, nil
}

// String returns what AppendText appends.
func (m Message) String() string { b, _ := m.AppendText(nil); return string(b) }
