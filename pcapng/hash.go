package pcapng

import "strconv"

// A HashAlgorithm is the algorithm of a Hash (section 4.3 of the draft).
type HashAlgorithm uint8

// The algorithms defined by the draft.
const (
	HashTwosComplement HashAlgorithm = 0
	HashXOR            HashAlgorithm = 1
	HashCRC32          HashAlgorithm = 2
	HashMD5            HashAlgorithm = 3
	HashSHA1           HashAlgorithm = 4
	HashToeplitz       HashAlgorithm = 5
)

// String returns the algorithm's name.
func (a HashAlgorithm) String() string {
	switch a {
	case HashTwosComplement:
		return "2s complement"
	case HashXOR:
		return "XOR"
	case HashCRC32:
		return "CRC32"
	case HashMD5:
		return "MD5"
	case HashSHA1:
		return "SHA-1"
	case HashToeplitz:
		return "Toeplitz"
	}
	return "hash algorithm " + strconv.Itoa(int(a))
}

// size returns the length of a hash in bytes, 0 if the draft does not specify
// it.
func (a HashAlgorithm) size() int {
	switch a {
	case HashCRC32, HashToeplitz:
		return 4
	case HashMD5:
		return 16
	case HashSHA1:
		return 20
	}
	return 0
}

// A Hash is a hash of a packet's bytes (OptPacketHash). Value aliases the
// block.
type Hash struct {
	Algorithm HashAlgorithm
	Value     []byte
}

// Hash decodes an OptPacketHash. It reports false if the value is too short.
func (o Option) Hash() (Hash, bool) {
	if len(o.Value) == 0 {
		return Hash{}, false
	}
	h := Hash{HashAlgorithm(o.Value[0]), o.Value[1:]}
	return h, len(h.Value) >= h.Algorithm.size()
}

// Option returns h as a packet option.
func (h Hash) Option() Option {
	return Option{Code: OptPacketHash, Value: append([]byte{byte(h.Algorithm)}, h.Value...)}
}

func hashLayout(o Option) layout {
	if len(o.Value) == 0 {
		return bytesOf(1, maxOption)
	}
	return bytesOf(1+HashAlgorithm(o.Value[0]).size(), maxOption)
}
