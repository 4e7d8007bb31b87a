package layers

import (
	"errors"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// A flow sample with one packet, and a counter sample before it (https://sflow.org/sflow_version_5.txt section 5).
const sflowSample = "00000005 00000001 c0000201 00000000 00000007 00000064 00000002" +
	"00000002 00000004 00000000" + // counters
	"00000001 00000054" + // a flow sample: 32 bytes, and a record
	"00000001 00000003 00000100 00000000 00000000 00000003 00000000 00000001" +
	"00000001 0000002c 00000001 000005dc 00000004 0000001c" + // the start of a frame
	"020000000002 020000000001 0800 4500001e 123440004011 3c5f"

func TestSFlow(t *testing.T) {
	h, err := ParseSFlow(viewtest.Unhex(t, sflowSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Agent 192.0.2.1
		Seq 7
		Packets {ETHERNET true 1500 02000000000202000000000108004500001e1234400040113c5f}
		Text agent 192.0.2.1 seq 7`)
}

// Samples are not layers. An excessive length ends the list.
func TestSFlowForms(t *testing.T) {
	p := decodeHex(t, pcap.LinkTypeRaw, "450000000000400040110000c0000201c6336407 c000 18c7 0000 0000"+sflowSample)
	wantKinds(t, p, KindIPv4, KindUDP, KindSFlow)
	h, err := ParseSFlow(viewtest.Unhex(t, "00000005 00000002 20010db8000000000000000000000001 00000000 00000007 00000064 00000001"+
		"00000001 ffffffff"))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Agent 2001:db8::1
		Packets`)
	if _, err := ParseSFlow(viewtest.Unhex(t, "00000004 00000001 c0000201 00000000 00000007 00000064 00000002")); !errors.Is(err, wire.Malformed) {
		t.Error(err)
	}
}
