package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// IPv4 by RFC 1201, not split, in the form of BSD captures.
const arcnetSample = "01 02 d4 00 0007" + ipv4Sample

func TestARCNET(t *testing.T) {
	h, err := ParseARCNET(viewtest.Unhex(t, arcnetSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Src 1
		Dst 2
		Protocol 212
		HeaderLen 6
		Payload `+ipv4Sample+`
		Text 0x01 > 0x02 protocol 0xd4`)
}

// Linux has an offset before the protocol. Protocols of RFC 1051 have no header
// after it, exception packets of RFC 1201 a longer one.
func TestARCNETForms(t *testing.T) {
	for _, c := range []struct {
		link pcap.LinkType
		b    string
		want []Kind
	}{
		{pcap.LinkTypeARCNETBSD, "01 02 f0" + ipv4Sample, []Kind{KindARCNET, KindIPv4, KindUDP}},
		{pcap.LinkTypeARCNETBSD, "01 02 d4 ff 00 ffff 00 0007" + ipv4Sample, []Kind{KindARCNET, KindIPv4, KindUDP}},
		{pcap.LinkTypeARCNETBSD, "01 02 d4 01 0007" + ipv4Sample, []Kind{KindARCNET}}, // first of two parts
		{pcap.LinkTypeARCNETLinux, arcnetLinuxSample, []Kind{KindARCNETLinux, KindIPv4, KindUDP}},
		{pcap.LinkTypeARCNETLinux, "01 00 ed08 f1 0007 0800 01 04 0001 01 0a508301 00 0a5083fe", []Kind{KindARCNETLinux, KindARP}},
	} {
		wantKinds(t, decodeHex(t, c.link, c.b), c.want...)
	}
}

// The same packet in the form of Linux captures.
const arcnetLinuxSample = "01 02 0000 d4 00 0007" + ipv4Sample

func TestARCNETLinux(t *testing.T) {
	h, err := ParseARCNETLinux(viewtest.Unhex(t, arcnetLinuxSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		Protocol 212
		HeaderLen 8`)
}
