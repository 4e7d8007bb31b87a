package ssh

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// The offers of OpenSSH 7.6 as a client and 8.9 as a server. The hashes are
// those that tshark 4.0 and FoxIO's ja4 print for such messages.
const (
	hassh76 = "06046964c022c6407d15a27b12a6a4fb"
	hassh89 = "699519fdcc30cbcd093d5cd01e4b1d56"
	curves  = "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	kex76   = curves + "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512," +
		"diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,ext-info-c"
	kex89 = curves + "sntrup761x25519-sha512@openssh.com,diffie-hellman-group-exchange-sha256," +
		"diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"
	ciphers = "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com"
	macs    = "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," +
		"hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1"
)

// kexInit returns a KEXINIT with the given lists in one direction and "x" in
// the other.
func kexInit(fromClient bool, kex, cipher, mac, compression string) []byte {
	b := append([]byte{byte(TypeKexInit)}, "0123456789abcdef"...)
	lists := []string{kex, "ssh-ed25519", cipher, "x", mac, "x", compression, "x", "en", "x"}
	if !fromClient {
		lists = []string{kex, "ssh-ed25519", "x", cipher, "x", mac, "x", compression, "x", "en"}
	}
	for _, l := range lists {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(l))), l...)
	}
	return append(b, 0, 0, 0, 0, 0)
}

func TestHASSH(t *testing.T) {
	for _, tt := range []struct {
		fromClient bool
		b          []byte
		want       string
	}{
		{true, kexInit(true, kex76, ciphers, macs, "none,zlib@openssh.com,zlib"), hassh76},
		{false, kexInit(false, kex89, ciphers, macs, "none,zlib@openssh.com"), hassh89},
	} {
		k, err := ParseKexInit(tt.b)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(k.AppendHASSH([]byte("h "), tt.fromClient)); got != "h "+tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
		if string(k.MAC(tt.fromClient)) != macs || string(k.MAC(!tt.fromClient)) != "x" ||
			string(k.Languages(tt.fromClient)) != "en" || string(k.HostKeyAlgorithms()) != "ssh-ed25519" ||
			string(k.Cookie()) != "0123456789abcdef" || !bytes.Equal(k.Bytes(), tt.b) {
			t.Errorf("lists of %q", k.Bytes())
		}
	}
}

func TestSSHNames(t *testing.T) {
	var names []string
	for n := range Names([]byte("zlib@openssh.com,,none")) {
		names = append(names, string(n))
	}
	if diff := cmp.Diff([]string{"zlib@openssh.com", "", "none"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestParseSSHIdent(t *testing.T) {
	for _, tt := range []struct {
		line, version, software, comments string
		ok                                bool
	}{
		{"SSH-2.0-OpenSSH_7.6p1 Ubuntu-4ubuntu0.5\r\nmore", "2.0", "OpenSSH_7.6p1", "Ubuntu-4ubuntu0.5", true},
		{"SSH-1.99-Cisco-1.25\n", "1.99", "Cisco-1.25", "", true},
		{"SSH-1.99-Cisco_server-1.24 \n", "1.99", "Cisco_server-1.24", "", true},
		{"SSH-2.0-", "2.0", "", "", true},
		{"SSH-2.0-" + strings.Repeat("a", 245) + "\r\n", "2.0", strings.Repeat("a", 245), "", true},
		{"SSH-2.0-" + strings.Repeat("a", 300) + "\r\n", "", "", "", false},
		{"SSH--OpenSSH", "", "", "", false},
		{"SSH-2.0\r\n", "", "", "", false},
		{"ssh-2.0-x\r\n", "", "", "", false},
		{"", "", "", "", false},
	} {
		s, err := ParseIdent([]byte(tt.line))
		if (err == nil) != tt.ok {
			t.Errorf("%q: %v", tt.line, err)
		}
		if err != nil {
			continue
		}
		got := []string{string(s.Version()), string(s.Software()), string(s.Comments()), string(s.Bytes())}
		want := []string{tt.version, tt.software, tt.comments, strings.TrimRight(strings.TrimSuffix(tt.line, "more"), "\r\n")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.line, diff)
		}
	}
	if s, err := ParseIdent([]byte("SSH-2.0-a\x00\x00b\r\n")); err != nil || string(s.Bytes()) != "SSH-2.0-a" {
		t.Errorf("a null character: %q, %v", s.Bytes(), err)
	}
}

func TestParseSSHPacket(t *testing.T) {
	for _, tt := range []struct {
		name, hex string
		err       error
		payload   []byte
	}{
		{"NEWKEYS", "0000000c 0a 15 00000000000000000000 ff", nil, []byte{21}},
		{"truncated", "0000000c 0a 15 000000000000000000", wire.Short, nil},
		{"header alone", "0000000c", wire.Short, nil},
		{"no room for a message", "0000000b 0a 00000000000000000000", wire.Malformed, nil},
		{"length 0", "00000000 00", wire.Malformed, nil},
		{"length 2^32-1", "ffffffff 00", wire.Malformed, nil},
		{"padding as long as the packet", "00000005 ff 00000000", wire.Malformed, nil},
	} {
		p, err := ParsePacket(viewtest.Unhex(t, tt.hex))
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
		if err == nil && (!bytes.Equal(p.Payload(), tt.payload) || p.Message() != TypeNewKeys || len(p.Bytes()) != 16) {
			t.Errorf("%s: payload %x of %x", tt.name, p.Payload(), p.Bytes())
		}
	}
}

// The key and its fingerprint are output of ssh-keygen -t ed25519 and
// ssh-keygen -l.
func TestSSHReply(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("AAAAC3NzaC1lZDI1NTE5AAAAIBYqeHq9mJI/k0Ts02da3VZKWRXJ1tiqGE3PNBrLXnK1")
	if err != nil {
		t.Fatal(err)
	}
	b := append([]byte{byte(TypeKexReply), 0, 0, 0, byte(len(key))}, key...)
	r, err := ParseKexReply(append(b, 0, 0, 0, 0))
	if err != nil || string(r.KeyType()) != "ssh-ed25519" || !bytes.Equal(r.HostKey(), key) {
		t.Fatalf("%v, %q", err, b)
	}
	if got := string(r.AppendFingerprint(nil)); got != "SHA256:87g9/ngQztct+z9ToURhxFYoFhz//OggMXfhKEb/VEE" {
		t.Error(got)
	}
	for name, tt := range map[string]struct {
		hex  string
		want error
	}{
		"a group of RFC 4419": {"1f 00000009 00ffffffffffffffff 00000001 02", wire.Malformed},
		"an empty key":        {"1f 00000000", wire.Malformed},
		"a key without name":  {"1f 00000004 00000000", wire.Malformed},
		"a truncated key":     {"21 00000010 0000", wire.Short},
		"2^32-1 bytes":        {"21 ffffffff 0000", wire.Short},
		"another message":     {"1e 00000004 00000000", wire.Malformed},
		"nothing":             {"", wire.Short},
	} {
		if _, err := ParseKexReply(viewtest.Unhex(t, tt.hex)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

func TestParseSSHKex(t *testing.T) {
	b := kexInit(true, kex76, ciphers, macs, "none")
	for n := range len(b) - 5 {
		if _, err := ParseKexInit(b[:n]); !errors.Is(err, wire.Short) {
			t.Fatalf("%d bytes of it: %v", n, err)
		}
	}
	b[17] = 0xff // in the length of the first list
	if _, err := ParseKexInit(b); !errors.Is(err, wire.Short) {
		t.Errorf("a list of 4 GiB: %v", err)
	}
	b[0] = 21
	if _, err := ParseKexInit(b); !errors.Is(err, wire.Malformed) {
		t.Errorf("another message: %v", err)
	}
}

// Any input is parsed or rejected, and the parts lie within it.
func FuzzSSH(f *testing.F) {
	f.Add([]byte("SSH-2.0-OpenSSH_7.6p1 Ubuntu-4ubuntu0.5\r\n"))
	f.Add(kexInit(true, kex76, ciphers, macs, "none"))
	f.Add(viewtest.Unhex(f, "0000000c 0a 15 00000000000000000000 ff"))
	f.Add(viewtest.Unhex(f, "1f 0000000b 000000077373682d727361 00000001 02"))
	for _, b := range viewtest.CapturedPayloads(f, "ssh.pcap") {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := ParseIdent(b); err == nil && len(s.Version())+len(s.Software())+len(s.Comments()) > len(s.Bytes()) {
			t.Errorf("parts of %q", s.Bytes())
		}
		if p, err := ParsePacket(b); err == nil && (len(p.Payload()) == 0 || len(p.Bytes()) > len(b)) {
			t.Errorf("payload of %x", p.Bytes())
		}
		if k, err := ParseKexInit(b); err == nil {
			if n := len(slices.Collect(Names(k.KexAlgorithms()))); n > len(b) {
				t.Errorf("%d names", n)
			}
			if h := k.AppendHASSH(nil, true); len(h) != 32 {
				t.Errorf("HASSH %s", h)
			}
		}
		if r, err := ParseKexReply(b); err == nil && (len(r.KeyType()) == 0 || len(r.Bytes()) > len(b) || len(r.AppendFingerprint(nil)) != 50) {
			t.Errorf("host key %x", r.HostKey())
		}
	})
}
