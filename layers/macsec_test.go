package layers

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/pcap"
)

// A tag with a channel identifier (IEEE 802.1AE clause 9), whose short length
// excludes the check value.
const macsecSample = "20 20 00000045 020000000001 0064 0800" + ipv4Sample + "00112233445566778899aabbccddeeff"

func TestMACsec(t *testing.T) {
	h, err := ParseMACsec(viewtest.Unhex(t, macsecSample))
	if err != nil {
		t.Fatal(err)
	}
	viewtest.Facts(t, h, `
		HeaderLen 16
		IsClear true
		ShortLen 32
		PacketNumber 69
		EtherType IPv4
		Payload `+ipv4Sample+`
		Text number 69 clear true`)
}

// Without a short length, the frame ends with a check value of 16 bytes.
// Encrypted data is not decoded.
func TestMACsecForms(t *testing.T) {
	const eth = "020000000002 020000000001 88e5"
	p := decodeHex(t, pcap.LinkTypeEthernet, eth+"00 00 00000045 0800"+ipv4Sample+"00112233445566778899aabbccddeeff")
	wantKinds(t, p, KindEthernet, KindMACsec, KindIPv4, KindUDP)
	if ip, _ := p.IPv4(); len(ip.Bytes()) != 30 {
		t.Errorf("%d bytes", len(ip.Bytes()))
	}
	p = decodeHex(t, pcap.LinkTypeEthernet, eth+"0c 00 00000045 0102030405060708")
	wantKinds(t, p, KindEthernet, KindMACsec)
}
