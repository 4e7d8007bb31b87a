package layers

import "testing"

// Version 3 (RFC 3378 section 3) before an Ethernet frame.
const etherIPSample = "3000" + ethernetSample

func TestEtherIP(t *testing.T) {
	h, err := ParseEtherIP(unhex(t, etherIPSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
		Version 3
		Text version 3`)
}

func TestParseEtherIP(t *testing.T) {
	if _, err := ParseEtherIP(unhex(t, "4000")); err != Malformed {
		t.Error(err)
	}
}
