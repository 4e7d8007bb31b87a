package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// A SYN (RFC 9293 section 3.1) with the options that Linux sends, and its
// checksum for 192.0.2.1 and 198.51.100.7.
const tcpSample = "c00001bb 01020304 00000000 a002 faf0 9b10 0000" +
	"020405b4 0402 080a0000000100000000 01 030307"

func TestTCP(t *testing.T) {
	h, err := ParseTCP(viewtest.Unhex(t, tcpSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SrcPort 49152
		DstPort 443
		Seq 16909060
		Ack 0
		HeaderLen 40
		Flags S
		Window 64240
		Checksum 39696
		UrgentPointer 0
		Options {2 05b4}, {4 }, {8 0000000100000000}, {1 }, {3 07}
		MSS 1460 true
		WindowScale 7 true
		Timestamps 1 0 true
		SACKPermitted true
		SACK
		FastOpen  false
		MPTCP 0 false
		Payload
		Text 49152 > 443 [S] seq 16909060 ack 0 len 0`)
}

func TestTCPData(t *testing.T) {
	h, err := ParseTCP(viewtest.Unhex(t, "c00001bb 00000001 00000002 5018 0400 4ac2 0000 68656c6c6f"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Flags P.
		Options
		MSS 0 false
		WindowScale 0 false
		Timestamps 0 0 false
		Payload 68656c6c6f`)
}

func TestParseTCP(t *testing.T) {
	for _, c := range []struct {
		name, b string
		want    error
	}{
		{"data offset of 16", "c00001bb 01020304 00000000 4002 faf0 9b10 0000", wire.Malformed},
		{"data offset of 0", "c00001bb 01020304 00000000 0002 faf0 9b10 0000", wire.Malformed},
		{"data offset beyond the bytes", "c00001bb 01020304 00000000 6002 faf0 9b10 0000", wire.Short},
		{"19 bytes", "c00001bb 01020304 00000000 5002 faf0 9b10 00", wire.Short},
	} {
		if _, err := ParseTCP(viewtest.Unhex(t, c.b)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// Selective acknowledgment (RFC 2018 section 3), a fast open cookie (RFC 7413
// section 4.1.1) and a multipath join (RFC 8684 section 3.2).
func TestTCPOptions(t *testing.T) {
	h, err := ParseTCP(viewtest.Unhex(t, "c00001bb 01020304 00000000 f010 faf0 9b10 0000"+
		"0101 0512 00000064 000000c8 0000012c 00000190"+"2206 01020304"+"1e0c 1001 0102030405060708"+"0000"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		SACK {100 200}, {300 400}
		FastOpen 01020304 true
		MPTCP 1 true
		SACKPermitted false`)
}

// An option with the wrong length for its kind is ignored, and does not hide
// options after it.
func TestTCPOptionLength(t *testing.T) {
	h, err := ParseTCP(viewtest.Unhex(t, "c00001bb 01020304 00000000 7002 faf0 9b10 0000"+"020305 01"+"020405b4"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Options {2 05}, {1 }, {2 05b4}
		MSS 1460 true`)
}

func TestTCPFlags(t *testing.T) {
	for flags, want := range map[TCPFlags]string{
		0:                        "none",
		TCPSyn | TCPAck:          "S.",
		TCPFin | TCPPsh | TCPUrg: "FPU",
		TCPEce | TCPCwr | TCPAE:  "EWe",
		TCPRst | 0xe00:           "R",
		TCPSyn | TCPAck | TCPFin: "FS.",
	} {
		if got := flags.String(); got != want {
			t.Errorf("%#x is %s, want %s", uint16(flags), got, want)
		}
	}
	if !(TCPSyn | TCPAck).Has(TCPSyn) || TCPSyn.Has(TCPSyn|TCPAck) {
		t.Error("Has")
	}
}
