package tls

import (
	"bufio"
	"bytes"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Limits of key logs. A longer line is skipped; once there are maxSecrets, the
// rest are skipped.
const (
	maxKeyLine = 4 << 10
	maxSecrets = 1 << 20
)

// Keys holds the secrets of TLS, DTLS and QUIC connections, as programs and
// sandboxes log them. The zero value has none, and so has a nil *Keys. Any number
// of goroutines may use it, but not while Read, Add or AddRSA changes it. Neither
// package fmt nor an error shows secrets.
type Keys struct {
	index   map[secretID]secretAt
	secrets []byte
	has     [len(keyLabels)]bool
	rsa     []*rsa.PrivateKey
	bad     int
}

// A secretID says what a secret belongs to: a random of a client, the
// identifier of a session, or the first bytes of an encrypted premaster secret.
type secretID struct {
	label uint8 // index in keyLabels
	n     uint8 // bytes used of id
	id    [randomLen]byte
}

type secretAt struct {
	off uint32
	n   uint16
}

// The labels of secrets: those of RFC 9850 section 2, and of other programs.
const (
	LabelMaster             = "CLIENT_RANDOM" // the master secret before TLS 1.3
	LabelClientEarly        = "CLIENT_EARLY_TRAFFIC_SECRET"
	LabelClientHandshake    = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
	LabelServerHandshake    = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
	LabelClientTraffic      = "CLIENT_TRAFFIC_SECRET_0"
	LabelServerTraffic      = "SERVER_TRAFFIC_SECRET_0"
	LabelPremaster          = "PMS_CLIENT_RANDOM" // the premaster secret, by the client's random
	LabelMasterOfSession    = "RSA Session-ID"    // the master secret, by the session identifier
	LabelEncryptedPremaster = "RSA"               // the premaster secret, by the first 8 bytes of the encrypted one
)

var keyLabels = [...]string{
	LabelMaster, LabelClientEarly, LabelClientHandshake, LabelServerHandshake, LabelClientTraffic, LabelServerTraffic,
	LabelPremaster, LabelMasterOfSession, LabelEncryptedPremaster,
}

// labelOf returns the index of a label in keyLabels. QUIC of before RFC 9001 has
// a prefix.
func labelOf(name []byte) (uint8, bool) {
	name = bytes.TrimPrefix(name, []byte("QUIC_"))
	for i, l := range keyLabels {
		if string(name) == l {
			return uint8(i), true
		}
	}
	return 0, false
}

// Secret returns the secret with a label that belongs to a ClientHello with the
// given random, or nil if it is unknown. For LabelMasterOfSession, id is the
// identifier of the session instead, and for LabelEncryptedPremaster the first 8
// bytes of the encrypted premaster secret. The caller must not change it.
func (k *Keys) Secret(label string, id []byte) []byte {
	if k == nil || len(k.index) == 0 || len(id) > randomLen {
		return nil
	}
	i, ok := labelOf([]byte(label))
	if !ok {
		return nil
	}
	at, ok := k.index[newSecretID(i, id)]
	if !ok {
		return nil
	}
	end := at.off + uint32(at.n)
	return k.secrets[at.off:end:end]
}

func newSecretID(label uint8, id []byte) secretID {
	s := secretID{label: label, n: uint8(len(id))}
	copy(s.id[:], id)
	return s
}

// Len returns the number of secrets and private keys. That of a nil *Keys is 0.
func (k *Keys) Len() int {
	if k == nil {
		return 0
	}
	return len(k.index) + len(k.rsa)
}

// Clone returns a copy of k, which is empty if k is nil.
func (k *Keys) Clone() *Keys {
	c := new(Keys)
	c.Add(k)
	return c
}

// Add adds the secrets of o, which may be nil. A secret that k has stays.
func (k *Keys) Add(o *Keys) {
	if o == nil {
		return
	}
	k.bad += o.bad
	for _, key := range o.rsa {
		k.AddRSA(key)
	}
	for id, at := range o.index {
		if !k.put(id, o.secrets[at.off:at.off+uint32(at.n)]) {
			k.bad++
		}
	}
}

// Format writes the number of secrets, for package fmt.
func (k *Keys) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%d secrets", k.Len()) }

// Has reports whether any secret has the label.
func (k *Keys) Has(label string) bool {
	i, ok := labelOf([]byte(label))
	return k != nil && ok && k.has[i]
}

// Bad returns the number of lines that Read skipped: those without a secret in
// any known form, other than comments and empty lines, those longer than 4 KiB,
// and those after 2^20 secrets.
func (k *Keys) Bad() int { return k.bad }

// Read adds the secrets of a key log. It returns the first error of r other than
// io.EOF; the lines before it are added. If a secret is logged several times, the
// first one counts. The forms are, in any order:
//
//   - the key log of NSS (RFC 9850), which SSLKEYLOGFILE makes browsers, curl and
//     OpenSSL write. Secrets that decrypt nothing, such as EXPORTER_SECRET, are
//     ignored.
//   - "PMS_CLIENT_RANDOM <random> <premaster secret>", "RSA <first 8 bytes of the
//     encrypted premaster secret> <premaster secret>" and "RSA Session-ID:<id>
//     Master-Key:<master secret>", which Wireshark reads and Cuckoo writes.
//   - "client_random: <random>, server_random: <random>, master_secret: <master
//     secret>" of CAPE, and the same fields in JSON or otherwise, such as
//     client_random and master_key, or label, client_random and secret of DRAKVUF.
//
// All numbers are hexadecimal.
func (k *Keys) Read(r io.Reader) error {
	b := bufio.NewReaderSize(r, maxKeyLine)
	for {
		line, err := b.ReadSlice('\n')
		switch {
		case err == nil, err == io.EOF && len(line) > 0:
			k.line(bytes.TrimSpace(line))
		case errors.Is(err, bufio.ErrBufferFull):
			k.bad++
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = b.ReadSlice('\n')
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (k *Keys) line(line []byte) {
	line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")) // a byte order mark
	if len(line) == 0 || line[0] == '#' {
		return
	}
	label, id, secret, ok := parseKeyLine(line)
	if !ok {
		label, id, secret, ok = parseKeyFields(line)
	}
	if ok && label == "" {
		return
	}
	if !ok || !k.add(label, id, secret) {
		k.bad++
	}
}

// parseKeyLine parses a line that begins with a label. The label is empty if the
// secret decrypts nothing.
func parseKeyLine(line []byte) (label string, id, secret []byte, ok bool) {
	if rest, is := bytes.CutPrefix(line, []byte("RSA Session-ID:")); is {
		id, secret, ok = bytes.Cut(rest, []byte(" Master-Key:"))
		return LabelMasterOfSession, id, secret, ok
	}
	f := bytes.Fields(line)
	if len(f) != 3 {
		return "", nil, nil, false
	}
	if i, known := labelOf(f[0]); known {
		return keyLabels[i], f[1], f[2], true
	}
	return "", nil, nil, isLabel(f[0]) && isHex(f[1]) && isHex(f[2])
}

// isLabel reports whether b may be the label of a secret that is not used.
func isLabel(b []byte) bool {
	for _, c := range b {
		if c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func isHex(b []byte) bool {
	_, err := hex.Decode(make([]byte, hex.DecodedLen(len(b))), b)
	return err == nil
}

// parseKeyFields parses a line with named fields.
func parseKeyFields(line []byte) (label string, id, secret []byte, ok bool) {
	if id = keyField(line, "client_random"); id == nil {
		return "", nil, nil, false
	}
	for _, name := range []string{"master_secret", "master_key"} {
		if secret = keyField(line, name); secret != nil {
			return LabelMaster, id, secret, true
		}
	}
	name := keyField(line, "label")
	if secret = keyField(line, "secret"); secret == nil || name == nil {
		return "", nil, nil, false
	}
	i, known := labelOf(name)
	if !known {
		return "", nil, nil, isLabel(name)
	}
	return keyLabels[i], id, secret, true
}

// keyField returns the value after a name and punctuation: letters, digits and
// underscores. It returns nil if there is no such name.
func keyField(line []byte, name string) []byte {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte(name))
		if i < 0 {
			return nil
		}
		begin := at + i
		at = begin + len(name)
		if begin > 0 && isWord(line[begin-1]) {
			continue
		}
		value := bytes.TrimLeft(line[at:], "\"' \t:=")
		n := 0
		for n < len(value) && isWord(value[n]) {
			n++
		}
		if n > 0 && len(value) < len(line)-at {
			return value[:n]
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// add is like put. It reports false if the secret or its identifier has the wrong
// length or is not hexadecimal, too.
func (k *Keys) add(label string, id, secret []byte) bool {
	i, _ := labelOf([]byte(label))
	s := secretID{label: i, n: uint8(hex.DecodedLen(min(len(id), 2*randomLen)))}
	if len(id) > 2*randomLen || !keyLengthsOK(label, len(id), len(secret)) {
		return false
	}
	if _, err := hex.Decode(s.id[:], id); err != nil {
		return false
	}
	var b [maxKeyLine / 2]byte
	n, err := hex.Decode(b[:], secret)
	return err == nil && k.put(s, b[:n])
}

// put adds a secret, unless there is one already. It reports false if there are too
// many.
func (k *Keys) put(id secretID, secret []byte) bool {
	if _, known := k.index[id]; known {
		return true
	}
	if len(k.index) == maxSecrets {
		return false
	}
	if k.index == nil {
		k.index = map[secretID]secretAt{}
	}
	k.index[id] = secretAt{uint32(len(k.secrets)), uint16(len(secret))}
	k.secrets = append(k.secrets, secret...)
	k.has[id.label] = true
	return true
}

// keyLengthsOK reports whether the numbers of digits fit the label.
func keyLengthsOK(label string, id, secret int) bool {
	const master = 2 * masterLen
	switch label {
	case LabelMaster:
		return id == 2*randomLen && secret == master
	case LabelMasterOfSession:
		return id > 0 && secret == master
	case LabelEncryptedPremaster:
		return id == 16 && secret == master
	case LabelPremaster:
		return id == 2*randomLen && secret > 0
	}
	return id == 2*randomLen && (secret == 2*32 || secret == 2*48)
}
