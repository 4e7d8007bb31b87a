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

// DHCPv6 option codes (IANA registry "dhcpv6-parameters").
const (
	V6ClientID     = 1
	V6ServerID     = 2
	V6IANA         = 3 // non-temporary addresses
	V6IATA         = 4 // temporary addresses
	V6IAAddr       = 5
	V6OptionReq    = 6
	V6RelayMessage = 9
	V6StatusCode   = 13
	V6UserClass    = 15
	V6VendorClass  = 16
	V6VendorOpts   = 17
	V6DNS          = 23
	V6DomainList   = 24
	V6IAPD         = 25 // prefixes
	V6IAPrefix     = 26
	V6FQDN         = 39
)

// A V6Option is an option (RFC 8415 section 21.1). Data aliases the message.
type V6Option struct {
	Code uint16
	Data []byte
}

// Options returns the options, up to the first that exceeds the message.
func (h V6) Options() iter.Seq[V6Option] {
	return V6Option{Data: h.b}.Options(h.headerLen())
}

func (h V6) headerLen() int {
	if h.IsRelay() {
		return v6RelayLen
	}
	return v6Len
}

// Options returns the options inside an option, which begin after the first n
// bytes of its data: 12 in IANA and IAPD, 4 in IATA, 24 in IAAddr.
func (o V6Option) Options(n int) iter.Seq[V6Option] {
	return func(yield func(V6Option) bool) {
		for b := o.Data[min(n, len(o.Data)):]; len(b) >= 4; {
			data, rest, whole := text.CutVector(b[2:], 2)
			if !whole || !yield(V6Option{binary.BigEndian.Uint16(b), data}) {
				return
			}
			b = rest
		}
	}
}

// Validate returns nil, or a *wire.Error about the first option that exceeds
// the message. Offset is the start of the option, and Have the number of bytes
// from there. It does not check the contents of options.
func (h V6) Validate() error {
	off := h.headerLen()
	for o := range h.Options() {
		off += 4 + len(o.Data)
	}
	if off == len(h.b) {
		return nil
	}
	return &wire.Error{Layer: v6Layer, Reason: wire.Malformed, Offset: off, Have: len(h.b) - off}
}

// Option returns the data of the first option with the code. It reports false
// if absent.
func (h V6) Option(code uint16) ([]byte, bool) {
	for o := range h.Options() {
		if o.Code == code {
			return o.Data, true
		}
	}
	return nil, false
}

// ClientID returns the client's DUID (RFC 8415 section 21.2), nil if absent.
func (h V6) ClientID() DUID {
	v, _ := h.Option(V6ClientID)
	return v
}

// ServerID returns the server's DUID (RFC 8415 section 21.3), nil if absent.
func (h V6) ServerID() DUID {
	v, _ := h.Option(V6ServerID)
	return v
}

// IAAddrs returns the addresses that the client requests or is assigned, in the
// IAAddr options inside IANA and IATA (RFC 8415 sections 21.4 to 21.6).
func (h V6) IAAddrs() iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for o := range h.Options() {
			n := len(o.Data)
			switch o.Code {
			case V6IANA:
				n = 12
			case V6IATA:
				n = 4
			}
			for inner := range o.Options(n) {
				if inner.Code == V6IAAddr && len(inner.Data) >= 24 && !yield(netip.AddrFrom16([16]byte(inner.Data))) {
					return
				}
			}
		}
	}
}

// IAPrefixes returns the prefixes that a router requests or is assigned, in the
// IAPrefix options inside IAPD (RFC 8415 sections 21.21, 21.22).
func (h V6) IAPrefixes() iter.Seq[netip.Prefix] {
	return func(yield func(netip.Prefix) bool) {
		for o := range h.Options() {
			if o.Code != V6IAPD {
				continue
			}
			for inner := range o.Options(12) {
				if inner.Code != V6IAPrefix || len(inner.Data) < 25 {
					continue
				}
				p := netip.PrefixFrom(netip.AddrFrom16([16]byte(inner.Data[9:])), int(inner.Data[8]))
				if p.IsValid() && !yield(p) {
					return
				}
			}
		}
	}
}

// VendorClass returns the enterprise number of the client's vendor (IANA
// registry "enterprise-numbers"), and the vendor class data: items with a
// 16-bit length each (RFC 8415 section 21.16). It reports false if absent.
func (h V6) VendorClass() (enterprise uint32, items []byte, ok bool) {
	v, _ := h.Option(V6VendorClass)
	if len(v) < 4 {
		return 0, nil, false
	}
	return binary.BigEndian.Uint32(v), v[4:], true
}

// AppendFQDN appends the client's domain name (RFC 4704 section 4), complete or
// partial, in the form of [dns.Name.AppendTo]. It appends nothing if the option
// is absent.
func (h V6) AppendFQDN(dst []byte) []byte {
	if v, _ := h.Option(V6FQDN); len(v) > 1 {
		return dns.AppendLabels(dst, v[1:])
	}
	return dst
}

// A DUID is the identifier of a DHCP client or server (RFC 8415 section 11). It
// aliases the message.
type DUID []byte

// Type returns the DUID type: 1 link-layer address plus time, 2 enterprise
// number, 3 link-layer address, 4 UUID (RFC 6355), 0 if too short.
func (d DUID) Type() uint16 {
	if len(d) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(d)
}

// LinkLayer returns the link-layer address in a DUID of type 1 or 3, nil for
// others.
func (d DUID) LinkLayer() []byte {
	switch {
	case d.Type() == 1 && len(d) > 8:
		return d[8:]
	case d.Type() == 3 && len(d) > 4:
		return d[4:]
	}
	return nil
}

// String returns the DUID in hexadecimal.
func (d DUID) String() string { return string(text.AppendHex(nil, d)) }

// AppendText appends the code, and the data in hexadecimal, to dst.
func (o V6Option) AppendText(dst []byte) ([]byte, error) {
	return hex.AppendEncode(text.AppendNumber(dst, o.Code), o.Data), nil
}

// String returns the text that AppendText appends.
func (o V6Option) String() string { b, _ := o.AppendText(nil); return string(b) }
