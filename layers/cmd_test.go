package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A header with one option, a security group tag, after an EtherType and in
// GRE.
const (
	cmdSample    = "01 01 0001 0010 0800" + ipv4Sample
	cmdGRESample = "0800 01 01 0001 0010" + ipv4Sample
)

func TestCMD(t *testing.T) {
	const want = `
		HeaderLen 8
		Version 1
		Options 00010010
		EtherType IPv4
		Payload ` + ipv4Sample + `
		Text options 00010010 IPv4`
	h, err := ParseCMD(viewtest.Unhex(t, cmdSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, want)
	h, err = ParseCMDGRE(viewtest.Unhex(t, cmdGRESample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, want)
}
