package stream

import (
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// The test of Novak and Sturges (2007): segments, most of which overlap others,
// arrive before the first byte of the connection. The results are those of
// operating systems in their tables, which the tests of Suricata and the stream
// module of Snort repeat.
func TestPolicies(t *testing.T) {
	segments := []struct {
		at   uint32 // 1 is the first byte
		data string
	}{
		{2, "AAA"}, {6, "BB"}, {8, "CCC"}, {12, "D"}, {15, "EE"}, {17, "FFF"}, {20, "GG"}, {22, "HH"}, {24, "I"},
		{3, "JJJJ"}, {8, "KKK"}, {11, "LLL"}, {14, "MMM"}, {18, "N"}, {21, "O"}, {22, "P"}, {24, "QQ"}, {1, "0"},
	}
	want := map[Policy]string{
		PolicyFirst:    "0AAAJBBCCCLDLMEEFFFGGHHIQ",
		PolicyLast:     "0AJJJJBKKKLLLMMMFNFGOPHQQ",
		PolicyLinux:    "0AAAJJBCCCLLLMMMFFFGGHHQQ",
		PolicyOldLinux: "0AAAJJBKKKLLLMMMFFFGGHHQQ",
		PolicyBSD:      "0AAAJJBCCCLLLMMMFFFGGHHIQ",
		PolicyWindows:  "0AAAJJBCCCLLLMMMFFFGGHHIQ",
		PolicySolaris:  "0AJJJBBKKKLLLMMMFFFGGHHQQ",
	}
	for policy, text := range want {
		for _, isn := range []uint32{0, 1<<32 - 12, 1<<31 - 5} { // none, sequence wrap, sign change
			a := &Assembler{Config: Config{Overlap: policy}}
			r := record(a, [2]uint32{isn, 0})
			for _, s := range segments {
				pushRaw(a, rawSegment{flags: layers.TCPAck, seq: isn + s.at, ack: 1, data: s.data})
			}
			if got := r.text()[0]; got != text {
				t.Errorf("%v, first byte %d:\n got %s\nwant %s", policy, isn+1, got, text)
			}
			if s := a.Stats(); s.Conflicts == 0 {
				t.Errorf("%v: no conflicts counted", policy)
			}
		}
	}
}

// The same segments one by one, after delivered data: no policy replaces bytes
// that a receiver has passed to its program.
func TestPolicyDelivered(t *testing.T) {
	for policy := PolicyFirst; policy <= PolicySolaris; policy++ {
		a := &Assembler{Config: Config{Overlap: policy}}
		r := record(a, [2]uint32{0, 0})
		pushRaw(a, rawSegment{flags: layers.TCPAck, seq: 1, data: "abcdef"})
		pushRaw(a, rawSegment{flags: layers.TCPAck, seq: 1, data: "ABCDEFG"})
		pushRaw(a, rawSegment{flags: layers.TCPAck, seq: 3, data: "XYZ"})
		if got := r.text()[0]; got != "abcdefG" {
			t.Errorf("%v: %s", policy, got)
		}
		if got := a.Stats().Retransmitted; got != 9 {
			t.Errorf("%v: %d bytes retransmitted, want 9", policy, got)
		}
	}
}

func TestPolicyString(t *testing.T) {
	for p, want := range map[Policy]string{PolicyFirst: "first", PolicySolaris: "solaris", 200: "Policy(200)"} {
		if got := p.String(); got != want {
			t.Errorf("Policy %d is %q, want %q", uint8(p), got, want)
		}
	}
}
