package quic_test

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/quic"
	"github.com/sightline-go/sightline/layers/tls"
)

// The first packet of a QUIC connection shows the requested server. A
// ClientHello may span several packets: package stream reassembles them.
func ExampleKeys_Open() {
	datagram, _ := hex.DecodeString(strings.Join(strings.Fields(build.RFC9001Client), ""))
	for p := range quic.Packets(datagram) {
		fmt.Println(p.Type(), "of version", p.Version())
		keys := quic.InitialKeys(p.Version(), p.DstID(), true)
		if p.Type() != quic.Initial || keys == nil {
			continue
		}
		plain, err := keys.Open(nil, p, 0)
		if err != nil {
			fmt.Println(err)
			continue
		}
		for f := range quic.Frames(plain.Payload()) {
			fmt.Println(f.Type, f.Size)
			if hello, err := tls.ParseClientHello(f.Data); err == nil {
				fmt.Printf("%s\n", hello.ServerName())
			}
		}
	}
	// Output:
	// Initial of version 1
	// CRYPTO 245
	// example.com
	// PADDING 917
}
