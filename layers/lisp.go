package layers

import "github.com/sightline-go/sightline/layers/wire"

// LISP data header (RFC 9300 section 5.1): flags, nonce, instance or locator
// bits. An IP packet follows. The generic protocol extension (RFC 9305 section
// 3) has the next protocol in place of a part of the nonce, if a flag is set.
const (
	lispLen       = 8
	lispNextProto = 0x04
)

func stepLISP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < lispLen {
		return lispLen, 0, 0, wire.Short
	}
	if b[0]&lispNextProto != 0 {
		next = nshKind(b[3])
	} else if len(b) > lispLen {
		next = ipVersion(KindPayload, b[lispLen:])
	}
	return lispLen, len(b), next, 0
}
