package dhcp_test

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/dhcp"
	"github.com/sightline-go/sightline/layers/wire"
)

func ExampleParseV4() {
	b := make([]byte, 236, 300)
	b[0], b[1], b[2] = 1, 1, 6                      // a request, Ethernet
	copy(b[28:], "\x00\x00\x5e\x00\x53\x01")        // hardware address
	b = append(b, 0x63, 0x82, 0x53, 0x63, 53, 1, 1) // cookie, DISCOVER
	b = append(b, "\x0c\x06laptop\xff"...)          // host name
	m, err := dhcp.ParseV4(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v %v %s\n", m.Type(), wire.MAC(m.CHAddr()), m.HostName())
	// Output: DISCOVER 00:00:5e:00:53:01 laptop
}
