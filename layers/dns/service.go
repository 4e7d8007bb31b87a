package dns

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/internal/text"
)

// An SRV is the data of an SRV record (RFC 2782). Target aliases the message.
type SRV struct {
	Priority, Weight, Port uint16
	Target                 Name
}

const srvLen = 6 // before the target

// SRV returns the data of an SRV record.
func (rr Resource) SRV() (SRV, bool) {
	if rr.Type != TypeSRV || len(rr.Data) < srvLen {
		return SRV{}, false
	}
	target, _, ok := rr.name(srvLen)
	return SRV{
		Priority: binary.BigEndian.Uint16(rr.Data),
		Weight:   binary.BigEndian.Uint16(rr.Data[2:]),
		Port:     binary.BigEndian.Uint16(rr.Data[4:]),
		Target:   target,
	}, ok
}

// A NAPTR is the data of a NAPTR record (RFC 3403 section 4.1). It aliases the
// message.
type NAPTR struct {
	Order, Preference       uint16
	Flags, Services, Regexp []byte
	Replacement             Name
}

const naptrLen = 4 // before the flags

// NAPTR returns the data of a NAPTR record.
func (rr Resource) NAPTR() (NAPTR, bool) {
	if rr.Type != TypeNAPTR || len(rr.Data) < naptrLen {
		return NAPTR{}, false
	}
	n := NAPTR{Order: binary.BigEndian.Uint16(rr.Data), Preference: binary.BigEndian.Uint16(rr.Data[2:])}
	rest := rr.Data[naptrLen:]
	for _, part := range [...]*[]byte{&n.Flags, &n.Services, &n.Regexp} {
		var whole bool
		if *part, rest, whole = text.CutVector(rest, 1); !whole {
			return NAPTR{}, false
		}
	}
	var ok bool
	n.Replacement, _, ok = rr.name(len(rr.Data) - len(rest))
	return n, ok
}

// A URI is the data of a URI record (RFC 7553 section 4). Target aliases the
// message.
type URI struct {
	Priority, Weight uint16
	Target           []byte
}

const uriLen = 4 // before the target

// URI returns the data of a URI record.
func (rr Resource) URI() (URI, bool) {
	if rr.Type != TypeURI || len(rr.Data) <= uriLen {
		return URI{}, false
	}
	return URI{
		Priority: binary.BigEndian.Uint16(rr.Data),
		Weight:   binary.BigEndian.Uint16(rr.Data[2:]),
		Target:   rr.Data[uriLen:],
	}, true
}
