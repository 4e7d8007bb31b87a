package ssh

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// KEXINIT (RFC 4253 section 7.1): message number, cookie, ten name-lists,
// flags.
const cookieLen = 16

// KexInit is a view of a KEXINIT message: the algorithms that a side supports,
// preferred first (RFC 4253 section 7.1). A list holds names separated by
// commas: see [Names]. The argument fromClient selects the list for data sent
// by the client.
type KexInit struct {
	b     []byte
	lists [lists]span
}

// A span is the position of a list in a message.
type span struct{ from, to int }

// The lists of a KEXINIT, in order. Of each pair, the first is for data sent by
// the client, the second for data sent by the server.
const (
	kexAlgorithms = iota
	hostKeyAlgorithms
	encryptionClient
	encryptionServer
	macClient
	macServer
	compressionClient
	compressionServer
	languagesClient
	languagesServer
	lists
)

// ParseKexInit checks that b, the payload of a packet, is a KEXINIT with ten
// lists and returns a view of it that aliases b. The error is Short or
// Malformed.
func ParseKexInit(b []byte) (KexInit, error) {
	if len(b) > 0 && b[0] != byte(TypeKexInit) {
		return KexInit{}, wire.Fail("SSH KEXINIT", wire.Malformed, len(b), 0)
	}
	k := KexInit{b: b}
	off := 1 + cookieLen
	for i := range k.lists {
		s, ok := readString(b, off)
		if !ok {
			return KexInit{}, wire.Fail("SSH KEXINIT", wire.Short, len(b), 0)
		}
		k.lists[i] = s
		off = s.to
	}
	return k, nil
}

// readString returns the position of the string at off (RFC 4251 section 5).
func readString(b []byte, off int) (span, bool) {
	if len(b) < off+4 {
		return span{}, false
	}
	n := binary.BigEndian.Uint32(b[off:])
	off += 4
	if uint64(n) > uint64(len(b)-off) {
		return span{}, false
	}
	return span{off, off + int(n)}, true
}

func (k KexInit) list(i int) []byte { return k.b[k.lists[i].from:k.lists[i].to:k.lists[i].to] }

// Cookie returns the sender's 16 random bytes.
func (k KexInit) Cookie() []byte { return k.b[1 : 1+cookieLen : 1+cookieLen] }

// KexAlgorithms returns the key exchange methods.
func (k KexInit) KexAlgorithms() []byte { return k.list(kexAlgorithms) }

// HostKeyAlgorithms returns the host key algorithms.
func (k KexInit) HostKeyAlgorithms() []byte { return k.list(hostKeyAlgorithms) }

// Encryption returns the ciphers of a direction.
func (k KexInit) Encryption(fromClient bool) []byte {
	return k.side(encryptionClient, fromClient)
}

// MAC returns the message authentication codes of a direction.
func (k KexInit) MAC(fromClient bool) []byte { return k.side(macClient, fromClient) }

// Compression returns the compression methods of a direction.
func (k KexInit) Compression(fromClient bool) []byte {
	return k.side(compressionClient, fromClient)
}

// Languages returns the language tags of a direction.
func (k KexInit) Languages(fromClient bool) []byte { return k.side(languagesClient, fromClient) }

func (k KexInit) side(i int, fromClient bool) []byte {
	if !fromClient {
		i++
	}
	return k.list(i)
}

// Bytes returns the message.
func (k KexInit) Bytes() []byte { return k.b }

// AppendText appends the key exchange methods and host key algorithms to dst,
// in printable ASCII.
func (k KexInit) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendEscaped(append(dst, "kex "...), k.KexAlgorithms())
	return text.AppendEscaped(append(dst, " host key "...), k.HostKeyAlgorithms()), nil
}

// String returns the text that AppendText appends.
func (k KexInit) String() string { b, _ := k.AppendText(nil); return string(b) }

// AppendHASSH appends the HASSH of a client's message, or the HASSHServer of a
// server's (github.com/salesforce/hassh), to dst: 32 hexadecimal digits. It is
// the MD5 of the key exchange methods and the sender's ciphers, MACs and
// compression methods, joined by semicolons.
func (k KexInit) AppendHASSH(dst []byte, fromClient bool) []byte {
	h := md5.New()
	h.Write(k.KexAlgorithms())
	for _, list := range [...][]byte{k.Encryption(fromClient), k.MAC(fromClient), k.Compression(fromClient)} {
		h.Write([]byte{';'})
		h.Write(list)
	}
	var sum [md5.Size]byte
	return hex.AppendEncode(dst, h.Sum(sum[:0]))
}

// Names returns the names in a name-list (RFC 4251 section 5).
func Names(list []byte) iter.Seq[[]byte] {
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

// KexReply is a view of the message in which the server sends its host key to
// complete a key exchange: SSH_MSG_KEXDH_REPLY (RFC 4253 section 8), its
// equivalents for ECDH (RFC 5656 section 4) and hybrid methods, or
// SSH_MSG_KEX_DH_GEX_REPLY (RFC 4419 section 3).
type KexReply struct {
	b   []byte
	key span
}

// ParseKexReply checks that b, the payload of a packet, is such a message and
// returns a view of it that aliases b. Other messages have the number 31 too,
// so ParseKexReply requires a host key that begins with the name of its type.
// The error is Short or Malformed.
func ParseKexReply(b []byte) (KexReply, error) {
	if len(b) > 0 && b[0] != byte(TypeKexReply) && b[0] != byte(TypeGexReply) {
		return KexReply{}, wire.Fail("SSH key exchange reply", wire.Malformed, len(b), 0)
	}
	key, ok := readString(b, 1)
	if !ok {
		return KexReply{}, wire.Fail("SSH key exchange reply", wire.Short, len(b), 0)
	}
	r := KexReply{b, key}
	if len(r.KeyType()) == 0 {
		return KexReply{}, wire.Fail("SSH key exchange reply", wire.Malformed, len(b), 0)
	}
	return r, nil
}

// HostKey returns the server's public host key or certificate (RFC 4253 section
// 6.6).
func (r KexReply) HostKey() []byte { return r.b[r.key.from:r.key.to:r.key.to] }

// KeyType returns the name of the host key's type, such as "ssh-ed25519".
func (r KexReply) KeyType() []byte {
	key := r.HostKey()
	s, ok := readString(key, 0)
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

// AppendFingerprint appends the fingerprint of the host key to dst in OpenSSH's
// form: "SHA256:" and the SHA-256 in Base64 without padding.
func (r KexReply) AppendFingerprint(dst []byte) []byte {
	sum := sha256.Sum256(r.HostKey())
	return base64.RawStdEncoding.AppendEncode(append(dst, "SHA256:"...), sum[:])
}

// Bytes returns the message.
func (r KexReply) Bytes() []byte { return r.b }

// AppendText appends the type and fingerprint of the host key to dst.
func (r KexReply) AppendText(dst []byte) ([]byte, error) {
	return r.AppendFingerprint(append(append(dst, r.KeyType()...), ' ')), nil
}

// String returns the text that AppendText appends.
func (r KexReply) String() string { b, _ := r.AppendText(nil); return string(b) }
