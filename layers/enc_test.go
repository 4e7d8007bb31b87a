package layers

import "testing"

// A decrypted packet of a little-endian host.
const encSample = "02000000 00000100 01000000" + ipv4Sample

func TestENC(t *testing.T) {
	h, err := ParseENC(unhex(t, encSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Family 2
		SPI 256
		Payload `+ipv4Sample+`
		Text family 2 spi 0x00000100`)
}
