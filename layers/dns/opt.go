package dns

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
)

// EDNS option codes in use (IANA registry "dns-parameters"). EDNSOption has
// methods for some of them.
const (
	EDNSNSID         = 3  // RFC 5001
	EDNSClientSubnet = 8  // RFC 7871
	EDNSExpire       = 9  // RFC 7314
	EDNSCookie       = 10 // RFC 7873
	EDNSKeepalive    = 11 // RFC 7828
	EDNSPadding      = 12 // RFC 7830
	EDNSError        = 15 // RFC 8914
)

// An OPT is an OPT record (RFC 6891 section 6.1), which redefines the fields of
// the record header. It aliases the message.
type OPT struct {
	UDPSize       uint16 // the largest UDP payload that the sender accepts, in bytes
	ExtendedRCode uint8  // the upper eight bits of the response code
	Version       uint8
	Flags         uint16
	options       []byte
}

// OPT returns the record as an OPT record.
func (rr Resource) OPT() (OPT, bool) {
	if rr.Type != TypeOPT {
		return OPT{}, false
	}
	o := OPT{rr.Class, uint8(rr.TTL >> 24), uint8(rr.TTL >> 16), uint16(rr.TTL), rr.Data}
	size := 0
	for opt := range o.Options() {
		size += 4 + len(opt.Data)
	}
	return o, size == len(rr.Data)
}

// OPT returns the first OPT record in the additional section.
func (m Message) OPT() (OPT, bool) {
	for rr := range m.Additionals() {
		if rr.Type == TypeOPT {
			return rr.OPT()
		}
	}
	return OPT{}, false
}

// ExtendedRCode returns the 12-bit response code: the header's four bits and,
// if there is an OPT record, its upper eight (RFC 6891 section 6.1.3).
func (m Message) ExtendedRCode() RCode {
	o, _ := m.OPT()
	return RCode(o.ExtendedRCode)<<4 | m.RCode()
}

// DO reports whether the sender accepts DNSSEC records (RFC 3225 section 3).
func (o OPT) DO() bool { return o.Flags&0x8000 != 0 }

// Options returns the options, up to the first that exceeds the record.
func (o OPT) Options() iter.Seq[EDNSOption] {
	return func(yield func(EDNSOption) bool) {
		for b := o.options; len(b) >= 4; {
			data, rest, whole := text.CutVector(b[2:], 2)
			if !whole || !yield(EDNSOption{binary.BigEndian.Uint16(b), data}) {
				return
			}
			b = rest
		}
	}
}

// An EDNSOption is one option of an OPT record (RFC 6891 section 6.1.2). Data
// aliases the message.
type EDNSOption struct {
	Code uint16
	Data []byte
}

// ClientSubnet returns the part of the client's address that the sender reveals
// and, in a response, the number of bits the answer depends on (RFC 7871
// section 6).
func (o EDNSOption) ClientSubnet() (source netip.Prefix, scope uint8, ok bool) {
	b := o.Data
	if o.Code != EDNSClientSubnet || len(b) < 4 {
		return netip.Prefix{}, 0, false
	}
	var addr [16]byte
	family, bits, scope := binary.BigEndian.Uint16(b), int(b[2]), b[3]
	if len(b) > 4+len(addr) || len(b)-4 < (bits+7)/8 {
		return netip.Prefix{}, 0, false
	}
	copy(addr[:], b[4:])
	a := netip.AddrFrom16(addr)
	switch {
	case family == 1 && len(b) <= 4+4: // IANA registry "address-family-numbers"
		a = netip.AddrFrom4([4]byte(addr[:4]))
	case family != 2:
		return netip.Prefix{}, 0, false
	}
	source = netip.PrefixFrom(a, bits)
	return source, scope, source.IsValid()
}

// Cookie returns the client's cookie, of eight bytes, and the server's, which
// is empty if absent (RFC 7873 section 4).
func (o EDNSOption) Cookie() (client, server []byte, ok bool) {
	n := len(o.Data)
	if o.Code != EDNSCookie || n < 8 || n > 40 || n > 8 && n < 16 {
		return nil, nil, false
	}
	return o.Data[:8:8], o.Data[8:], true
}

// ExtendedError returns the code (IANA registry "dns-parameters") and the
// optional text that explain a response (RFC 8914 section 2).
func (o EDNSOption) ExtendedError() (code uint16, text []byte, ok bool) {
	if o.Code != EDNSError || len(o.Data) < 2 {
		return 0, nil, false
	}
	return binary.BigEndian.Uint16(o.Data), o.Data[2:], true
}

// AppendText appends the record's fields and options to dst, in printable
// ASCII.
func (o OPT) AppendText(dst []byte) ([]byte, error) {
	return o.appendTo(dst), nil
}

// String returns the text that AppendText appends.
func (o OPT) String() string { b, _ := o.AppendText(nil); return string(b) }

// AppendText appends the option to dst, in printable ASCII.
func (o EDNSOption) AppendText(dst []byte) ([]byte, error) {
	return o.appendTo(dst), nil
}

// String returns the text that AppendText appends.
func (o EDNSOption) String() string { b, _ := o.AppendText(nil); return string(b) }
