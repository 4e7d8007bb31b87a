package layers_test

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers"
)

// The first packet of a QUIC connection shows which server the client wants. A
// ClientHello may take several packets: package stream puts them together.
func ExampleQUICKeys_Open() {
	datagram, _ := hex.DecodeString(strings.Join(strings.Fields(build.RFC9001Client), ""))
	for p := range layers.QUICPackets(datagram) {
		fmt.Println(p.Type(), "of version", p.Version())
		keys := layers.QUICInitialKeys(p.Version(), p.DstID(), true)
		if p.Type() != layers.QUICInitial || keys == nil {
			continue
		}
		plain, err := keys.Open(nil, p, 0)
		if err != nil {
			fmt.Println(err)
			continue
		}
		for f := range layers.QUICFrames(plain.Payload()) {
			fmt.Println(f.Type, f.Size)
			if hello, err := layers.ParseClientHello(f.Data); err == nil {
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

func ExampleSSHKex_AppendHASSH() {
	list := func(s string) string { return string([]byte{0, 0, 0, byte(len(s))}) + s }
	payload := "\x14" + "a cookie of 16 b" + list("curve25519-sha256") + list("ssh-ed25519") +
		list("aes128-ctr") + list("aes128-ctr") + list("hmac-sha2-256") + list("hmac-sha2-256") +
		list("none") + list("none") + list("") + list("") + "\x00\x00\x00\x00\x00"
	kex, err := layers.ParseSSHKex([]byte(payload))
	if err != nil {
		fmt.Println(err)
		return
	}
	for name := range layers.SSHNames(kex.KexAlgorithms()) {
		fmt.Printf("%s\n", name)
	}
	fmt.Printf("%s\n", kex.AppendHASSH(nil, true))
	// Output:
	// curve25519-sha256
	// e97d07603350d1111ec2b64bf25413c9
}
