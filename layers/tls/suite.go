package tls

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
)

// A bulk is the encryption of a cipher suite.
type bulk uint8

const (
	bulkNone bulk = iota // without encryption
	bulkRC4
	bulkDES
	bulk3DES
	bulkAES128CBC
	bulkAES256CBC
	bulkAES128GCM
	bulkAES256GCM
	bulkAES128CCM
	bulkAES256CCM
	bulkAES128CCM8
	bulkAES256CCM8
	bulkChaCha
)

// A suite is what a cipher suite says about records. The key exchange and the
// signatures make no difference.
type suite struct {
	bulk bulk
	mac  func() hash.Hash // nil: the bulk encryption authenticates
	prf  func() hash.Hash // of TLS 1.2 and 1.3
}

// suiteGroups lists the cipher suites of the IANA registry "tls-parameters" whose
// encryption is implemented. Missing are the export suites, and those with
// Camellia, ARIA, SEED, IDEA and GOST.
var suiteGroups = [...]struct {
	suite suite
	ids   []uint16
}{
	{suite{bulkNone, md5.New, sha256.New}, []uint16{0x0001}},
	{suite{bulkNone, sha1.New, sha256.New}, []uint16{
		0x0002, 0x002c, 0x002d, 0x002e, 0xc001, 0xc006, 0xc00b, 0xc010, 0xc015, 0xc039}},
	{suite{bulkNone, sha256.New, sha256.New}, []uint16{0x003b, 0x00b0, 0x00b4, 0x00b8, 0xc03a}},
	{suite{bulkNone, sha512.New384, sha512.New384}, []uint16{0x00b1, 0x00b5, 0x00b9, 0xc03b}},
	{suite{bulkRC4, md5.New, sha256.New}, []uint16{0x0004, 0x0018}},
	{suite{bulkRC4, sha1.New, sha256.New}, []uint16{
		0x0005, 0x008a, 0x008e, 0x0092, 0xc002, 0xc007, 0xc00c, 0xc011, 0xc016, 0xc033}},
	{suite{bulkDES, sha1.New, sha256.New}, []uint16{0x0009, 0x000c, 0x000f, 0x0012, 0x0015, 0x001a}},
	{suite{bulk3DES, sha1.New, sha256.New}, []uint16{
		0x000a, 0x000d, 0x0010, 0x0013, 0x0016, 0x001b, 0x008b, 0x008f, 0x0093,
		0xc003, 0xc008, 0xc00d, 0xc012, 0xc017, 0xc01a, 0xc01b, 0xc01c, 0xc034}},
	{suite{bulkAES128CBC, sha1.New, sha256.New}, []uint16{
		0x002f, 0x0030, 0x0031, 0x0032, 0x0033, 0x0034, 0x008c, 0x0090, 0x0094,
		0xc004, 0xc009, 0xc00e, 0xc013, 0xc018, 0xc01d, 0xc01e, 0xc01f, 0xc035}},
	{suite{bulkAES256CBC, sha1.New, sha256.New}, []uint16{
		0x0035, 0x0036, 0x0037, 0x0038, 0x0039, 0x003a, 0x008d, 0x0091, 0x0095,
		0xc005, 0xc00a, 0xc00f, 0xc014, 0xc019, 0xc020, 0xc021, 0xc022, 0xc036}},
	{suite{bulkAES128CBC, sha256.New, sha256.New}, []uint16{
		0x003c, 0x003e, 0x003f, 0x0040, 0x0067, 0x006c, 0x00ae, 0x00b2, 0x00b6,
		0xc023, 0xc025, 0xc027, 0xc029, 0xc037}},
	{suite{bulkAES256CBC, sha256.New, sha256.New}, []uint16{0x003d, 0x0068, 0x0069, 0x006a, 0x006b, 0x006d}},
	{suite{bulkAES256CBC, sha512.New384, sha512.New384}, []uint16{
		0x00af, 0x00b3, 0x00b7, 0xc024, 0xc026, 0xc028, 0xc02a, 0xc038}},
	{suite{bulkAES128GCM, nil, sha256.New}, []uint16{
		0x009c, 0x009e, 0x00a0, 0x00a2, 0x00a4, 0x00a6, 0x00a8, 0x00aa, 0x00ac,
		0xc02b, 0xc02d, 0xc02f, 0xc031, 0xd001, 0x1301}},
	{suite{bulkAES256GCM, nil, sha512.New384}, []uint16{
		0x009d, 0x009f, 0x00a1, 0x00a3, 0x00a5, 0x00a7, 0x00a9, 0x00ab, 0x00ad,
		0xc02c, 0xc02e, 0xc030, 0xc032, 0xd002, 0x1302}},
	{suite{bulkAES128CCM, nil, sha256.New}, []uint16{0xc09c, 0xc09e, 0xc0a4, 0xc0a6, 0xc0ac, 0xd005, 0x1304}},
	{suite{bulkAES256CCM, nil, sha256.New}, []uint16{0xc09d, 0xc09f, 0xc0a5, 0xc0a7, 0xc0ad}},
	{suite{bulkAES128CCM8, nil, sha256.New}, []uint16{0xc0a0, 0xc0a2, 0xc0a8, 0xc0aa, 0xc0ae, 0xd003, 0x1305}},
	{suite{bulkAES256CCM8, nil, sha256.New}, []uint16{0xc0a1, 0xc0a3, 0xc0a9, 0xc0ab, 0xc0af}},
	{suite{bulkChaCha, nil, sha256.New}, []uint16{0xcca8, 0xcca9, 0xccaa, 0xccab, 0xccac, 0xccad, 0xccae, 0x1303}},
}

// suiteOf returns the cipher suite with an identifier. It reports false if its
// encryption is not implemented.
func suiteOf(id uint16) (suite, bool) {
	for i := range suiteGroups {
		for _, have := range suiteGroups[i].ids {
			if have == id {
				return suiteGroups[i].suite, true
			}
		}
	}
	return suite{}, false
}

// of13 reports whether a cipher suite is one of TLS 1.3.
func of13(id uint16) bool { return id>>8 == 0x13 }

// keyLen returns the length of the key, in bytes.
func (b bulk) keyLen() int {
	switch b {
	case bulkNone:
		return 0
	case bulkDES:
		return 8
	case bulk3DES:
		return 24
	case bulkAES256CBC, bulkAES256GCM, bulkAES256CCM, bulkAES256CCM8, bulkChaCha:
		return 32
	}
	return 16
}

// blockLen returns the block length of a CBC mode, in bytes, and 0 for others.
func (b bulk) blockLen() int {
	switch b {
	case bulkDES, bulk3DES:
		return 8
	case bulkAES128CBC, bulkAES256CBC:
		return 16
	}
	return 0
}

// ivLen returns the bytes of the key block that are an IV: of the first record in
// TLS 1.0, or the implicit part of nonces (RFC 5288 section 3, RFC 7905 section 2).
func (b bulk) ivLen() int {
	switch {
	case b == bulkChaCha:
		return nonceLen
	case b >= bulkAES128GCM:
		return implicitLen
	}
	return b.blockLen()
}

// cost returns the work of decrypting a byte, compared with hashing it.
func (b bulk) cost() int64 {
	switch b {
	case bulkDES, bulk3DES:
		return 32
	case bulkNone, bulkAES128GCM, bulkAES256GCM:
		return 2
	}
	return 4
}
