package layers

import "strings"

// Messages of RFC 1035 section 4.1 (a query for www.example.com), RFC 1002
// section 4.2.12 (for FRED in the scope NETBIOS.COM), RFC 2131 figure 1 and RFC
// 8415 section 8. Their own packages test their contents.
const (
	dnsSample    = "1234 0100 0001 0000 0000 0000 03 777777 07 6578616d706c65 03 636f6d 00 0001 0001"
	nbnsSample   = "0001 0110 0001 0000 0000 0000 20 4547464345464545434143414341434143414341434143414341434143414341 07 4e455442494f53 03 434f4d 00 0020 0001"
	dhcpv6Sample = "01 10c2f7 0001 000e 0001 0001 1c39cf88 080027fe8f95"
)

var dhcpv4Sample = "01 01 06 00 3d1d6a2b 0007 8000" + strings.Repeat("00", 16) + "00005e005301" + strings.Repeat("00", 10+64+128) + "63825363 350101 ff"
