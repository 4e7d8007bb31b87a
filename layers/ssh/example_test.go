package ssh_test

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/ssh"
)

func ExampleKexInit_AppendHASSH() {
	list := func(s string) string { return string([]byte{0, 0, 0, byte(len(s))}) + s }
	payload := "\x14" + "a cookie of 16 b" + list("curve25519-sha256") + list("ssh-ed25519") +
		list("aes128-ctr") + list("aes128-ctr") + list("hmac-sha2-256") + list("hmac-sha2-256") +
		list("none") + list("none") + list("") + list("") + "\x00\x00\x00\x00\x00"
	kex, err := ssh.ParseKexInit([]byte(payload))
	if err != nil {
		fmt.Println(err)
		return
	}
	for name := range ssh.Names(kex.KexAlgorithms()) {
		fmt.Printf("%s\n", name)
	}
	fmt.Printf("%s\n", kex.AppendHASSH(nil, true))
	// Output:
	// curve25519-sha256
	// e97d07603350d1111ec2b64bf25413c9
}
