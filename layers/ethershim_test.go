package layers

import "testing"

const (
	// IEC 62439-3 clause 5.8: path 0, size 52, sequence number 1.
	hsrSample = "0034 0001 0800" + ipv4Sample

	// IEEE 802.1CB clause 7.8: reserved, sequence number 9.
	rTagSample = "0000 0009 0800" + ipv4Sample

	// Cisco's timestamp of 48 bits.
	tTagSample = "000100000000 0800" + ipv4Sample
)

func TestEtherShims(t *testing.T) {
	testShim(t, KindHSR, hsrSample, 6)
	testShim(t, KindRTag, rTagSample, 6)
	testShim(t, KindTTag, tTagSample, 8)
}
