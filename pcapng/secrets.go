package pcapng

import (
	"fmt"
	"math"
	"strconv"

	"github.com/sightline-go/sightline/pcap"
)

// A decryption secrets block begins with the type and length of the secrets
// (section 4.7 of the draft).
const secretsLen = 8

// A SecretsType is the type of Secrets (section 4.7 of the draft).
type SecretsType uint32

// The types of secrets. Key logs are text with a secret per line; ZigBee keys
// are binary.
const (
	SecretsSSH       SecretsType = 0x5353484b // SSH key log
	SecretsTLS       SecretsType = 0x544c534b // TLS key log, the SSLKEYLOGFILE format
	SecretsOPCUA     SecretsType = 0x55414b4c // OPC UA key log
	SecretsWireGuard SecretsType = 0x57474b4c // WireGuard key log
	SecretsZigBeeNWK SecretsType = 0x5a4e574b // ZigBee network key and PAN ID
	SecretsZigBeeAPS SecretsType = 0x5a415053 // ZigBee application support key, PAN ID and node addresses
)

// String returns the type's name, or its number in hexadecimal.
func (t SecretsType) String() string {
	switch t {
	case SecretsSSH:
		return "SSH key log"
	case SecretsTLS:
		return "TLS key log"
	case SecretsOPCUA:
		return "OPC UA key log"
	case SecretsWireGuard:
		return "WireGuard key log"
	case SecretsZigBeeNWK:
		return "ZigBee NWK key"
	case SecretsZigBeeAPS:
		return "ZigBee APS key"
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// Secrets holds keys to decrypt packets of the section (section 4.7 of the
// draft). Data aliases the block.
type Secrets struct {
	Type SecretsType
	Data []byte
}

// Secrets decodes a decryption secrets block. It reports false for other
// blocks.
func (b *Block) Secrets() (Secrets, bool) {
	if b.Type != DecryptionSecrets || b.checkSecrets() != nil {
		return Secrets{}, false
	}
	end := secretsLen + int(b.uint32(4))
	return Secrets{SecretsType(b.uint32(0)), b.Body[secretsLen:end:end]}, true
}

// secretsEnd returns the offset of the options of a decryption secrets block.
func (b *Block) secretsEnd() int64 {
	if len(b.Body) < secretsLen {
		return -1
	}
	return secretsLen + padded(int64(b.uint32(4)))
}

func (b *Block) checkSecrets() error {
	if err := b.atLeast(secretsLen); err != nil {
		return err
	}
	if size, room := b.uint32(4), len(b.Body)-secretsLen; int64(size) > int64(room) {
		return fmt.Errorf("%w: %d bytes of secrets, room for %d", pcap.ErrFormat, size, room)
	}
	return nil
}

// WriteSecrets writes a decryption secrets block. Write it before the packets
// that it decrypts.
func (w *Writer) WriteSecrets(s Secrets, opts ...Option) error {
	if err := w.begin(w.big); err != nil {
		return err
	}
	w.start(DecryptionSecrets)
	w.uint32(uint32(s.Type))
	w.uint32(uint32(min(len(s.Data), math.MaxInt32)))
	w.bytes(s.Data)
	w.options(opts)
	return w.finish()
}
