package dhcp

import (
	"encoding/binary"
	"encoding/hex"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/wire"
)

// DHCPv4 option codes (IANA registry "bootp-dhcp-parameters").
const (
	V4SubnetMask    = 1
	V4Router        = 3
	V4DNS           = 6
	V4HostName      = 12
	V4DomainName    = 15
	V4RequestedAddr = 50
	V4LeaseTime     = 51
	V4Overload      = 52
	V4Type          = 53
	V4ServerID      = 54
	V4ParamList     = 55
	V4Message       = 56
	V4VendorClass   = 60
	V4ClientID      = 61
	V4FQDN          = 81
)

// The two one-byte options (RFC 2132 section 3).
const (
	v4Pad = 0
	v4End = 255
)

// overload returns which fields hold options: 1 file, 2 sname (RFC 2132 section
// 9.3). Only an option after the cookie may set it.
func (h V4) overload() byte {
	for b := h.optionField(); len(b) > 0; {
		o, n := nextV4Option(b)
		if n == 0 {
			break
		}
		if o.Kind == V4Overload && len(o.Data) == 1 {
			return o.Data[0]
		}
		b = b[n:]
	}
	return 0
}

// optionFields returns the fields that hold options, in order.
func (h V4) optionFields() (fields [3][]byte) {
	fields[0] = h.optionField()
	overload := h.overload()
	if overload&1 != 0 {
		fields[1] = h.b[v4FileOff:v4FixedLen]
	}
	if overload&2 != 0 {
		fields[2] = h.b[v4SNameOff:v4FileOff]
	}
	return fields
}

func (h V4) optionField() []byte {
	if len(h.b) < v4OptionOff || binary.BigEndian.Uint32(h.b[v4FixedLen:]) != v4Cookie {
		return nil
	}
	return h.b[v4OptionOff:]
}

// Options returns the options in the order of RFC 2131 section 4.1: those after
// the cookie, then those in the file and sname fields if option 52 says so,
// each up to the first malformed option. It skips pad options. A value of more
// than 255 bytes is split into several options with the same code (RFC 3396):
// see AppendOption.
func (h V4) Options() iter.Seq[Option] {
	return func(yield func(Option) bool) {
		for _, field := range h.optionFields() {
			for b := field; len(b) > 0; {
				o, n := nextV4Option(b)
				if n == 0 {
					break
				}
				if o.Kind != v4Pad && !yield(o) {
					return
				}
				b = b[n:]
			}
		}
	}
}

// Validate returns nil, or a *wire.Error about the first option that exceeds
// the message or its field. Offset is the start of the option in the message,
// and Have the number of bytes from there. A missing end option is not an
// error.
func (h V4) Validate() error {
	for _, field := range h.optionFields() {
		for b := field; len(b) > 0; {
			_, n := nextV4Option(b)
			if n == 0 && b[0] != v4End {
				off := cap(h.b) - cap(b) // b is a part of h.b
				return &wire.Error{Layer: v4Layer, Reason: wire.Malformed, Offset: off, Have: len(h.b) - off}
			}
			if n == 0 {
				break
			}
			b = b[n:]
		}
	}
	return nil
}

// nextV4Option returns the option at the start of b and its length, 0 if there
// is none.
func nextV4Option(b []byte) (Option, int) {
	switch b[0] {
	case v4End:
		return Option{}, 0
	case v4Pad:
		return Option{Kind: v4Pad}, 1
	}
	data, _, whole := text.CutVector(b[1:], 1)
	if !whole {
		return Option{}, 0
	}
	return Option{b[0], data}, 2 + len(data)
}

// Option returns the value of the first option with the code. It reports false
// if absent.
func (h V4) Option(code uint8) ([]byte, bool) {
	for o := range h.Options() {
		if o.Kind == code {
			return o.Data, true
		}
	}
	return nil, false
}

// AppendOption appends the values of all options with the code, the parts of a
// split value (RFC 3396 section 7).
func (h V4) AppendOption(dst []byte, code uint8) []byte {
	for o := range h.Options() {
		if o.Kind == code {
			dst = append(dst, o.Data...)
		}
	}
	return dst
}

// Type returns the message type, 0 for BOOTP.
func (h V4) Type() V4MessageType {
	if v, _ := h.Option(V4Type); len(v) == 1 {
		return V4MessageType(v[0])
	}
	return 0
}

// HostName returns the client's host name (RFC 2132 section 3.14), nil if
// absent. It removes trailing zeros, which some clients send (section 2), but
// does not validate the name.
func (h V4) HostName() []byte { return text.TrimZeros(h.value(V4HostName)) }

// VendorClass returns the client's vendor and configuration (RFC 2132 section
// 9.13), nil if absent.
func (h V4) VendorClass() []byte { return h.value(V4VendorClass) }

// ClientID returns the client identifier (RFC 2132 section 9.14), nil if
// absent: a hardware type and address, or 255 and then an IAID and a DUID (RFC
// 4361 section 6.1), or arbitrary bytes.
func (h V4) ClientID() []byte { return h.value(V4ClientID) }

// ParamList returns the codes of the options that the client requests, in its
// order (RFC 2132 section 9.8). With VendorClass it is a fingerprint of the
// client.
func (h V4) ParamList() []byte { return h.value(V4ParamList) }

func (h V4) value(code uint8) []byte {
	v, _ := h.Option(code)
	return v
}

// RequestedAddr returns the address that the client requests (RFC 2132 section
// 9.1).
func (h V4) RequestedAddr() (netip.Addr, bool) { return h.addr(V4RequestedAddr) }

// ServerID returns the address of the server that sent the message, or that the
// client selected (RFC 2132 section 9.7).
func (h V4) ServerID() (netip.Addr, bool) { return h.addr(V4ServerID) }

func (h V4) addr(code uint8) (netip.Addr, bool) {
	if v, _ := h.Option(code); len(v) == 4 {
		return netip.AddrFrom4([4]byte(v)), true
	}
	return netip.Addr{}, false
}

// AppendFQDN appends the client's domain name (RFC 4702 section 2), complete or
// partial, in the form of [dns.Name.AppendTo]. A name in the deprecated ASCII
// encoding is appended as sent, escaped in the same way. It appends nothing if
// the option is absent.
func (h V4) AppendFQDN(dst []byte) []byte {
	const head, encoded = 3, 0x04 // flags and two response codes; the flag E
	v := h.value(V4FQDN)
	if len(v) <= head {
		return dst
	}
	if v[0]&encoded != 0 {
		return dns.AppendLabels(dst, v[head:])
	}
	return text.AppendEscaped(dst, v[head:])
}

// AppendText appends the code, and the data in hexadecimal, to dst.
func (o Option) AppendText(dst []byte) ([]byte, error) {
	return hex.AppendEncode(text.AppendNumber(dst, o.Kind), o.Data), nil
}

// String returns the text that AppendText appends.
func (o Option) String() string { b, _ := o.AppendText(nil); return string(b) }
