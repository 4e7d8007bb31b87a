package layers

import (
	"encoding/binary"

	"github.com/sightline-go/sightline/layers/wire"
)

// Tags after their EtherType that end with the EtherType of the payload: HSR (IEC
// 62439-3 clause 5.8: path and size, sequence number), the redundancy tag (IEEE
// 802.1CB clause 7.8: reserved, sequence number), and Cisco's timestamp tag, of
// 48 bits. PRP puts its sequence number after the payload instead.
const (
	hsrLen  = 6
	rTagLen = 6
	tTagLen = 8
)

// stepEtherShim decodes a tag of hdr bytes.
func stepEtherShim(b []byte, hdr int) (_, size int, next Kind, r wire.Reason) {
	if len(b) < hdr {
		return hdr, 0, 0, wire.Short
	}
	size, next = etherPayload(b, hdr, EtherType(binary.BigEndian.Uint16(b[hdr-2:])))
	return hdr, size, next, 0
}
