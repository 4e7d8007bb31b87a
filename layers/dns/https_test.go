package dns_test

import (
	"encoding/hex"
	"testing"

	"github.com/sightline-go/sightline/layers/dns"
)

// The examples of RFC 8484 section 4.1.1.
func TestFromTarget(t *testing.T) {
	const short = "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB"
	const message = "00000100000100000000000003777777076578616d706c6503636f6d0000010001"
	const long = "AAABAAABAAAAAAAAAWE-NjJjaGFyYWN0ZXJsYWJlbC1tYWtlcy1iYXNlNjR1cmwtZGlzdGluY3QtZnJvbS1zdGFuZGFyZC1iYXNlNjQHZXhhbXBsZQNjb20AAAEAAQ"
	for target, want := range map[string]string{
		"/dns-query?dns=" + short:                      message,
		"https://dns.example/?a&dns=" + short + "==&b": message,
		"/dns-query?dns=" + short + "#dns=":            message,
		"/dns-query?dns=" + long:                       "000001000001000000000000016" + "13e3632636861726163746572" + "6c6162656c2d6d616b65732d62617365363475726c2d64697374696e63742d66726f6d2d7374616e646172642d626173653634076578616d706c6503636f6d0000010001",
	} {
		b, ok := dns.FromTarget([]byte(target))
		if !ok || hex.EncodeToString(b) != want || !dns.IsQuery(b) || dns.IsQuery(b[:len(b)-1]) {
			t.Errorf("%s: %x %t", target, b, ok)
		}
	}
	for _, target := range []string{"", "/dns=" + short, "/?xdns=" + short, "/?Dns=" + short, "/#?dns"} {
		if b, ok := dns.FromTarget([]byte(target)); ok {
			t.Errorf("%s: %x", target, b)
		}
	}
	for _, target := range []string{"?dns=", "?dns=192.0.2.1", "?dns=" + short[:20], "?dns=%41" + short} {
		if b, ok := dns.FromTarget([]byte(target)); !ok || dns.IsQuery(b) {
			t.Errorf("%s: %x %t", target, b, ok)
		}
	}
}
