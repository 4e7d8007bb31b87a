package dns

import (
	"encoding/binary"
	"iter"
	"strconv"

	"github.com/sightline-go/sightline/layers/wire"
)

// A DNS message (RFC 1035 section 4.1) is a header with ID, flags and the entry
// counts of four sections, and then the sections. Multicast DNS (RFC 6762) and
// LLMNR (RFC 4795) share the format.
const (
	headerLen = 12
	maxLen    = maxMessage // RFC 1035 section 4.2.2: TCP's length prefix has 16 bits
)

// maxMessage is the length of the largest message that UDP can carry, in bytes.
// The rest of a jumbogram (RFC 2675) is ignored.
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
	return "Section(" + strconv.Itoa(int(s)) + ")"
}

// A Message is a view of a DNS message (RFC 1035 section 4.1), without the
// length that precedes it on TCP. It aliases the bytes given to [ParseMessage],
// as do the names and data it returns.
//
// Iterators stop at the first entry whose end cannot be found: it exceeds the
// message, or its name has a label of an unknown type. An entry whose end is
// known is yielded even if its name cannot be decoded (see [Name.Err]), so that
// a pointer loop does not hide the records after it. Validate reports the
// fault.
type Message struct{ b []byte }

// ParseMessage checks that b begins with a DNS header and returns a view that
// aliases b. It ignores bytes beyond 65535. The error's Reason is Short.
func ParseMessage(b []byte) (Message, error) {
	if len(b) < headerLen {
		return Message{}, wire.Fail("DNS", wire.Short, len(b), headerLen)
	}
	size := min(len(b), maxLen)
	return Message{b[:size:size]}, nil
}

// ID returns the identifier that a response shares with its query.
func (m Message) ID() uint16 { return binary.BigEndian.Uint16(m.b) }

// Response reports whether the message is a response rather than a query (QR).
func (m Message) Response() bool { return m.b[2]&0x80 != 0 }

// Opcode returns the kind of query (OPCODE).
func (m Message) Opcode() Opcode { return Opcode(m.b[2] >> 3 & 0x0f) }

// Authoritative reports whether the responding server is an authority for the
// name (AA).
func (m Message) Authoritative() bool { return m.b[2]&0x04 != 0 }

// Truncation reports whether the sender truncated the message to fit the
// transport (TC). It does not mean that the capture is truncated.
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

// Resources returns the records of the answer, authority and additional
// sections, in one pass over the message.
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
				// A literal used only in the call saves the loop a copy.
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

// sectionStart returns the offset of a section and the number of its records,
// which is 0 if an earlier entry is damaged.
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

// count returns a section's record count, as stated by the header.
func (m Message) count(s Section) int { return int(binary.BigEndian.Uint16(m.b[6+2*int(s):])) }

// answers returns the offset of the answer section, or why it is unknown.
func (m Message) answers() (off int, r wire.Reason) {
	off = headerLen
	for range m.QDCount() {
		if off, r = m.question(off); r != 0 {
			break
		}
	}
	return off, r
}

// Validate checks the whole message. It returns nil, or a *wire.Error about the
// first bad entry, with Offset its start in the message and Have the number of
// bytes from there. It checks every name, and the data of the record types that
// [Resource] has methods for. Bytes after the last entry are not an error.
func (m Message) Validate() error { return m.validate("DNS", Resource.dataOK) }

// validate is Validate with the name of the layer for its errors and the check
// of the records' data.
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

// Len returns the length in bytes of the header and all entries, up to the first that is
// not all there.
func (m Message) Len() int {
	off, r := m.answers()
	for range m.ANCount() + m.NSCount() + m.ARCount() {
		if r != 0 {
			break
		}
		var end int
		if _, end, r = m.resource(off); r == 0 {
			off = end
		}
	}
	return off
}

// Bytes returns the message.
func (m Message) Bytes() []byte { return m.b }

// AppendText appends a one-line summary to dst: the ID, the opcode unless it is
// a query, the response code of a response, the first question, and a
// response's record counts.
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

// String returns the text that AppendText appends.
func (m Message) String() string { b, _ := m.AppendText(nil); return string(b) }
