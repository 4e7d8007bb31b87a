package quic

import (
	"encoding/hex"
	"strconv"
)

// A Version is a version of QUIC (IANA registry "quic-versions").
type Version uint32

// The standard versions. Drafts of version 1 are 0xff000000 plus the draft
// number.
const (
	Version1 Version = 1          // RFC 9000
	Version2 Version = 0x6b3343cf // RFC 9369
	v2Draft  Version = 0x709a50c4 // draft-ietf-quic-v2-00
	draft    Version = 0xff000000
)

// Versions in use before the standard: Meta's mvfst, and Google's versions with
// the standard's packet format.
const (
	mvfst22 Version = 0xfaceb001 // like draft 22
	mvfst27 Version = 0xfaceb002 // like draft 27
	mvfste  Version = 0xfaceb00e // like draft 27, without extensions
	q050    Version = 0x51303530 // with Google's handshake instead of TLS
	t050    Version = 0x54303530 // with Google's frames
	t051    Version = 0x54303531
)

// secrets holds the constants, in hex, for the keys of a version's first
// packets: the salt of RFC 9001 section 5.2, the label prefix of section 5.1,
// and key and nonce of section 5.8, or "" if Retry packets have no tag.
type secrets struct{ salt, label, retryKey, retryNonce string }

var (
	secretsDraft22 = secrets{"7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a", "quic ", "", ""}
	secretsDraft23 = secrets{"c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic ", "", ""}
	secretsDraft25 = secrets{"c3eef712c72ebb5a11a7d2432bb46365bef9f502", "quic ", "4d32ecdb2a2133c841e4043df27d4430", "4d1611d05513a552c587d575"}
	secretsDraft29 = secrets{"afbfec289993d24c9e9786f19c6111e04390a899", "quic ", "ccce187ed09a09d05728155a6cb96be1", "e54930f97f2136f0530a8c1c"}
	secretsV1      = secrets{"38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "quic ", "be0c690b9f66575a1d766b54e368c84e", "461599d35d632bf2239825bb"}
	secretsV2Draft = secrets{"a707c203a59b47184a1d62ca570406ea7ae3e5d3", "quicv2 ", "ba858dc7b43de5dbf87617ff4ab253db", "141b99c239b03e785d6a2e9f"}
	secretsV2      = secrets{"0dede3def700a6db819381be6e269dcbf9bd2ed9", "quicv2 ", "8fb4b01b56ac48e260fbcbcead7ccc92", "d86969bc2d7c6d9990efb04a"}
	secretsQ050    = secrets{"504574efd066fe2f9d945cfcdbd3a7f0d3b56b45", "quic ", "", ""}
	secretsT050    = secrets{"7ff579e5acd072915580304c43a2367c60488310", "quic ", "", ""}
	secretsT051    = secrets{"7a4edef4e7ccee5fa4506c19124fc8ccda6e033d", "quic ", "", ""}
)

// secrets returns the constants of v, of version 1 if v is reserved, nil if v is
// unknown.
func (v Version) secrets() *secrets {
	if v.IsReserved() {
		return &secretsV1
	}
	switch v {
	case Version1:
		return &secretsV1
	case Version2:
		return &secretsV2
	case v2Draft:
		return &secretsV2Draft
	case mvfst22:
		return &secretsDraft22
	case mvfst27, mvfste:
		return &secretsDraft25
	case q050:
		return &secretsQ050
	case t050:
		return &secretsT050
	case t051:
		return &secretsT051
	}
	switch draft := v - draft; {
	case draft == 22:
		return &secretsDraft22
	case draft == 23 || draft == 24:
		return &secretsDraft23
	case draft >= 25 && draft <= 28:
		return &secretsDraft25
	case draft >= 29 && draft <= 32:
		return &secretsDraft29
	case draft == 33 || draft == 34:
		return &secretsV1
	}
	return nil
}

// IsKnown reports whether this package parses packets of this version and
// decrypts its Initial packets: versions 1 and 2, drafts of version 1 from 22
// on, a draft of version 2, and versions of Google and Meta.
func (v Version) IsKnown() bool { return v.secrets() != nil && !v.IsReserved() }

// IsReserved reports whether the version is reserved to force version
// negotiation (RFC 9000 section 15). The Initial packets of such a version are
// decrypted like those of version 1.
func (v Version) IsReserved() bool { return v&0x0f0f0f0f == 0x0a0a0a0a }

// packetType returns the packet type in the flags of a long header (RFC 9000
// section 17.2, RFC 9369 section 3.2).
func (v Version) packetType(flags byte) PacketType {
	n := flags >> 4 & 3
	if v == Version2 || v == v2Draft {
		n = (n - 1) & 3
	}
	return Initial + PacketType(n)
}

// String returns the version's name, or its number in hex.
func (v Version) String() string {
	switch {
	case v == Version1:
		return "1"
	case v == Version2:
		return "2"
	case v>>8 == draft>>8:
		return "draft-" + strconv.Itoa(int(v-draft))
	}
	return "0x" + string(hex.AppendEncode(nil, []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}))
}
