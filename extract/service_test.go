package extract_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
)

func servicesOf(rep *extract.Report) (all []string) {
	for s := range rep.Services() {
		all = append(all, fmt.Sprintf("%dx %s %s", s.Count, s.Role, s.Addr))
	}
	return all
}

// The values are tshark's: an offer and an acknowledgement.
func TestServicesOfDHCP(t *testing.T) {
	same(t, servicesOf(observe(t, "dhcp.pcap", extract.DHCP)), []string{
		"2x dhcp 10.20.30.1", "2x router 10.20.30.1", "2x dns 10.20.30.1", "2x ntp 192.0.2.123",
	})
}

// Only servers and routers on the link offer services, not clients.
func TestServicesOfIPv6(t *testing.T) {
	const (
		options = "00000001" + // transaction
			"0017 0020 20010db8000000000000000000000053 20010db8000000000000000000000054" + // DNS servers (RFC 3646 section 3)
			"001f 0010 20010db8000000000000000000000123" + // SNTP (RFC 4075 section 4)
			"0038 0014 0001 0010 20010db8000000000000000000000124" // NTP (RFC 5908 section 4.1)
		advertisement = "86 00 0000 40 00 0708 00000000 00000000" + // RFC 4861 section 4.2
			"19 03 0000 00000708 20010db8000000000000000000000053" // RDNSS (RFC 8106 section 5.1)
	)
	want := []string{
		"1x dhcp fe80::1", "1x dns 2001:db8::53", "1x dns 2001:db8::54", "1x ntp 2001:db8::123", "1x ntp 2001:db8::124",
	}
	for _, test := range []struct {
		name   string
		packet []byte
		want   []string
	}{
		{"advertise", build.UDP("fe80::1", 547, "fe80::5", 546, fromHex(t, "02"+options[2:])), want},
		{"reply", build.UDP("fe80::1", 547, "fe80::5", 546, fromHex(t, "07"+options[2:])), want},
		{"request", build.UDP("fe80::5", 546, "ff02::1:2", 547, fromHex(t, "03"+options[2:])), nil},
		{"router", hops(build.IP("fe80::1", "ff02::1", 58, fromHex(t, advertisement)), 255), []string{
			"1x router fe80::1", "1x dns 2001:db8::53",
		}},
		{"router elsewhere", hops(build.IP("2001:db8::1", "2001:db8::5", 58, fromHex(t, advertisement)), 64), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var file build.Pcap
			file.Add(noon, build.Ethernet(0x86dd, test.packet))
			same(t, servicesOf(observeBytes(t, file.Bytes(), extract.DHCP)), test.want)
		})
	}
}

// hops sets the hop limit of an IPv6 packet.
func hops(ip []byte, limit byte) []byte {
	ip[7] = limit
	return ip
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
