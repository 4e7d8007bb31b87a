package ssh

import (
	"encoding/hex"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	// A line may end anywhere: "SSH-2" is not a truncated line.
	viewtest.Of(ParseIdent, viewtest.Text("SSH-2.0-OpenSSH_7.6p1 Ubuntu-4ubuntu0.5\r\n")).MayBeMalformed(),
	viewtest.Of(ParsePacket, "0000000c 0a 15 00000000000000000000 ff"),
	viewtest.Of(ParseKexInit, hex.EncodeToString(kexInit(true, "curve25519-sha256,ext-info-c", "aes128-ctr", "hmac-sha1", "none,zlib"))),
	viewtest.Of(ParseKexReply, "1f 0000000b 000000077373682d727361 00000001 02 00000000"),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		SSH-2.0-OpenSSH_7.6p1 Ubuntu-4ubuntu0.5
		message 21 len 1
		kex curve25519-sha256,ext-info-c host key ssh-ed25519
		ssh-rsa SHA256:zBURJC4mpQ6j/DLIDJakTQANmGP4cn9OftElBH5WBrg
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
