// Package ssh parses the unencrypted start of SSH connections (RFC 4253):
// identification strings, key exchange messages and host keys. It computes
// HASSH fingerprints.
//
//	kex, err := ssh.ParseKexInit(payload)
//	if err != nil {
//		return err
//	}
//	for name := range ssh.Names(kex.KexAlgorithms()) {
//		fmt.Printf("%s\n", name)
//	}
//	fmt.Printf("%s\n", kex.AppendHASSH(nil, true))
//
// Views alias the bytes they were parsed from.
package ssh
