package dns

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
)

// An SVCBKey is the key of a parameter of an SVCB record (IANA registry
// "dns-svcb").
type SVCBKey uint16

// The keys (RFC 9460 section 14.3.2, RFC 9461 section 5, RFC 9540 section 4).
const (
	SVCBMandatory     SVCBKey = 0
	SVCBALPN          SVCBKey = 1
	SVCBNoDefaultALPN SVCBKey = 2
	SVCBPort          SVCBKey = 3
	SVCBIPv4Hint      SVCBKey = 4
	SVCBECH           SVCBKey = 5
	SVCBIPv6Hint      SVCBKey = 6
	SVCBDoHPath       SVCBKey = 7
	SVCBOHTTP         SVCBKey = 8
)

var svcbKeyNames = [...]string{
	"mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp",
}

// String returns the key's name in the registry, or key and its number.
func (k SVCBKey) String() string { return text.NameOf(svcbKeyNames[:], "key", k) }

func (k SVCBKey) appendTo(dst []byte) []byte { return text.AppendName(dst, svcbKeyNames[:], "key", k) }

// An SVCB is the data of an SVCB or HTTPS record (RFC 9460 section 2.2): where
// and how a service is offered. Priority 0 (AliasMode) makes the name an alias
// of Target; else a Target of "." is the record's own name. It aliases the
// message.
type SVCB struct {
	Priority uint16
	Target   Name
	params   []byte
}

// SVCB returns the data of an SVCB or HTTPS record.
func (rr Resource) SVCB() (SVCB, bool) {
	if rr.Type != TypeSVCB && rr.Type != TypeHTTPS || len(rr.Data) < 2 {
		return SVCB{}, false
	}
	target, end, ok := rr.name(2)
	if !ok {
		return SVCB{}, false
	}
	s := SVCB{binary.BigEndian.Uint16(rr.Data), target, rr.Data[end:]}
	return s, s.valid()
}

// Params returns the parameters, key and value, in ascending order of their keys.
func (s SVCB) Params() iter.Seq2[SVCBKey, []byte] {
	return func(yield func(SVCBKey, []byte) bool) {
		for b := s.params; len(b) >= 4; {
			key := SVCBKey(binary.BigEndian.Uint16(b))
			value, rest, whole := text.CutVector(b[2:], 2)
			if !whole || !yield(key, value) {
				return
			}
			b = rest
		}
	}
}

// Param returns the value of a parameter, which may be empty, and whether the
// record has it.
func (s SVCB) Param(key SVCBKey) (value []byte, ok bool) {
	for k, v := range s.Params() {
		if k == key {
			return v, true
		}
	}
	return nil, false
}

// ALPN returns the protocols that the service offers, as TLS names them (RFC
// 9460 section 7.1), besides the default one unless SVCBNoDefaultALPN is there.
func (s SVCB) ALPN() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for list, _ := s.Param(SVCBALPN); len(list) > 0; {
			name, rest, whole := text.CutVector(list, 1)
			if !whole || !yield(name) {
				return
			}
			list = rest
		}
	}
}

// Port returns the service's port, when it is not the default one (RFC 9460
// section 7.2).
func (s SVCB) Port() (uint16, bool) {
	if v, _ := s.Param(SVCBPort); len(v) == 2 {
		return binary.BigEndian.Uint16(v), true
	}
	return 0, false
}

// Hints returns the addresses of ipv4hint and ipv6hint (RFC 9460 section 7.3),
// where the target's addresses are expected to be among.
func (s SVCB) Hints() iter.Seq[netip.Addr] {
	return func(yield func(netip.Addr) bool) {
		for key, value := range s.Params() {
			for addr := range hints(key, value) {
				if !yield(addr) {
					return
				}
			}
		}
	}
}

// hints returns the addresses in the value of a parameter.
func hints(key SVCBKey, value []byte) iter.Seq[netip.Addr] {
	size := 0
	switch key {
	case SVCBIPv4Hint:
		size = 4
	case SVCBIPv6Hint:
		size = 16
	}
	return func(yield func(netip.Addr) bool) {
		for b := value; size > 0 && len(b) >= size; b = b[size:] {
			addr, _ := netip.AddrFromSlice(b[:size])
			if !yield(addr) {
				return
			}
		}
	}
}

// valid reports whether the parameters are whole, in ascending order of their
// keys, and those of known keys of the form that RFC 9460 section 7 and 8 ask for.
func (s SVCB) valid() bool {
	size, last := 0, -1
	for key, value := range s.Params() {
		if int(key) <= last || !svcbValueOK(key, value) {
			return false
		}
		size, last = size+4+len(value), int(key)
	}
	return size == len(s.params)
}

func svcbValueOK(key SVCBKey, value []byte) bool {
	n := len(value)
	switch key {
	case SVCBMandatory:
		return n > 0 && n%2 == 0
	case SVCBALPN:
		whole := n > 0
		for whole && len(value) > 0 {
			whole = value[0] > 0
			if whole {
				_, value, whole = text.CutVector(value, 1)
			}
		}
		return whole
	case SVCBNoDefaultALPN, SVCBOHTTP:
		return n == 0
	case SVCBPort:
		return n == 2
	case SVCBIPv4Hint:
		return n > 0 && n%4 == 0
	case SVCBIPv6Hint:
		return n > 0 && n%16 == 0
	}
	return true
}
