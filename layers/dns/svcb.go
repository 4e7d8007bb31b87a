package dns

import (
	"encoding/binary"
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/internal/text"
)

// An SVCBKey identifies a parameter of an SVCB record (IANA registry
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

// String returns the key's registered name, or "key" and its number.
func (k SVCBKey) String() string { return text.NameOf(svcbKeyNames[:], "key", k) }

func (k SVCBKey) appendTo(dst []byte) []byte { return text.AppendName(dst, svcbKeyNames[:], "key", k) }

// An SVCB is the data of an SVCB or HTTPS record (RFC 9460 section 2.2), which
// says where and how a service is offered. With Priority 0 (AliasMode) the name
// is an alias of Target. Otherwise a Target of "." means the record's own name.
// It aliases the message.
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

// Params returns the keys and values of the parameters, in ascending order of
// key.
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

// Param returns the value of a parameter, which may be empty, and whether it is
// present.
func (s SVCB) Param(key SVCBKey) (value []byte, ok bool) {
	for k, v := range s.Params() {
		if k == key {
			return v, true
		}
	}
	return nil, false
}

// ALPN returns the service's ALPN protocol names (RFC 9460 section 7.1). The
// service also offers the default protocol unless SVCBNoDefaultALPN is present.
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

// Port returns the service's port. It reports false if the record does not
// override the default (RFC 9460 section 7.2).
func (s SVCB) Port() (uint16, bool) {
	if v, _ := s.Param(SVCBPort); len(v) == 2 {
		return binary.BigEndian.Uint16(v), true
	}
	return 0, false
}

// Hints returns the addresses of ipv4hint and ipv6hint (RFC 9460 section 7.3),
// which a client may use until it has resolved Target.
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

// valid reports whether the parameters are complete and in ascending order of
// key, and the values of known keys have the form of RFC 9460 sections 7 and 8.
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
