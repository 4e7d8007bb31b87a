package pcap_test

import (
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

func TestLinkTypeString(t *testing.T) {
	for link, want := range map[pcap.LinkType]string{
		pcap.LinkTypeNull: "NULL", 1: "ETHERNET", 12: "RAW", 14: "RAW", 101: "RAW", 50: "PPP_HDLC", 105: "IEEE802_11",
		127: "IEEE802_11_RADIOTAP", 147: "USER0", 162: "USER15", 195: "IEEE802_15_4_WITHFCS", 228: "IPV4",
		258: "PKTAP", 276: "LINUX_SLL2", 301: "DECT_NR", 208: "LINKTYPE_208", 11: "LINKTYPE_11", 304: "LINKTYPE_304",
		1<<32 - 1: "LINKTYPE_4294967295",
	} {
		if got := link.String(); got != want {
			t.Errorf("%d: %s, want %s", uint32(link), got, want)
		}
	}
}
