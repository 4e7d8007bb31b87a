package dns

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/internal/text"
)

// A CAA is the data of a CAA record (RFC 8659 section 4.1), which says who may
// issue certificates for the name. Tag and Value alias the message.
type CAA struct {
	Flags uint8 // the top bit means critical
	Tag   []byte
	Value []byte
}

// CAA returns the data of a CAA record.
func (rr Resource) CAA() (CAA, bool) {
	if rr.Type != TypeCAA || len(rr.Data) < 2 {
		return CAA{}, false
	}
	tag, value, whole := text.CutVector(rr.Data[1:], 1)
	return CAA{rr.Data[0], tag, value}, whole && len(tag) > 0
}

// A TLSA is the data of a TLSA record (RFC 6698 section 2.1) or of an SMIMEA
// record (RFC 8162 section 2), which has the same fields: the certificate or
// key to expect. Data aliases the message.
type TLSA struct {
	Usage, Selector, MatchingType uint8
	Data                          []byte
}

// TLSA returns the data of a TLSA or SMIMEA record.
func (rr Resource) TLSA() (TLSA, bool) {
	if rr.Type != TypeTLSA && rr.Type != TypeSMIMEA || len(rr.Data) <= 3 {
		return TLSA{}, false
	}
	return TLSA{rr.Data[0], rr.Data[1], rr.Data[2], rr.Data[3:]}, true
}

// An SSHFP is the data of an SSHFP record (RFC 4255 section 3.1), the
// fingerprint of a host key. Fingerprint aliases the message.
type SSHFP struct {
	Algorithm, Type uint8
	Fingerprint     []byte
}

// SSHFP returns the data of an SSHFP record.
func (rr Resource) SSHFP() (SSHFP, bool) {
	if rr.Type != TypeSSHFP || len(rr.Data) <= 2 {
		return SSHFP{}, false
	}
	return SSHFP{rr.Data[0], rr.Data[1], rr.Data[2:]}, true
}

// A DS is the data of a DS record (RFC 4034 section 5.1) or of a CDS record
// (RFC 7344 section 3.1), the digest of a child zone's key. Digest aliases the
// message.
type DS struct {
	KeyTag                uint16
	Algorithm, DigestType uint8
	Digest                []byte
}

// DS returns the data of a DS or CDS record.
func (rr Resource) DS() (DS, bool) {
	if rr.Type != TypeDS && rr.Type != TypeCDS || len(rr.Data) <= 4 {
		return DS{}, false
	}
	b := rr.Data
	return DS{binary.BigEndian.Uint16(b), b[2], b[3], b[4:]}, true
}
