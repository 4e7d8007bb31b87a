package layers

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"iter"
)

// KEXINIT (RFC 4253 section 7.1): number, cookie, ten name-lists, and more.
const sshCookieLen = 16

// SSHKex is a view of a KEXINIT message: which algorithms a side can use, the
// preferred first (RFC 4253 section 7.1). ParseSSHKex makes it. A list is names
// with commas between: see SSHNames. An argument fromClient asks for the list
// that is about what the client sends.
type SSHKex struct {
	b     []byte
	lists [sshLists]sshSpan
}

// An sshSpan is where a list lies in a message.
type sshSpan struct{ from, to int }

// The lists of a KEXINIT, in its order. Where there are two, the first is for
// what the client sends, the second for what the server sends.
const (
	sshKexAlgorithms = iota
	sshHostKeyAlgorithms
	sshEncryptionClient
	sshEncryptionServer
	sshMACClient
	sshMACServer
	sshCompressionClient
	sshCompressionServer
	sshLanguagesClient
	sshLanguagesServer
	sshLists
)

// ParseSSHKex checks that b, the payload of a packet, is a KEXINIT with its ten
// lists and returns a view of it that aliases b. The error is Short or
// Malformed.
func ParseSSHKex(b []byte) (SSHKex, error) {
	if len(b) > 0 && b[0] != byte(SSHKexInit) {
		return SSHKex{}, Malformed
	}
	k := SSHKex{b: b}
	off := 1 + sshCookieLen
	for i := range k.lists {
		s, ok := sshString(b, off)
		if !ok {
			return SSHKex{}, Short
		}
		k.lists[i] = s
		off = s.to
	}
	return k, nil
}

// sshString returns where the string at off lies (RFC 4251 section 5).
func sshString(b []byte, off int) (sshSpan, bool) {
	if len(b) < off+4 {
		return sshSpan{}, false
	}
	n := binary.BigEndian.Uint32(b[off:])
	off += 4
	if uint64(n) > uint64(len(b)-off) {
		return sshSpan{}, false
	}
	return sshSpan{off, off + int(n)}, true
}

func (k SSHKex) list(i int) []byte { return k.b[k.lists[i].from:k.lists[i].to:k.lists[i].to] }

// Cookie returns the 16 random bytes of the sender.
func (k SSHKex) Cookie() []byte { return k.b[1 : 1+sshCookieLen : 1+sshCookieLen] }

// KexAlgorithms returns the key exchange methods.
func (k SSHKex) KexAlgorithms() []byte { return k.list(sshKexAlgorithms) }

// HostKeyAlgorithms returns the kinds of host keys.
func (k SSHKex) HostKeyAlgorithms() []byte { return k.list(sshHostKeyAlgorithms) }

// Encryption returns the ciphers of one direction.
func (k SSHKex) Encryption(fromClient bool) []byte {
	return k.side(sshEncryptionClient, fromClient)
}

// MAC returns the message authentication codes of one direction.
func (k SSHKex) MAC(fromClient bool) []byte { return k.side(sshMACClient, fromClient) }

// Compression returns the compression methods of one direction.
func (k SSHKex) Compression(fromClient bool) []byte {
	return k.side(sshCompressionClient, fromClient)
}

// Languages returns the language tags of one direction.
func (k SSHKex) Languages(fromClient bool) []byte { return k.side(sshLanguagesClient, fromClient) }

func (k SSHKex) side(i int, fromClient bool) []byte {
	if !fromClient {
		i++
	}
	return k.list(i)
}

// Bytes returns the message.
func (k SSHKex) Bytes() []byte { return k.b }

// AppendHASSH appends the HASSH of a client's message or the HASSHServer of a
// server's, 32 hex digits of an MD5, to dst. It is that of salesforce/hassh:
// over the methods of key exchange, and the ciphers, MACs and compression
// methods of the direction in which the message went, with semicolons between.
func (k SSHKex) AppendHASSH(dst []byte, fromClient bool) []byte {
	h := md5.New()
	h.Write(k.KexAlgorithms())
	for _, list := range [...][]byte{k.Encryption(fromClient), k.MAC(fromClient), k.Compression(fromClient)} {
		h.Write([]byte{';'})
		h.Write(list)
	}
	var sum [md5.Size]byte
	return hex.AppendEncode(dst, h.Sum(sum[:0]))
}

// SSHNames returns the names in a list (RFC 4251 section 5).
func SSHNames(list []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(list) > 0 {
			name, rest, _ := bytes.Cut(list, []byte(","))
			if !yield(name) {
				return
			}
			list = rest
		}
	}
}

// SSHReply is a view of the message with which a server ends a key exchange and
// shows its host key: SSH_MSG_KEXDH_REPLY (RFC 4253 section 8), ECDH (RFC 5656
// section 4) and the hybrid methods alike, or SSH_MSG_KEX_DH_GEX_REPLY (RFC 4419
// section 3). ParseSSHReply makes it.
type SSHReply struct {
	b   []byte
	key sshSpan
}

// ParseSSHReply checks that b, the payload of a packet, is such a message and
// returns a view of it that aliases b. The number 31 stands for other messages
// too, so the host key must begin with the name of its kind. The error is Short
// or Malformed.
func ParseSSHReply(b []byte) (SSHReply, error) {
	if len(b) > 0 && b[0] != byte(SSHKexReply) && b[0] != byte(SSHGexReply) {
		return SSHReply{}, Malformed
	}
	key, ok := sshString(b, 1)
	if !ok {
		return SSHReply{}, Short
	}
	r := SSHReply{b, key}
	if len(r.KeyType()) == 0 {
		return SSHReply{}, Malformed
	}
	return r, nil
}

// HostKey returns the server's public host key or certificate (RFC 4253 section
// 6.6).
func (r SSHReply) HostKey() []byte { return r.b[r.key.from:r.key.to:r.key.to] }

// KeyType returns the name of the host key's kind, as "ssh-ed25519".
func (r SSHReply) KeyType() []byte {
	key := r.HostKey()
	s, ok := sshString(key, 0)
	if !ok || s.to-s.from > 64 { // RFC 4251 section 6
		return nil
	}
	name := key[s.from:s.to:s.to]
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return nil
		}
	}
	return name
}

// AppendFingerprint appends the fingerprint of the host key to dst in the form
// that OpenSSH prints: "SHA256:" and the SHA-256 in Base64 without padding.
func (r SSHReply) AppendFingerprint(dst []byte) []byte {
	sum := sha256.Sum256(r.HostKey())
	return base64.RawStdEncoding.AppendEncode(append(dst, "SHA256:"...), sum[:])
}

// Bytes returns the message.
func (r SSHReply) Bytes() []byte { return r.b }
