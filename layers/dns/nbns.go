package dns

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// The NetBIOS name service (RFC 1002 section 4.2) uses the DNS message layout
// with its own types, operations and names.

// An NBNSOpcode is the operation of a name service message (RFC 1002 section
// 4.2.1.1).
type NBNSOpcode uint8

// The operations. Refresh is 8 in the RFC's list and 9 in its figures, and both
// occur. Multi-homed registration is Microsoft's.
const (
	NBNSQuery         NBNSOpcode = 0
	NBNSRegistration  NBNSOpcode = 5
	NBNSRelease       NBNSOpcode = 6
	NBNSWait          NBNSOpcode = 7
	NBNSRefresh       NBNSOpcode = 8
	NBNSRefreshAlt    NBNSOpcode = 9
	NBNSMultiRegister NBNSOpcode = 15
)

var nbnsOpcodeNames = [...]string{
	NBNSQuery: "query", NBNSRegistration: "registration", NBNSRelease: "release", NBNSWait: "wait",
	NBNSRefresh: "refresh", NBNSRefreshAlt: "refresh", NBNSMultiRegister: "multi-homed registration",
}

// String returns the operation's name, or its number.
func (o NBNSOpcode) String() string { return text.NameOf(nbnsOpcodeNames[:], "opcode ", o) }

// An NBNSType is the type of a record or of a question (RFC 1002 section
// 4.2.1.3).
type NBNSType uint16

// The types in use.
const (
	NBNSTypeNB     NBNSType = 0x20 // the addresses of a name
	NBNSTypeNBSTAT NBNSType = 0x21 // the names of a node
)

var nbnsTypeNames = [...]string{1: "A", 2: "NS", 10: "NULL", NBNSTypeNB: "NB", NBNSTypeNBSTAT: "NBSTAT"}

// String returns the type's name, or TYPE and its number.
func (t NBNSType) String() string { return text.NameOf(nbnsTypeNames[:], "TYPE", t) }

// An NBNS is a view of a NetBIOS name service message (RFC 1002 section 4.2).
// It aliases the bytes given to [ParseNBNS], as does everything its methods
// return. Iterators stop at the first damaged entry.
type NBNS struct{ m Message }

// ParseNBNS checks that b begins with the header of a name service message and
// returns a view that aliases b. The error's Reason is Short.
func ParseNBNS(b []byte) (NBNS, error) {
	if len(b) < headerLen {
		return NBNS{}, wire.Fail("NBNS", wire.Short, len(b), headerLen)
	}
	m, err := ParseMessage(b)
	return NBNS{m}, err
}

// ID returns the identifier that a response shares with its request.
func (h NBNS) ID() uint16 { return h.m.ID() }

// Response reports whether the message is a response.
func (h NBNS) Response() bool { return h.m.Response() }

// Opcode returns the operation.
func (h NBNS) Opcode() NBNSOpcode { return NBNSOpcode(h.m.Opcode()) }

// Broadcast reports whether the message was sent to all nodes (B).
func (h NBNS) Broadcast() bool { return h.m.b[3]&0x10 != 0 }

// RCode returns the response code (RFC 1002 sections 4.2.6, 4.2.11, 4.2.14), 0
// for success.
func (h NBNS) RCode() uint8 { return h.m.b[3] & 0x0f }

// An NBNSQuestion is one question. It aliases the message.
type NBNSQuestion struct {
	Name Name // see Name.NetBIOS
	Type NBNSType
}

// Questions returns the questions.
func (h NBNS) Questions() iter.Seq[NBNSQuestion] {
	return func(yield func(NBNSQuestion) bool) {
		for q := range h.m.Questions() {
			if !yield(NBNSQuestion{q.Name, NBNSType(q.Type)}) {
				return
			}
		}
	}
}

// An NBNSRecord is one resource record. It aliases the message.
type NBNSRecord struct {
	Name Name // see Name.NetBIOS
	Type NBNSType
	TTL  uint32 // in seconds
	Data []byte
}

// Records returns the records of all sections: a response's answers, and the
// additional records of a request to register a name.
func (h NBNS) Records() iter.Seq[NBNSRecord] {
	return func(yield func(NBNSRecord) bool) {
		for _, rr := range h.m.Resources() {
			if !yield(NBNSRecord{rr.Name, NBNSType(rr.Type), rr.TTL, rr.Data}) {
				return
			}
		}
	}
}

// AppendText appends the type and the name to dst, in printable ASCII.
func (q NBNSQuestion) AppendText(dst []byte) ([]byte, error) {
	return q.Name.appendNetBIOS(append(appendNBNSType(dst, q.Type), ' ')), nil
}

// String returns the text that AppendText appends.
func (q NBNSQuestion) String() string { b, _ := q.AppendText(nil); return string(b) }

// AppendText appends the type and the name to dst, and the addresses of an NB
// record or the names of an NBSTAT record, in printable ASCII.
func (rr NBNSRecord) AppendText(dst []byte) ([]byte, error) {
	dst = rr.Name.appendNetBIOS(append(appendNBNSType(dst, rr.Type), ' '))
	return rr.appendData(dst), nil
}

// String returns the text that AppendText appends.
func (rr NBNSRecord) String() string { b, _ := rr.AppendText(nil); return string(b) }

func appendNBNSType(dst []byte, t NBNSType) []byte {
	return text.AppendName(dst, nbnsTypeNames[:], "TYPE", t)
}

func (rr NBNSRecord) appendData(dst []byte) []byte {
	for addr := range rr.Addrs() {
		dst = addr.AppendTo(append(dst, ' '))
	}
	for name := range rr.Names() {
		dst = name.AppendTo(append(dst, ' '))
	}
	return dst
}

// nbAddrLen is the length of the flags and address in an NB record.
const nbAddrLen = 6

// Addrs returns the addresses of an NB record, each with its flags (RFC 1002
// section 4.2.1.3). The top bit marks a group name.
func (rr NBNSRecord) Addrs() iter.Seq2[netip.Addr, uint16] {
	return func(yield func(netip.Addr, uint16) bool) {
		if rr.Type != NBNSTypeNB {
			return
		}
		for b := rr.Data; len(b) >= nbAddrLen; b = b[nbAddrLen:] {
			if !yield(netip.AddrFrom4([4]byte(b[2:])), binary.BigEndian.Uint16(b)) {
				return
			}
		}
	}
}

// nodeNameLen is the length of a name and its flags in a node status.
const nodeNameLen = netBIOSNameLen + 2

// Names returns the names of a node that an NBSTAT response lists, each with
// its flags (RFC 1002 section 4.2.18). The top bit marks a group name.
func (rr NBNSRecord) Names() iter.Seq2[NetBIOSName, uint16] {
	return func(yield func(NetBIOSName, uint16) bool) {
		if rr.Type != NBNSTypeNBSTAT || len(rr.Data) == 0 {
			return
		}
		b := rr.Data[1:]
		for n := rr.Data[0]; n > 0 && len(b) >= nodeNameLen; n-- {
			if !yield(NetBIOSName(b), binary.BigEndian.Uint16(b[netBIOSNameLen:])) {
				return
			}
			b = b[nodeNameLen:]
		}
	}
}

// UnitID returns the node's hardware address, which follows the names of an
// NBSTAT response.
func (rr NBNSRecord) UnitID() (wire.MAC, bool) {
	if rr.Type != NBNSTypeNBSTAT || len(rr.Data) == 0 {
		return wire.MAC{}, false
	}
	off := 1 + nodeNameLen*int(rr.Data[0])
	if len(rr.Data) < off+len(wire.MAC{}) {
		return wire.MAC{}, false
	}
	return wire.MAC(rr.Data[off:]), true
}

// Validate checks the whole message and returns nil or a *wire.Error about the
// first bad entry, as [Message.Validate] does. An entry is bad if it exceeds
// the message, its name is not a NetBIOS name, or its data does not fit NB or
// NBSTAT.
func (h NBNS) Validate() error { return h.m.validate("NBNS", nbnsDataOK) }

func nbnsDataOK(rr Resource) bool {
	if _, ok := rr.Name.NetBIOS(); !ok {
		return false
	}
	switch NBNSType(rr.Type) {
	case NBNSTypeNB:
		return len(rr.Data)%nbAddrLen == 0
	case NBNSTypeNBSTAT:
		return len(rr.Data) > 0 && len(rr.Data) >= 1+nodeNameLen*int(rr.Data[0])
	}
	return true
}

// Bytes returns the message.
func (h NBNS) Bytes() []byte { return h.m.b }

// AppendText appends a one-line summary to dst: the ID, the operation, and the
// names with their addresses.
func (h NBNS) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendNumber(append(dst, "id "...), h.ID())
	dst = text.AppendName(dst, nbnsOpcodeNames[:], "opcode ", h.Opcode())
	if h.Response() {
		dst = text.AppendNumber(append(dst, " response "...), h.RCode())
		dst = dst[:len(dst)-1]
	}
	for q := range h.Questions() {
		dst, _ = q.AppendText(append(dst, ' '))
	}
	for rr := range h.Records() {
		if h.m.QDCount() == 0 {
			dst, _ = rr.AppendText(append(dst, ' '))
			continue
		}
		dst = rr.appendData(dst)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (h NBNS) String() string { b, _ := h.AppendText(nil); return string(b) }

const netBIOSNameLen = 16

// A NetBIOSName is the name of a NetBIOS service (RFC 1001 section 14.1): 15
// characters, padded with spaces, and a suffix for the service, such as 0x00
// for a workstation, 0x1b to 0x1d for domains and browsers, 0x20 for a file
// server.
type NetBIOSName [netBIOSNameLen]byte

// NetBIOS decodes the NetBIOS name in the first label of n, two letters to a
// byte (RFC 1001 section 14.1, "first-level encoding"). The remaining labels
// are the scope.
func (n Name) NetBIOS() (name NetBIOSName, ok bool) {
	if n.reason() != 0 {
		return NetBIOSName{}, false
	}
	for label := range n.Labels() {
		if len(label) != 2*netBIOSNameLen {
			break
		}
		for i := range name {
			high, low := label[2*i]-'A', label[2*i+1]-'A'
			if high > 15 || low > 15 {
				return NetBIOSName{}, false
			}
			name[i] = high<<4 | low
		}
		return name, true
	}
	return NetBIOSName{}, false
}

// appendNetBIOS appends the NetBIOS name, or n itself if it is not one.
func (n Name) appendNetBIOS(dst []byte) []byte {
	if name, ok := n.NetBIOS(); ok {
		return name.AppendTo(dst)
	}
	return n.AppendTo(dst)
}

// Suffix returns the last byte, which identifies the service.
func (n NetBIOSName) Suffix() byte { return n[netBIOSNameLen-1] }

// AppendTo appends the name to dst without its padding of spaces or zeros, and
// then its suffix in hexadecimal: "WORKGROUP<1D>". A byte other than printable
// ASCII becomes a backslash and three decimal digits.
func (n NetBIOSName) AppendTo(dst []byte) []byte {
	end := netBIOSNameLen - 1
	for end > 0 && (n[end-1] == ' ' || n[end-1] == 0) {
		end--
	}
	dst = append(text.AppendEscaped(dst, n[:end]), '<')
	return append(text.AppendHex(dst, n[netBIOSNameLen-1:]), '>')
}

// String returns the text that AppendTo appends.
func (n NetBIOSName) String() string { return string(n.AppendTo(nil)) }
