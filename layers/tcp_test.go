package layers

import "testing"

// A SYN (RFC 9293 section 3.1) with the options that Linux sends, and its
// checksum between 192.0.2.1 and 198.51.100.7.
const tcpSample = "c00001bb 01020304 00000000 a002 faf0 9b10 0000" +
	"020405b4 0402 080a0000000100000000 01 030307"

func TestTCP(t *testing.T) {
	h, err := ParseTCP(unhex(t, tcpSample))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
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
		Payload
		Text 49152 > 443 [S] seq 16909060 ack 0 len 0`)
}

func TestTCPData(t *testing.T) {
	h, err := ParseTCP(unhex(t, "c00001bb 00000001 00000002 5018 0400 4ac2 0000 68656c6c6f"))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
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
		{"data offset of 16", "c00001bb 01020304 00000000 4002 faf0 9b10 0000", Malformed},
		{"data offset of 0", "c00001bb 01020304 00000000 0002 faf0 9b10 0000", Malformed},
		{"data offset beyond the bytes", "c00001bb 01020304 00000000 6002 faf0 9b10 0000", Short},
		{"19 bytes", "c00001bb 01020304 00000000 5002 faf0 9b10 00", Short},
	} {
		if _, err := ParseTCP(unhex(t, c.b)); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// An option of a length that its kind does not have is none, and hides no
// other behind it.
func TestTCPOptionLength(t *testing.T) {
	h, err := ParseTCP(unhex(t, "c00001bb 01020304 00000000 7002 faf0 9b10 0000"+"020305 01"+"020405b4"))
	if err != nil {
		t.Fatal(err)
	}
	facts(t, h, `
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
